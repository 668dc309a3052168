package dev.turnstile;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** The worker leaves somebody to the {@link Waker} just as that goes to sleep, or ends. */
public class WakerRaces {
    private WakerRaces() {}

    /** The only one who is there to be woken. */
    private static final class Sleeper extends Call<Object, Object> {
        private volatile boolean woken;

        Sleeper() {
            super(resource -> resource);
        }

        @Override
        void wake() {
            woken = true;
        }

        @Override
        boolean isAwaited() {
            return false;
        }

        @Override
        boolean isOwnedByVirtualThread() {
            return true;
        }
    }

    @JCStressTest
    @Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "woken, or about to be")
    @Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "woken, and then the waker slept; or roused")
    @Outcome(expect = Expect.FORBIDDEN, desc = "the waker sleeps, and nobody rouses it for the one who is there")
    @State
    public static class OfferAndSleep {
        private final Waker<Object> waker = new Waker<>();
        private final Sleeper sleeper = new Sleeper();

        @Actor
        public void worker() {
            waker.add(sleeper);
        }

        @Actor
        public void waker(ZZ_Result seen) {
            waker.wakeEveryone();
            seen.r1 = waker.fallsAsleep();
        }

        @Arbiter
        public void afterwards(ZZ_Result seen) {
            seen.r2 = !seen.r1 || sleeper.woken || !waker.isAsleep();
        }
    }

    @JCStressTest
    @Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "it goes on, and will see the end")
    @Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "the last round has woken the last one")
    @Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "it goes on, and will wake the last one")
    @Outcome(id = "false, false", expect = Expect.FORBIDDEN, desc = "it ends, and the last one sleeps")
    @State
    public static class OfferAndClose {
        private final Waker<Object> waker = new Waker<>();
        private final Sleeper sleeper = new Sleeper();

        @Actor
        public void worker() {
            waker.add(sleeper);
            waker.close();
        }

        @Actor
        public void waker(ZZ_Result seen) {
            seen.r1 = waker.wakeEveryone();
        }

        @Arbiter
        public void afterwards(ZZ_Result seen) {
            seen.r2 = sleeper.woken;
        }
    }
}
