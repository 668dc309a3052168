package dev.turnstile.internal;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Says in words why a file cannot be used: for a reason that has a type of its own, the exception's message is nothing but the file's name. */
public final class FileTrouble {
    private FileTrouble() {}

    /**
     * Returns the reason, as the end of a sentence.
     *
     * @param trouble what was thrown
     * @return the reason, without the file's name
     */
    public static String of(IOException trouble) {
        return switch (trouble) {
            case NoSuchFileException missing -> "there is no such file";
            case AccessDeniedException denied -> "permission is denied";
            case FileAlreadyExistsException exists -> "there is such a file already";
            case DirectoryNotEmptyException full -> "it is a directory that is not empty";
            case NotDirectoryException file -> "it is not a directory";
            case NotLinkException file -> "it is not a symbolic link";
            case FileSystemLoopException circle -> "its symbolic links lead in a circle";
            case FileSystemException told -> inWords(told.getReason());
            default -> inWords(trouble.getMessage());
        };
    }

    /**
     * Tells whether this process may open no more files: another file is no way out then.
     *
     * @param trouble what was thrown
     * @return whether that is the reason
     */
    public static boolean isOfDescriptors(IOException trouble) {
        String message = trouble.getMessage();
        return message != null && message.contains("Too many open files");
    }

    private static String inWords(@Nullable String reason) {
        if (reason == null || reason.isBlank()) {
            return "the system gives no reason";
        }
        return switch (reason.toLowerCase(Locale.ROOT)) {
            case "is a directory" -> "it is a directory";
            case "not a directory" -> "a part of its path is not a directory";
            case "file name too long" -> "the file name is too long";
            case "read-only file system" -> "its file system is read-only";
            case "too many open files" -> "this process has as many files open as it may: raise that limit (ulimit -n)";
            default -> reason;
        };
    }
}
