package dev.turnstile;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** What a {@link Call} holds besides its state is seen by whoever sees the state that announces it, without a lock. */
public class CallPublication {
    private CallPublication() {}

    @JCStressTest
    @Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "pending")
    @Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "pending at the first look")
    @Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "running")
    @Outcome(id = "true, false", expect = Expect.FORBIDDEN, desc = "it runs and says that it was never started")
    @State
    public static class Started {
        private final Call<String, Integer> call = pending();

        @Actor
        public void worker() {
            call.moveTo(CallState.RUNNING);
        }

        @Actor
        public void caller(ZZ_Result seen) {
            seen.r1 = call.state() == CallState.RUNNING;
            seen.r2 = call.started();
        }
    }

    @JCStressTest
    @Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "waiting outside")
    @Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "outside at the first look")
    @Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "pending")
    @Outcome(id = "true, false", expect = Expect.FORBIDDEN, desc = "it has a place and says that it never had one")
    @State
    public static class Accepted {
        private final Call<String, Integer> call = new BlockingCall<>(String::length, Deadline.NEVER);

        @Actor
        public void whoFreesAPlace() {
            call.moveTo(CallState.PENDING);
        }

        @Actor
        public void caller(ZZ_Result seen) {
            seen.r1 = call.state() == CallState.PENDING;
            seen.r2 = call.accepted();
        }
    }

    @JCStressTest
    @Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "running")
    @Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "running at the first look")
    @Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "returned")
    @Outcome(id = "true, false", expect = Expect.FORBIDDEN, desc = "it has returned and there is no result")
    @State
    public static class Result {
        private final Call<String, String> call = new BlockingCall<>(String::trim, Deadline.NEVER);

        public Result() {
            call.moveTo(CallState.PENDING);
            call.moveTo(CallState.RUNNING);
        }

        @Actor
        public void worker() {
            call.moveTo(call.run(" result "));
        }

        @Actor
        public void caller(ZZ_Result seen) {
            seen.r1 = call.state() == CallState.COMPLETED;
            seen.r2 = call.result() != null;
        }
    }

    private static Call<String, Integer> pending() {
        Call<String, Integer> call = new BlockingCall<>(String::length, Deadline.NEVER);
        call.moveTo(CallState.PENDING);
        return call;
    }
}
