package dev.turnstile.soak;

import dev.turnstile.CallListener;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/** Counts what was done and happened to gates while calls went on. */
final class Upheavals implements CallListener {
    final LongAdder swaps = new LongAdder();
    final LongAdder swapsNotMade = new LongAdder();
    final LongAdder resizes = new LongAdder();
    final LongAdder resizesNotMade = new LongAdder();
    final LongAdder asked = new LongAdder();
    final LongAdder askedInVain = new LongAdder();
    private final LongAdder losses = new LongAdder();
    private final LongAdder restarts = new LongAdder();

    @Override
    public void onLost(int instance, Throwable cause) {
        losses.increment();
    }

    @Override
    public void onRestarted(int instance) {
        restarts.increment();
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,d swaps, and %,d not made; %,d resizes, and %,d not made; %,d losses, %,d restarts; all"
                        + " instances asked %,d times, and %,d in vain; logging failed %,d times",
                swaps.sum(),
                swapsNotMade.sum(),
                resizes.sum(),
                resizesNotMade.sum(),
                losses.sum(),
                restarts.sum(),
                asked.sum(),
                askedInVain.sum(),
                FaultyLogging.FAILURES.sum());
    }
}
