package dev.turnstile.cli;

import dev.turnstile.TimeSource;
import dev.turnstile.internal.FileTrouble;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells when a file is written to or replaced, in whatever way, and when it is gone. One thread waits for that.
 *
 * <p>What counts is what a look at the file says (its {@link FileStamp}). The system's events only say when to look at once. A slow look
 * besides is right here, although it is polling: a network file system has no events for what other machines do, a directory above can be moved
 * without an event in the one that is watched, and a system may have no watches left. It costs a few system calls every two seconds, in a program that somebody has
 * started to watch a file.
 *
 * <p>A change is told when the file has stayed the same for a while: it is often written in several steps. If an event told of it, a moment is enough; if a
 * slow look found it, a writer may go on between two looks, so two of them must see the same.
 */
final class FileChanges implements AutoCloseable {
    /** Between two looks without an event. */
    static final Duration LOOK = Duration.ofSeconds(2);
    /** How long a file must stay the same after an event. */
    static final Duration SETTLE = Duration.ofMillis(250);

    private final Path file;
    private final TimeSource time;
    private final Duration look;
    private final Consumer<String> warnings;

    /** {@code null} where there are none. */
    private volatile @Nullable EventSource events;

    private final AtomicBoolean isToldOfEvent = new AtomicBoolean();
    private volatile @Nullable Thread waiting;
    private boolean hasWarned;

    /** What the last look saw that was reported. */
    private FileStamp reported;

    private FileChanges(Path file, TimeSource time, Duration look, Consumer<String> warnings) {
        this.file = file.toAbsolutePath();
        this.time = time;
        this.look = look;
        this.warnings = warnings;
        this.reported = FileStamp.of(this.file);
    }

    /** What happened to the file. */
    enum Change {
        /** It was written to, or another one is in its place. */
        OTHER_CONTENT,
        /** There is none now. */
        GONE
    }

    /**
     * Changes count from here on.
     *
     * @param warnings gets a line if the system does not tell of changes
     */
    static FileChanges of(Path file, Consumer<String> warnings) {
        return of(file, TimeSource.system(), LOOK, DirectoryEvents::open, warnings);
    }

    /** The same with another clock, another time between two looks, and another source of events. */
    static FileChanges of(
            Path file, TimeSource time, Duration look, EventSource.Opener opener, Consumer<String> warnings) {
        FileChanges changes = new FileChanges(file, time, look, warnings);
        try {
            changes.events = opener.open(changes::tellOfEvent);
            changes.watch();
        } catch (IOException refused) {
            changes.warn(refused);
        }
        return changes;
    }

    /** Waits until the file is another than the one that was reported last, and stays the same for a while. */
    Change await() throws InterruptedException {
        waiting = Thread.currentThread();
        Duration settle = SETTLE;
        while (true) {
            FileStamp stamp = look();
            if (stamp.equals(reported)) {
                settle = waitForEvent() ? SETTLE : look;
                continue;
            }
            if (staysTheSame(stamp, settle)) {
                reported = stamp;
                return stamp.isThere() ? Change.OTHER_CONTENT : Change.GONE;
            }
        }
    }

    private boolean staysTheSame(FileStamp stamp, Duration settle) throws InterruptedException {
        long until = time.nanoTime() + settle.toNanos();
        while (time.nanoTime() - until < 0) {
            park(until);
        }
        return look().equals(stamp);
    }

    /** Waits for an event or for the next slow look; returns whether it was an event. */
    private boolean waitForEvent() throws InterruptedException {
        long until = time.nanoTime() + look.toNanos();
        while (time.nanoTime() - until < 0) {
            if (isToldOfEvent.getAndSet(false)) {
                return true;
            }
            park(until);
        }
        return false;
    }

    private void park(long until) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        time.parkUntil(this, until);
    }

    private void tellOfEvent() {
        isToldOfEvent.set(true);
        LockSupport.unpark(waiting);
    }

    /** Watches first: what happens after the look must be an event. */
    private FileStamp look() {
        try {
            watch();
        } catch (IOException refused) {
            warn(refused);
        }
        return FileStamp.of(file);
    }

    private void watch() throws IOException {
        EventSource source = events;
        if (source != null) {
            source.watch(LinkedPath.entries(file));
        }
    }

    /** Once: what the system refuses it refuses at each look. */
    private void warn(IOException refused) {
        if (!hasWarned) {
            hasWarned = true;
            warnings.accept(file + ": the system does not tell of changes (" + FileTrouble.of(refused)
                    + "), so it is looked at every " + look.toSeconds() + " seconds");
        }
    }

    @Override
    public void close() {
        EventSource source = events;
        if (source == null) {
            return;
        }
        try {
            source.close();
        } catch (IOException unclosed) {
            throw new UncheckedIOException(unclosed);
        }
    }
}
