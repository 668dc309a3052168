package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.Witness;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Promise 5 where it is narrowest, in the worker's own steps: a call that is given up when it is taken and not started, started and
 * not yet run, run and not yet ended, ended. The test is the worker, so each step lasts as long as it likes.
 */
class GivingUpAtTheWorkerTest {
    private final Line<Witness> line = new Line<>(1);
    private final ManualWorker<Witness> worker = ManualWorker.of(line);
    private final Witness witness = new Witness();

    enum Step {
        PENDING,
        STARTED,
        RETURNED,
        ENDED
    }

    enum Way {
        INTERRUPT,
        CANCEL,
        DEADLINE,
        CLOSE
    }

    static Stream<Arguments> stepsAndWays() {
        return Arrays.stream(Step.values())
                .flatMap(step -> Arrays.stream(Way.values()).map(way -> Arguments.of(step, way)));
    }

    @ParameterizedTest
    @MethodSource("stepsAndWays")
    void call_givenUpInAStepOfTheWorker_reachesTheResourceIfItWasStarted(Step step, Way way) {
        Victim victim = new Victim(way);
        Call<Witness, Integer> call = victim.call();
        giveUpAt(Step.PENDING, step, victim);
        boolean starts = call.equals(worker.start());
        assertEquals(step != Step.PENDING, starts);
        giveUpAt(Step.STARTED, step, victim);
        if (starts) {
            CallState outcome = call.run(witness);
            giveUpAt(Step.RETURNED, step, victim);
            worker.end(call, outcome);
        }
        if (step == Step.ENDED) {
            victim.assertHasItsResult();
            victim.giveUp();
            victim.assertHasItsResult();
        } else {
            victim.assertGivenUp(starts);
        }

        assertEquals(starts ? 1 : 0, witness.uses());
        TurnstileStats stats = line.stats();
        Audit.assertSettled(stats);
        assertEquals(step == Step.ENDED ? 1 : 0, stats.completed());
        assertEquals(step == Step.ENDED ? 0 : 1, victim.countOfItsEnd(stats));
    }

    private void giveUpAt(Step now, Step step, Victim victim) {
        if (now == step) {
            victim.giveUp();
            Call<Witness, Integer> call = victim.call();
            Eventually.isTrue("it has left", () -> call.state().isSettled() || line.state() == TurnstileState.REFUSING);
        }
    }

    /** The place of a call that leaves is the next caller's at once, before the worker comes. */
    @Test
    void callThatLeaves_givesItsPlaceToTheFirstOutside() {
        Victim victim = new Victim(Way.CANCEL);
        FutureCall<Witness, Integer> next = new FutureCall<>(line, resource -> resource.use(2));
        assertEquals(Line.Admission.OUTSIDE, line.enter(next, true));
        victim.giveUp();

        assertEquals(CallState.PENDING, next.state());
        assertEquals(0, line.stats().waiting());
        assertSame(next, worker.start());
        worker.end(next, next.run(witness));
        assertEquals(
                2,
                next.future()
                        .orTimeout(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .join());
        Audit.assertSettled(line.stats());
    }

    /** What nobody will fetch is not kept. */
    @Test
    void resultOfACallThatWasGivenUp_isDropped() {
        Victim victim = new Victim(Way.CANCEL);
        Call<Witness, Integer> call = victim.call();
        assertSame(call, worker.start());
        CallState outcome = call.run(witness);
        victim.giveUp();
        worker.end(call, outcome);

        assertNull(call.result());
    }

    /** A call, by whom it is waited for, and how its owner gives it up. */
    private final class Victim {
        private final Way way;
        private final FutureCall<Witness, Integer> futureCall = new FutureCall<>(line, resource -> resource.use(1));
        private final CompletableFuture<Call<Witness, Integer>> entered = new CompletableFuture<>();
        private final Caller<Object> caller;

        Victim(Way way) {
            this.way = way;
            if (way == Way.INTERRUPT) {
                caller = Caller.start(this::waitForIt);
            } else {
                caller = null;
                line.enter(futureCall, true);
                entered.complete(futureCall);
            }
        }

        private Object waitForIt() throws Exception {
            BlockingCall<Witness, Integer> call = new BlockingCall<>(resource -> resource.use(1), Deadline.NEVER);
            line.enter(call, true);
            entered.complete(call);
            call.await(line, Deadline.NEVER);
            return call.result();
        }

        Call<Witness, Integer> call() {
            return entered.orTimeout(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    .join();
        }

        void giveUp() {
            switch (way) {
                case INTERRUPT -> caller.interrupt();
                case CANCEL -> futureCall.future().cancel(true);
                case DEADLINE -> futureCall.expireAt(Deadline.after(Duration.ZERO));
                case CLOSE -> {
                    line.close(Deadline.NEVER);
                    line.refuseRest();
                }
            }
        }

        /** Checks that the owner knows that the call was given up, and whether it had begun. */
        void assertGivenUp(boolean started) {
            Throwable thrown = way == Way.INTERRUPT ? caller.failure() : Caller.failureOf(futureCall.future());
            boolean says = switch (way) {
                case INTERRUPT ->
                    assertInstanceOf(CallInterruptedException.class, thrown).started();
                case CANCEL ->
                    assertInstanceOf(CallCancelledException.class, thrown).started();
                case DEADLINE ->
                    assertInstanceOf(CallTimeoutException.class, thrown).started();
                case CLOSE ->
                    assertInstanceOf(TurnstileClosedException.class, thrown).started();
            };
            assertEquals(started, says);
        }

        void assertHasItsResult() {
            assertEquals(
                    1,
                    way == Way.INTERRUPT
                            ? caller.result()
                            : futureCall
                                    .future()
                                    .orTimeout(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                                    .join());
        }

        long countOfItsEnd(TurnstileStats stats) {
            return switch (way) {
                case INTERRUPT, CANCEL -> stats.cancelled();
                case DEADLINE -> stats.expired();
                case CLOSE -> stats.refused();
            };
        }
    }

    /** Its caller may have no processor to see it, and the call was run all the same. */
    @Test
    void callWhoseLimitHasPassed_isNotStarted_thoughItsCallerIsStillThere() {
        BlockingCall<Witness, Integer> late =
                new BlockingCall<>(resource -> resource.use(1), Deadline.after(Duration.ZERO));
        BlockingCall<Witness, Integer> next = new BlockingCall<>(resource -> resource.use(2), Deadline.NEVER);
        line.enter(late, true);
        line.enter(next, true);

        assertSame(next, worker.start());
        worker.end(next, next.run(witness));
        assertSame(CallState.EXPIRED, late.state());
        assertFalse(late.started());
        assertEquals(1, line.stats().expired());
        Audit.assertSettled(line.stats());
    }

    @Test
    void callOutsideWhoseLimitHasPassed_getsNoPlace() {
        BlockingCall<Witness, Integer> first = new BlockingCall<>(resource -> resource.use(1), Deadline.NEVER);
        BlockingCall<Witness, Integer> late =
                new BlockingCall<>(resource -> resource.use(2), Deadline.after(Duration.ZERO));
        BlockingCall<Witness, Integer> next = new BlockingCall<>(resource -> resource.use(3), Deadline.NEVER);
        line.enter(first, true);
        line.enter(late, true);
        line.enter(next, true);

        assertSame(first, worker.start());
        assertSame(CallState.EXPIRED, late.state());
        assertSame(CallState.PENDING, next.state());
        assertSame(next, worker.end(first, first.run(witness)));
        worker.end(next, next.run(witness));
        Audit.assertSettled(line.stats());
    }
}
