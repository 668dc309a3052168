package dev.turnstile.process;

import dev.turnstile.internal.SafeLog;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Reads the log lines of a child. Whoever has the answer to a call can wait for the lines that were logged before it. */
final class LogReader implements AutoCloseable {
    private static final SafeLog log = new SafeLog(LogReader.class);

    private final SocketChannel socket;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final AtomicInteger lines = new AtomicInteger();
    private volatile boolean hasEnded;

    private LogReader(SocketChannel socket) {
        this.socket = socket;
    }

    static LogReader of(SocketChannel socket, HostLog to, long pid) {
        LogReader reader = new LogReader(socket);
        Thread.ofPlatform()
                .daemon()
                .name("turnstile-log-" + pid)
                .inheritInheritableThreadLocals(false)
                .start(() -> reader.readAll(to, pid));
        return reader;
    }

    private void readAll(HostLog to, long pid) {
        try (DataInputStream from = new DataInputStream(new BufferedInputStream(Channels.newInputStream(socket)))) {
            while (LogFrames.read(from, to)) {
                move(false);
            }
        } catch (IOException broken) {
            log.debug("No more log lines come from process {}", pid, broken);
        } finally {
            move(true);
        }
    }

    private void move(boolean isEnd) {
        lock.lock();
        try {
            if (isEnd) {
                hasEnded = true;
            } else {
                lines.incrementAndGet();
            }
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until so many lines in all have been read, or no more come; {@code false} if some nanoseconds pass first. */
    boolean await(int count, long nanos) {
        if (lines.get() - count >= 0 || hasEnded) {
            return true;
        }
        boolean isInterrupted = false;
        long left = nanos;
        lock.lock();
        try {
            while (lines.get() - count < 0 && !hasEnded && left > 0) {
                long since = System.nanoTime();
                try {
                    var unused = moved.awaitNanos(left);
                } catch (InterruptedException later) {
                    isInterrupted = true;
                }
                left -= System.nanoTime() - since;
            }
            return lines.get() - count >= 0 || hasEnded;
        } finally {
            lock.unlock();
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits for the end; no longer than some nanoseconds. */
    void awaitEnd(long nanos) {
        long left = nanos;
        lock.lock();
        try {
            while (!hasEnded && left > 0) {
                left = moved.awaitNanos(left);
            }
        } catch (InterruptedException atOnce) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Reads no further: a process that the child has started may hold the other end for as long as it lives. */
    @Override
    public void close() throws IOException {
        socket.close();
    }
}
