package dev.turnstile.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What can be told about a file without reading it. Two stamps that differ mean that the file was written to or replaced, or that the path
 * leads to another one now.
 *
 * @param realPath where the path leads, through all symbolic links; {@code null} if there is no file
 * @param attributes the file's identity, size and times, by name; or why they cannot be read
 */
record FileStamp(@Nullable Path realPath, Map<String, ?> attributes) {
    private static final FileStamp NONE = new FileStamp(null, Map.of());

    /** The time of the last change of the inode, where there is one, cannot be set back: copying tools set the other. */
    private static final String UNIX = "unix:dev,ino,size,lastModifiedTime,ctime";

    private static final String BASIC = "fileKey,size,lastModifiedTime";

    /** Looks at the file that the path leads to now. */
    static FileStamp of(Path path) {
        try {
            Path real = path.toRealPath();
            boolean isUnix = real.getFileSystem().supportedFileAttributeViews().contains("unix");
            return new FileStamp(real, Files.readAttributes(real, isUnix ? UNIX : BASIC));
        } catch (NoSuchFileException none) {
            return NONE;
        } catch (IOException unreadable) { // whoever reads the file says so, too
            return new FileStamp(path, Map.of("unreadable", String.valueOf(unreadable)));
        }
    }

    /** Says whether there is a file, readable or not. */
    boolean isThere() {
        return realPath != null;
    }
}
