package dev.turnstile.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Reads what a process writes to its standard streams, so that it never waits for a reader, and keeps the last of it.
 *
 * <p>A process that the child has started may hold the stream for as long as it lives: so nobody waits for the stream's end for long.
 */
final class OutputTail {
    static final int KEPT = 8 << 10;

    private final ReentrantLock lock = new ReentrantLock();
    private final byte[] last = new byte[KEPT];
    private long written;
    private final CountDownLatch end = new CountDownLatch(1);

    static OutputTail of(InputStream stream, long pid) {
        OutputTail tail = new OutputTail();
        Thread.ofPlatform()
                .daemon()
                .name("turnstile-output-" + pid)
                .inheritInheritableThreadLocals(false)
                .start(() -> tail.readAll(stream));
        return tail;
    }

    private void readAll(InputStream stream) {
        byte[] part = new byte[KEPT];
        try (stream) {
            for (int count = stream.read(part); count >= 0; count = stream.read(part)) {
                keep(part, count);
            }
        } catch (IOException gone) {
            // The process has ended, and there is nothing more to read.
        } finally {
            end.countDown();
        }
    }

    private void keep(byte[] part, int count) {
        lock.lock();
        try {
            for (int i = 0; i < count; i++) {
                last[(int) (written % KEPT)] = part[i];
                written++;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns the last that was written, having waited a little for the rest of it. */
    String afterTheEnd(long nanos) {
        try {
            var unused = end.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException atOnce) {
            Thread.currentThread().interrupt();
        }
        return text();
    }

    private String text() {
        lock.lock();
        try {
            int count = (int) Math.min(written, KEPT);
            byte[] ordered = new byte[count];
            for (int i = 0; i < count; i++) {
                ordered[i] = last[(int) ((written - count + i) % KEPT)];
            }
            return new String(ordered, StandardCharsets.UTF_8).strip();
        } finally {
            lock.unlock();
        }
    }
}
