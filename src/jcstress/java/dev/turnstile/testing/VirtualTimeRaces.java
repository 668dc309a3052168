package dev.turnstile.testing;

import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** A {@link VirtualTime} is advanced just as a thread parks until then. */
public class VirtualTimeRaces {
    private VirtualTimeRaces() {}

    @JCStressTest
    @Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "it sees that the time has come, and does not park")
    @Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "it parks, and has been unparked")
    @Outcome(expect = Expect.FORBIDDEN, desc = "it parks, and nobody unparks it")
    @State
    public static class AdvanceAndPark {
        private final VirtualTime time = new VirtualTime();

        @Actor
        public void sleeper(ZZ_Result seen) {
            seen.r1 = time.fallsAsleep(new VirtualTime.Sleeper(Thread.currentThread(), this, 1));
        }

        @Actor
        public void test() {
            time.advance(Duration.ofNanos(1));
        }

        @Arbiter
        public void afterwards(ZZ_Result seen) {
            seen.r2 = !seen.r1 || time.toString().contains(" 0 threads");
        }
    }
}
