package dev.turnstile.faults;

import java.util.concurrent.CountDownLatch;

/** What the gate's changed code calls; see {@link FaultyCode}. What one {@link Watch} wants to know, it is told. */
public final class Faults {
    private static volatile Watch watch;

    private Faults() {}

    static void watchedBy(Watch next) {
        watch = next;
    }

    /** Just before something that may throw, or is only to be noticed. */
    public static void point(int id) {
        Watch current = watch;
        if (current != null) {
            current.passes(id);
        }
    }

    /** A thread has been made, or is about to start. */
    public static void made(Thread thread) {
        Watch current = watch;
        if (current != null && thread != null) {
            current.takesPart(thread);
        }
    }

    /** A thread is about to be unparked. */
    public static void unparks(Thread thread) {
        Watch current = watch;
        if (current != null && thread != null) {
            current.unparks(thread);
        }
    }

    /** A latch is about to be counted down. */
    public static void opens(CountDownLatch latch) {
        Watch current = watch;
        if (current != null) {
            current.opens(latch);
        }
    }
}
