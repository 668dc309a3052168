package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
    private final Station<Witness> station = Stations.add(line);
    private final Witness witness = new Witness();

    enum Step {
        TAKEN,
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
        assertSame(call, station.take(0));
        giveUpAt(Step.TAKEN, step, victim);
        boolean starts = station.start(call);
        assertEquals(step != Step.TAKEN, starts);
        giveUpAt(Step.STARTED, step, victim);
        if (starts) {
            CallState outcome = call.run(witness);
            giveUpAt(Step.RETURNED, step, victim);
            station.end(call, outcome, null);
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
            // What closing finds in the worker's hand is refused by the worker, which is about to start it.
            Call<Witness, Integer> call = victim.call();
            Eventually.isTrue("it has left", () -> call.state().isSettled() || line.state() == TurnstileState.REFUSING);
        }
    }

    /** The place of a call that leaves the worker's hand is the next caller's at once, before the worker comes back. */
    @Test
    void callThatLeavesTheWorkersHand_givesItsPlaceToTheFirstOutside() {
        Victim victim = new Victim(Way.CANCEL);
        FutureCall<Witness, Integer> next = new FutureCall<>(line, resource -> resource.use(2));
        assertEquals(Line.Admission.OUTSIDE, line.enter(next, true));
        Call<Witness, ?> inHand = station.take(0);
        victim.giveUp();

        assertEquals(CallState.PENDING, next.state());
        assertEquals(0, line.stats().waiting());
        assertFalse(station.start(inHand));
        assertSame(next, station.take(0));
        assertTrue(station.start(next));
        station.end(next, next.run(witness), null);
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
        station.start(station.take(0));
        CallState outcome = call.run(witness);
        victim.giveUp();
        station.end(call, outcome, null);

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
            BlockingCall<Witness, Integer> call = new BlockingCall<>(resource -> resource.use(1));
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
}
