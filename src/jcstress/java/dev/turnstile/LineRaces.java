package dev.turnstile;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;

/** Two threads at one {@link Line}, and what is left when both have done their step. */
public class LineRaces {
    private LineRaces() {}

    @JCStressTest
    @Outcome(id = "false, false, CANCELLED", expect = Expect.ACCEPTABLE, desc = "left before the start")
    @Outcome(id = "true, true, CANCELLED", expect = Expect.ACCEPTABLE, desc = "left after the start")
    @Outcome(expect = Expect.FORBIDDEN, desc = "the caller was told something else than what happened")
    @State
    public static class LeaveAndStart {
        private final Line<String> line = new Line<>(1);
        private final ManualWorker<String> manual = ManualWorker.of(line);
        private final Call<String, Integer> call = new BlockingCall<>(String::length, Deadline.NEVER);

        public LeaveAndStart() {
            line.enter(call, true);
        }

        @Actor
        public void caller(LLL_Result seen) {
            line.leave(call, CallState.CANCELLED);
            seen.r1 = call.started();
        }

        @Actor
        public void worker(LLL_Result seen) {
            seen.r2 = manual.start() == call;
        }

        @Arbiter
        public void afterwards(LLL_Result seen) {
            if ((Boolean) seen.r2) {
                manual.end(call, CallState.COMPLETED);
            }
            seen.r3 = call.state() + (line.stats().pending() == 0 ? "" : " and its place is lost");
        }
    }

    @JCStressTest
    @Outcome(id = "ACCEPTED, in the line", expect = Expect.ACCEPTABLE, desc = "came before closing")
    @Outcome(id = "CLOSED, refused", expect = Expect.ACCEPTABLE, desc = "came after closing")
    @Outcome(expect = Expect.FORBIDDEN, desc = "lost, or in the line of a closed gate")
    @State
    public static class EnterAndClose {
        private final Line<String> line = new Line<>(1);
        private final ManualWorker<String> manual = ManualWorker.of(line);
        private final Call<String, Integer> call = new BlockingCall<>(String::length, Deadline.NEVER);

        @Actor
        public void caller(LL_Result seen) {
            seen.r1 = line.enter(call, true);
        }

        @Actor
        public void closer() {
            line.close(Deadline.NEVER);
        }

        @Arbiter
        public void afterwards(LL_Result seen) {
            Call<String, ?> first = manual.start();
            if (first == call && manual.end(call, CallState.COMPLETED) == null) {
                seen.r2 = "in the line";
            } else if (first == null && call.state() == CallState.REFUSED) {
                seen.r2 = "refused";
            } else {
                seen.r2 = "lost";
            }
        }
    }

    @JCStressTest
    @Outcome(id = "CANCELLED, CANCELLED", expect = Expect.ACCEPTABLE, desc = "both have left and the place is free")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a place without a call, or a call without a place")
    @State
    public static class BothLeave {
        private final Line<String> line = new Line<>(1);
        private final ManualWorker<String> manual = ManualWorker.of(line);
        private final Call<String, Integer> inside = new BlockingCall<>(String::length, Deadline.NEVER);
        private final Call<String, Integer> outside = new BlockingCall<>(String::length, Deadline.NEVER);

        public BothLeave() {
            line.enter(inside, true);
            line.enter(outside, true);
        }

        @Actor
        public void first() {
            line.leave(inside, CallState.CANCELLED);
        }

        @Actor
        public void second() {
            line.leave(outside, CallState.CANCELLED);
        }

        @Arbiter
        public void afterwards(LL_Result seen) {
            TurnstileStats stats = line.stats();
            boolean free = stats.pending() == 0 && stats.waiting() == 0 && stats.notAdmitted() + stats.cancelled() == 2;
            seen.r1 = inside.state();
            seen.r2 = free ? outside.state() : "not free: " + stats;
        }
    }
}
