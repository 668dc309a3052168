package dev.turnstile.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A new directory that only its owner may enter, and that does not outlive its process for long.
 *
 * <p>In it lies a file {@code lock}, which its process holds locked while the directory is in use. The operating system releases the lock
 * however the process ends, so a directory whose lock is free is a leftover. When a process makes its first directory in a place, it sweeps
 * the leftovers there. It knows its own directories by their names and leaves them alone: on POSIX systems closing a second channel to a
 * locked file would release the first one's lock.
 *
 * <p>Another process can sweep a directory between its creation and its locking. Its maker notices, since the name of the lock file is gone
 * then, and makes another one.
 */
public final class PrivateDirectory implements AutoCloseable {
    private static final SafeLog log = new SafeLog(PrivateDirectory.class);
    /** The process id, the start time of the process, and a random number. */
    private static final Pattern NAME = Pattern.compile("turnstile-[0-9]+-[0-9a-z]+-[0-9]+");

    /** The system property for the directory in which they are made. */
    public static final String PLACE_PROPERTY = "turnstile.extraction.dir";

    /** The name of the file that is held locked; nothing else may have it. */
    public static final String LOCK = "lock";

    private static final int ATTEMPTS = 100;

    /** Short numbers: a socket in such a directory may have a path of some hundred bytes at the most. */
    private static final int MOST = 100_000_000;

    private static final FileAttribute<Set<PosixFilePermission>> FOR_THE_OWNER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    /** The same for all copies of this class in this process, and for no process that lived before. */
    private static final String OWN_PREFIX = "turnstile-"
            + ProcessHandle.current().pid() + "-"
            + Long.toString(
                    ProcessHandle.current()
                            .info()
                            .startInstant()
                            .orElse(Instant.EPOCH)
                            .toEpochMilli(),
                    Character.MAX_RADIX)
            + "-";

    /** The places that were swept. */
    private static final Set<Path> SWEPT = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel lock;

    private PrivateDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Returns where they are made unless somebody names a place.
     *
     * @return what the property says; if it is not set, or empty, the directory for temporary files
     */
    public static Path place() {
        String property = System.getProperty(PLACE_PROPERTY, "");
        return Path.of(property.isEmpty() ? System.getProperty("java.io.tmpdir", ".") : property);
    }

    /**
     * Makes a directory.
     *
     * @param parent where; exists; its real path, which has no links
     * @return the directory
     * @throws IOException if it cannot be made there
     */
    public static PrivateDirectory in(Path parent) throws IOException {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            PrivateDirectory made =
                    make(parent.resolve(OWN_PREFIX + ThreadLocalRandom.current().nextInt(MOST)));
            if (made != null) {
                if (SWEPT.add(parent)) {
                    made.sweepSiblings();
                }
                return made;
            }
        }
        throw new IOException("Something removes directories from " + parent + " as fast as they are made");
    }

    /** Makes a directory; returns {@code null} if there is one of that name, or another process sweeps it. */
    private static @Nullable PrivateDirectory make(Path directory) throws IOException {
        boolean isPosix =
                directory.getFileSystem().supportedFileAttributeViews().contains("posix");
        try {
            return locked(isPosix ? Files.createDirectory(directory, FOR_THE_OWNER) : Files.createDirectory(directory));
        } catch (FileAlreadyExistsException taken) {
            return null;
        }
    }

    /** Locks a new directory; returns {@code null} if another process was faster and sweeps it. It is removed if it cannot be locked. */
    private static @Nullable PrivateDirectory locked(Path directory) throws IOException {
        FileChannel lock = null;
        boolean isOfUse = false;
        try {
            lock = lock(directory.resolve(LOCK));
            if (lock == null) {
                return null;
            }
            var unused = filesIn(directory); // without the descriptors for that it could not be removed later
            isOfUse = true;
            return new PrivateDirectory(directory, lock);
        } finally {
            if (!isOfUse) {
                if (lock != null) {
                    lock.close();
                }
                Files.deleteIfExists(directory.resolve(LOCK));
                Files.deleteIfExists(directory);
            }
        }
    }

    /** Returns the locked file, or {@code null} if another process was faster and sweeps the directory. */
    private static @Nullable FileChannel lock(Path file) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (NoSuchFileException swept) {
            return null;
        }
        boolean locked = false;
        try {
            FileLock lock = channel.tryLock();
            locked = lock != null && Files.exists(file, LinkOption.NOFOLLOW_LINKS);
        } finally {
            if (!locked) {
                channel.close();
            }
        }
        return locked ? channel : null;
    }

    /**
     * Returns where it is.
     *
     * @return an absolute path
     */
    public Path path() {
        return path;
    }

    /**
     * Removes the directory with what is in it. What cannot be removed yet, as a loaded library on Windows, is left for the
     * next process to sweep.
     */
    @Override
    public void close() {
        try {
            lock.close(); // first, since listing takes a descriptor, and there may be no other
            removeContent(path);
            Files.deleteIfExists(path.resolve(LOCK));
            Files.deleteIfExists(path);
        } catch (IOException inUse) {
            log.debug("{} is left for the next process to sweep", path, inUse);
        }
    }

    private static void removeContent(Path directory) throws IOException {
        for (Path file : filesIn(directory)) {
            if (!file.endsWith(LOCK)) {
                remove(file);
            }
        }
    }

    /** Removes a file, a link without what it leads to, or a directory with its content. */
    private static void remove(Path file) throws IOException {
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            for (Path inside : filesIn(file)) {
                remove(inside);
            }
        }
        Files.deleteIfExists(file);
    }

    private static List<Path> filesIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    /** Removes the leftovers of dead processes beside this directory. */
    void sweepSiblings() {
        try (DirectoryStream<Path> siblings = Files.newDirectoryStream(path.resolveSibling(""))) {
            for (Path sibling : siblings) {
                String name = sibling.getFileName().toString();
                if (NAME.matcher(name).matches() && !name.startsWith(OWN_PREFIX)) {
                    sweep(sibling);
                }
            }
        } catch (IOException unreadable) {
            log.debug("{} cannot be swept", path.getParent(), unreadable);
        }
    }

    private void sweep(Path directory) {
        try {
            if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                    || !Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(path))) {
                return;
            }
            Path file = directory.resolve(LOCK);
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                Files.delete(directory); // only if empty: its process died before it locked, or finds out now
                return;
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
                if (channel.tryLock() == null) {
                    return; // in use
                }
                removeContent(directory);
                Files.delete(file);
            }
            Files.delete(directory);
            log.info("Removed {}, which a process that is no more had left", directory);
        } catch (IOException | OverlappingFileLockException notNow) {
            log.debug("{} is left as it is", directory, notNow);
        }
    }
}
