package dev.turnstile.comparison;

import static dev.turnstile.comparison.Scenario.CANCELLED;
import static dev.turnstile.comparison.Scenario.CARRIER;
import static dev.turnstile.comparison.Scenario.CHECKED_EXCEPTION;
import static dev.turnstile.comparison.Scenario.CLOSER_INTERRUPTED;
import static dev.turnstile.comparison.Scenario.DEPENDENT_STAGE;
import static dev.turnstile.comparison.Scenario.ERROR;
import static dev.turnstile.comparison.Scenario.INTERRUPTED;
import static dev.turnstile.comparison.Scenario.LISTENER;
import static dev.turnstile.comparison.Scenario.NEWCOMERS;
import static dev.turnstile.comparison.Scenario.ONE_AT_A_TIME;
import static dev.turnstile.comparison.Scenario.PLACES;
import static dev.turnstile.comparison.Scenario.PRODUCERS_OUTSIDE;
import static dev.turnstile.comparison.Scenario.SECOND_CLOSER;
import static dev.turnstile.comparison.Scenario.SUBMIT_RACES_CLOSE;
import static dev.turnstile.comparison.Scenario.TIMED_OUT;
import static dev.turnstile.comparison.Scenario.TIMED_OUT_OUTSIDE;
import static dev.turnstile.comparison.Scenario.TRY_CALL;
import static dev.turnstile.comparison.Scenario.UNDER_CALL;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Why a cell of the table is as it is, read in the contender's sources and said below the table.
 *
 * @param alsoWhenFine whether the cell wants the remark even if nothing befell
 */
record Reason(Set<Contender> contenders, Set<Scenario> scenarios, boolean alsoWhenFine, String text) {
    static final List<Reason> ALL = List.of(
            of(
                    EnumSet.of(Contender.RESILIENCE4J_SEMAPHORE, Contender.FAILSAFE),
                    EnumSet.of(ONE_AT_A_TIME, CARRIER),
                    "It limits callers and has no thread: each call runs on its caller's own, and a native call pins"
                            + " that. A resource that belongs to one thread is not its job."),
            of(
                    EnumSet.of(
                            Contender.TUTORIAL,
                            Contender.EXECUTOR,
                            Contender.SEMAPHORE,
                            Contender.RESILIENCE4J_THREAD_POOL),
                    EnumSet.of(ONE_AT_A_TIME),
                    "The calls run on one thread. The resource is closed by whoever closes the gate; when the worker"
                            + " or pool has ended, it takes no task any more that could."),
            of(
                    EnumSet.of(Contender.JOX),
                    EnumSet.of(ONE_AT_A_TIME),
                    "The calls run on one (virtual) thread. The resource is opened in the body of the scope, and the"
                            + " actor closes it on a fork (`Util.uninterruptible`)."),
            of(
                    EnumSet.of(Contender.TUTORIAL),
                    EnumSet.of(NEWCOMERS),
                    "`ArrayBlockingQueue` is not fair unless asked to be: who comes barges past those who wait in"
                            + " `put`."),
            of(
                    EnumSet.of(Contender.TUTORIAL),
                    EnumSet.of(CANCELLED, TIMED_OUT, INTERRUPTED, TIMED_OUT_OUTSIDE, PLACES),
                    "Nothing takes a call out of the queue again. The typed future is a stage of the real one and does"
                            + " not pass its cancel on; `put` has no limit."),
            of(
                    EnumSet.of(Contender.TUTORIAL),
                    EnumSet.of(ERROR),
                    "The worker catches `Exception`. An `Error` ends it, and nobody empties the queue any more."),
            of(
                    EnumSet.of(Contender.TUTORIAL, Contender.SEMAPHORE, Contender.RESILIENCE4J_THREAD_POOL),
                    EnumSet.of(DEPENDENT_STAGE),
                    "The stage runs on the one thread that should run the call it waits for."),
            of(
                    EnumSet.of(Contender.TUTORIAL),
                    EnumSet.of(SUBMIT_RACES_CLOSE, PRODUCERS_OUTSIDE),
                    "Between a caller's look at the flag and the end of its `put` the worker looks for the last time;"
                            + " what is put then lies there for ever, and when the queue is full `put` itself never"
                            + " returns."),
            of(
                    EnumSet.of(Contender.TUTORIAL),
                    EnumSet.of(UNDER_CALL, CLOSER_INTERRUPTED),
                    "`close` waits 5 s, or until it is interrupted, and then closes the resource whatever the worker"
                            + " does; the worker runs what is queued all the same."),
            of(EnumSet.of(Contender.TUTORIAL), EnumSet.of(SECOND_CLOSER), "The second one sees the flag and goes."),
            always(
                    EnumSet.of(Contender.EXECUTOR),
                    EnumSet.of(TIMED_OUT_OUTSIDE, PLACES, PRODUCERS_OUTSIDE),
                    "The queue of `newSingleThreadExecutor` has no bound: nobody ever waits outside, and nothing slows"
                            + " callers down."),
            always(
                    EnumSet.of(Contender.EXECUTOR, Contender.SEMAPHORE, Contender.JOX),
                    EnumSet.of(UNDER_CALL),
                    "Closing has no limit: the closer waits for as long as the call takes."),
            of(
                    EnumSet.of(Contender.SEMAPHORE),
                    EnumSet.of(NEWCOMERS),
                    "Callers get their permits in order, and queue their calls in whatever order they wake up."),
            of(
                    EnumSet.of(Contender.SEMAPHORE),
                    EnumSet.of(TRY_CALL),
                    "`tryAcquire()` takes a permit although others wait for one, on a fair `Semaphore`, too, as its"
                            + " Javadoc says."),
            of(
                    EnumSet.of(Contender.SEMAPHORE),
                    EnumSet.of(CANCELLED, TIMED_OUT, INTERRUPTED, TIMED_OUT_OUTSIDE, PLACES),
                    "`CompletableFuture.supplyAsync` does not run a cancelled call, nor then the `finally` that would"
                            + " give the permit back."),
            of(
                    EnumSet.of(Contender.EXECUTOR, Contender.SEMAPHORE),
                    EnumSet.of(CLOSER_INTERRUPTED),
                    "An interrupted `ExecutorService.close` turns to `shutdownNow` and throws away what that returns:"
                            + " the futures of those calls stay open. The resource is left alone until the call has"
                            + " returned."),
            of(
                    EnumSet.of(Contender.RESILIENCE4J_SEMAPHORE),
                    EnumSet.of(LISTENER),
                    "The listener for a permitted call runs after the permit is taken and before the `try` that gives"
                            + " it back (`SemaphoreBulkhead.tryAcquirePermission`)."),
            of(
                    EnumSet.of(Contender.RESILIENCE4J_THREAD_POOL),
                    EnumSet.of(CANCELLED, TIMED_OUT, INTERRUPTED, PLACES),
                    "The future that is handed out stands beside that of the queued task"
                            + " (`FixedThreadPoolBulkhead.submit`): a cancel does not reach the queue."),
            always(
                    EnumSet.of(Contender.RESILIENCE4J_THREAD_POOL),
                    EnumSet.of(NEWCOMERS, TIMED_OUT_OUTSIDE, PRODUCERS_OUTSIDE),
                    "It never waits for a place: who finds the queue full is refused at once."),
            of(
                    EnumSet.of(Contender.RESILIENCE4J_THREAD_POOL),
                    EnumSet.of(LISTENER),
                    "The listener for a finished call runs before the future is completed, which then never is."),
            of(
                    EnumSet.of(Contender.RESILIENCE4J_THREAD_POOL),
                    EnumSet.of(UNDER_CALL, CLOSER_INTERRUPTED),
                    "`close` waits 5 s, or until it is interrupted, throws away what `shutdownNow` returns, so that"
                            + " those futures stay open, and does not say that a call still runs: whoever closes the"
                            + " resource next does it under the call."),
            of(
                    EnumSet.of(Contender.FAILSAFE),
                    EnumSet.of(TIMED_OUT, INTERRUPTED, TIMED_OUT_OUTSIDE),
                    "A waiter that gives up leaves its future in the bulkhead's queue"
                        + " (`BulkheadImpl.tryAcquirePermit`); the next permit is handed to it, and nobody gives that"
                        + " back. (A cancelled asynchronous call does take its own out.)"),
            of(
                    EnumSet.of(Contender.JOX),
                    EnumSet.of(CANCELLED, TIMED_OUT, INTERRUPTED),
                    "`ask` can be interrupted, but its message stays in the mailbox."),
            of(
                    EnumSet.of(Contender.JOX),
                    EnumSet.of(ERROR, CHECKED_EXCEPTION),
                    "What is not a `RuntimeException` counts as fatal (`ActorRef.ask`): its caller gets it, and it"
                        + " ends the actor. Those in its mailbox, of 16 places, are never answered; later ones get the"
                        + " error."),
            of(
                    EnumSet.of(Contender.JOX),
                    EnumSet.of(SUBMIT_RACES_CLOSE, PRODUCERS_OUTSIDE, UNDER_CALL, CLOSER_INTERRUPTED, SECOND_CLOSER),
                    "The end of the scope interrupts the actor and leaves its mailbox open: who asks from outside the"
                            + " scope waits for ever. (Forks of the same scope would be interrupted.)"),
            of(
                    EnumSet.of(Contender.JOX),
                    EnumSet.of(CARRIER),
                    "The actor is a virtual thread, which a native call pins."));

    private static Reason of(Set<Contender> contenders, Set<Scenario> scenarios, String text) {
        return new Reason(contenders, scenarios, false, text);
    }

    private static Reason always(Set<Contender> contenders, Set<Scenario> scenarios, String text) {
        return new Reason(contenders, scenarios, true, text);
    }

    /** The reason for a cell that wants one, if there is any. */
    static Optional<Reason> of(Contender contender, Scenario scenario, Outcome outcome) {
        return ALL.stream()
                .filter(reason -> reason.contenders.contains(contender) && reason.scenarios.contains(scenario))
                .filter(reason -> outcome.isHarmed() || (reason.alsoWhenFine && outcome.isFine()))
                .findFirst();
    }
}
