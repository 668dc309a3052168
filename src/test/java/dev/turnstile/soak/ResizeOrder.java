package dev.turnstile.soak;

import dev.turnstile.TurnstileState;
import dev.turnstile.testing.Eventually;
import java.util.SplittableRandom;

/** Changes how many instances a pool has. */
final class ResizeOrder implements Operator.Order {
    private final Entrance entrance;
    private final Setup setup;
    private final Upheavals upheavals;
    private final SplittableRandom random;

    ResizeOrder(Entrance entrance, Setup setup, Upheavals upheavals, SplittableRandom random) {
        this.entrance = entrance;
        this.setup = setup;
        this.upheavals = upheavals;
        this.random = random;
    }

    @Override
    public void give() throws InterruptedException {
        int count = Setup.LEAST_INSTANCES + random.nextInt(Setup.MOST_INSTANCES - Setup.LEAST_INSTANCES + 1);
        try {
            entrance.resize(count);
            upheavals.resizes.increment();
        } catch (IllegalStateException refused) {
            upheavals.resizesNotMade.increment();
            if (!WatchedSource.isPlanned(refused)) {
                throw refused;
            }
            return;
        }
        if (setup.heals() && !setup.mayRunOut()) {
            Eventually.isTrue(
                    () -> count + " instances there are, and not " + entrance.instances(),
                    () -> entrance.state() != TurnstileState.OPEN
                            || entrance.instances().size() == count);
        }
    }
}
