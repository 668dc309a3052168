package dev.turnstile;

/**
 * Has a caller look for the end of its call for a moment before it parks. To park and to be woken costs a thread 2 to 10 µs of processor time, and takes 50 to 100 µs if
 * its processor, or a virtual thread's carrier, has gone to sleep meanwhile: more than a short call.
 *
 * <p>It looks only if no other call has a place, for about as long as calls run, and only while that {@linkplain SpinCredit pays}.
 */
final class CallerSpin {
    /** Longer, it would take more of the processor than to park and to be woken. */
    private static final long LONGEST_NANOS = 50_000;

    /** For what is not the call itself: the worker sees that a call has come, and the caller that it has ended. */
    private static final long HAND_OVER_NANOS = 3_000;

    private static final int LOOKS = 8;

    private final boolean isOn;
    private final SpinCredit credit = new SpinCredit();

    /** How long calls run, those of late above all. A hint: read and written without a lock. */
    private long typicalNanos;

    /** Who was here last. Not the thread itself, which would keep its class loader. */
    private long last;

    /** @param isOn whether any caller may look */
    CallerSpin(boolean isOn) {
        this.isOn = isOn;
    }

    /** A call has returned after so long. On the worker. */
    void ran(long nanos) {
        typicalNanos += (nanos - typicalNanos) >> 3;
    }

    /**
     * Looks for the end of a call that has arrived.
     *
     * @param places those of its line
     */
    void look(Call<?, ?> call, Places<?> places) {
        long longest = typicalNanos + (typicalNanos >> 1) + HAND_OVER_NANOS;
        if (!isOn || !isAlone() || longest > LONGEST_NANOS || places.taken() > 1 || !credit.allows()) {
            return;
        }
        long since = System.nanoTime();
        do {
            for (int i = 0; i < LOOKS; i++) {
                if (!call.isAwaited()) {
                    credit.paid();
                    return;
                }
                Thread.onSpinWait();
            }
        } while (System.nanoTime() - since < longest);
        credit.didNotPay();
    }

    /** Says whether the caller before was the same thread. With several, the processor is better used by the others. */
    private boolean isAlone() {
        long caller = Thread.currentThread().threadId();
        boolean isAlone = caller == last;
        last = caller;
        return isAlone;
    }
}
