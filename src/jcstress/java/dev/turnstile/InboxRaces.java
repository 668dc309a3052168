package dev.turnstile;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LZ_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/** Somebody arrives at a {@link Line} just as the worker stops looking, or the gate closes. */
public class InboxRaces {
    private InboxRaces() {}

    /** Leaves the worker polling, with nothing to run. */
    private static void runOneCall(Line<String> line, ManualWorker<String> worker) {
        Call<String, Integer> call = new BlockingCall<>(String::length, Deadline.NEVER);
        line.enter(call, true);
        worker.start();
        worker.end(call, CallState.COMPLETED);
    }

    @JCStressTest
    @Outcome(id = "PENDING, false", expect = Expect.ACCEPTABLE, desc = "the caller put it into the queue")
    @Outcome(id = "RUNNING, true", expect = Expect.ACCEPTABLE, desc = "the worker saw it")
    @Outcome(expect = Expect.FORBIDDEN, desc = "the worker sleeps, and the caller has left it to the worker")
    @State
    public static class ArriveAndSleep {
        private final Line<String> line = new Line<>(1);
        private final ManualWorker<String> manual = ManualWorker.of(line);
        private final Call<String, Integer> call = new BlockingCall<>(String::length, Deadline.NEVER);

        public ArriveAndSleep() {
            runOneCall(line, manual);
        }

        @Actor
        public void caller() {
            line.arrive(call);
        }

        @Actor
        public void worker(LZ_Result seen) {
            seen.r2 = manual.start() != null;
        }

        @Arbiter
        public void afterwards(LZ_Result seen) {
            seen.r1 = call.state();
        }
    }

    @JCStressTest
    @Outcome(id = "PENDING", expect = Expect.ACCEPTABLE, desc = "came before closing")
    @Outcome(id = "REFUSED", expect = Expect.ACCEPTABLE, desc = "came after closing")
    @Outcome(expect = Expect.FORBIDDEN, desc = "nobody is going to tell the caller")
    @State
    public static class ArriveAndClose {
        private final Line<String> line = new Line<>(1);
        private final ManualWorker<String> manual = ManualWorker.of(line);
        private final Call<String, Integer> call = new BlockingCall<>(String::length, Deadline.NEVER);

        public ArriveAndClose() {
            runOneCall(line, manual);
        }

        @Actor
        public void caller() {
            line.arrive(call);
        }

        @Actor
        public void closer() {
            line.close(Deadline.NEVER);
        }

        @Arbiter
        public void afterwards(L_Result seen) {
            seen.r1 = call.state();
        }
    }
}
