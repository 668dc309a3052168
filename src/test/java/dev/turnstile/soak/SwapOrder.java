package dev.turnstile.soak;

import dev.turnstile.SwapException;
import dev.turnstile.SwapReport;
import dev.turnstile.TurnstileState;
import dev.turnstile.testing.Audit;
import java.time.Duration;
import java.util.SplittableRandom;

/** Swaps what is behind a gate. */
final class SwapOrder implements Operator.Order {
    private final Entrance entrance;
    private final Setup setup;
    private final Findings findings;
    private final Upheavals upheavals;
    private final SplittableRandom random;

    SwapOrder(Entrance entrance, Setup setup, Findings findings, Upheavals upheavals, SplittableRandom random) {
        this.entrance = entrance;
        this.setup = setup;
        this.findings = findings;
        this.upheavals = upheavals;
        this.random = random;
    }

    @Override
    public void give() throws InterruptedException {
        boolean isLong = random.nextInt(8) > 0;
        Duration limit = isLong ? Audit.PATIENCE : Duration.ofNanos(Mix.logUniform(random, 1_000, 5_000_000));
        try {
            SwapReport report = entrance.swap(limit);
            if (isLong && report.waiting() > 0 && !setup.isPool() && entrance.state() == TurnstileState.OPEN) {
                findings.add(Breach.WRONG, () -> "after " + limit + " there was " + report + ", " + entrance);
            }
            upheavals.swaps.increment();
        } catch (SwapException refused) {
            upheavals.swapsNotMade.increment();
            if (isLong && !WatchedSource.isPlanned(refused)) {
                findings.add(Breach.WRONG, () -> "a swap ended with " + refused + ", " + entrance);
            }
        }
    }
}
