package dev.turnstile;

import dev.turnstile.testing.Copies;
import dev.turnstile.testing.HeldPool;
import dev.turnstile.testing.VirtualTime;
import java.time.Duration;

/** How an instance of a pool may go while the gate is open and another one stays. */
enum Departure {
    /** The pool is to have fewer; it goes when its call has returned. */
    RETIRED(RestartPolicy.never()) {
        @Override
        void begin(HeldPool pool, HeldPool.Hold last, Copies copies) throws InterruptedException {
            pool.gate().resize(1);
            last.release();
        }
    },
    /** It was lost, a fresh one is on its way, and then the pool is to have fewer. */
    RETIRED_WHILE_DOWN(RestartPolicy.limited(5, Duration.ofMinutes(1))) {
        @Override
        void begin(HeldPool pool, HeldPool.Hold last, Copies copies) throws InterruptedException {
            last.poison();
            pool.probe().awaitDown(2);
            pool.gate().resize(1);
        }
    },
    /** It is lost, and nothing is replaced. */
    LOST_FOR_GOOD(RestartPolicy.never()) {
        @Override
        void begin(HeldPool pool, HeldPool.Hold last, Copies copies) {
            last.poison();
        }
    },
    /** It is lost, and the one attempt to replace it fails. */
    BUDGET_SPENT(RestartPolicy.limited(1, Duration.ofMinutes(1)).withDelays(Duration.ZERO, Duration.ZERO)) {
        @Override
        void begin(HeldPool pool, HeldPool.Hold last, Copies copies) {
            copies.failToOpen(1);
            last.poison();
        }
    };

    @SuppressWarnings("ImmutableEnumChecker") // a record of values
    private final RestartPolicy restarts;

    Departure(RestartPolicy restarts) {
        this.restarts = restarts;
    }

    /** Two instances; time stands still. */
    TurnstileOptions options() {
        return TurnstileOptions.defaults()
                .withPoolSize(2)
                .withRestarts(restarts)
                .withTimeSource(new VirtualTime());
    }

    abstract void begin(HeldPool pool, HeldPool.Hold last, Copies copies) throws InterruptedException;

    /** Has the second instance go, which is in its last call, and waits until it has. */
    void happen(HeldPool pool, HeldPool.Hold last, Copies copies) throws InterruptedException {
        begin(pool, last, copies);
        pool.probe().awaitGone(2);
    }
}
