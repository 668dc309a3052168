package dev.turnstile;

import java.time.Duration;

/** The gates of the {@link GateScenario}s that are not the plainest one: of each kind a class, as Lincheck makes them by their constructors. */
final class GateKinds {
    private GateKinds() {}

    private static TurnstileOptions single() {
        return TurnstileOptions.defaults().withCapacity(1);
    }

    private static TurnstileOptions pool() {
        return single().withPoolSize(2);
    }

    /** A place for everybody, and one for control calls. */
    private static TurnstileOptions withLanes(TurnstileOptions options) {
        return options.withCapacity(2).withReservedPlaces(1).withOvertakes(1);
    }

    /** Once, and at once. */
    private static TurnstileOptions withRestart(TurnstileOptions options) {
        return options.withRestarts(
                RestartPolicy.limited(1, Duration.ofDays(1)).withDelays(Duration.ZERO, Duration.ZERO));
    }

    /** Two workers. */
    public static final class OfPool extends GateThreads {
        public OfPool() {
            super(pool(), 2, 2);
        }
    }

    /** Two workers, one of whom is still to come. */
    public static final class OfGrowingPool extends GateThreads {
        public OfGrowingPool() {
            super(pool(), 2, 1);
        }
    }

    /** A worker, and another one that may relieve it. */
    public static final class OfSwap extends GateThreads {
        public OfSwap() {
            super(single(), 2, 1);
        }
    }

    /** Two workers, and another one that may relieve the first. */
    public static final class OfSwapInPool extends GateThreads {
        public OfSwapInPool() {
            super(pool(), 3, 2);
        }
    }

    /** A worker, one that may come beside it, and one that may relieve it. */
    public static final class OfSwapInGrowingPool extends GateThreads {
        public OfSwapInGrowingPool() {
            super(pool(), 3, 1);
        }
    }

    /** A worker whose resource is replaced when it is lost, once. */
    public static final class WithRestart extends GateThreads {
        public WithRestart() {
            super(withRestart(single()), 1, 1);
        }
    }

    /** Two workers whose resources are replaced when they are lost, once each. */
    public static final class OfPoolWithRestart extends GateThreads {
        public OfPoolWithRestart() {
            super(withRestart(pool()), 2, 2);
        }
    }

    /** A worker whose resource is replaced when it is lost, once, and another one that may relieve it. */
    public static final class OfSwapWithRestart extends GateThreads {
        public OfSwapWithRestart() {
            super(withRestart(single()), 2, 1);
        }
    }

    /** A worker, a place for everybody, and one for control calls. */
    public static final class WithLanes extends GateThreads {
        public WithLanes() {
            super(withLanes(single()), 1, 1);
        }
    }

    /** Two workers, a place for everybody, and one for control calls. */
    public static final class OfPoolWithLanes extends GateThreads {
        public OfPoolWithLanes() {
            super(withLanes(pool()), 2, 2);
        }
    }

    /** Two workers, one of whom is still to come, a place for everybody, and one for control calls. */
    public static final class OfGrowingPoolWithLanes extends GateThreads {
        public OfGrowingPoolWithLanes() {
            super(withLanes(pool()), 2, 1);
        }
    }

    /** A worker, another one that may relieve it, a place for everybody, and one for control calls. */
    public static final class OfSwapWithLanes extends GateThreads {
        public OfSwapWithLanes() {
            super(withLanes(single()), 2, 1);
        }
    }
}
