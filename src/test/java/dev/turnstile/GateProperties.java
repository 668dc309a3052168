package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.CallEnd;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.HeldGate;
import dev.turnstile.testing.Witness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Promises 1, 2, 3, 6 and 7 under random programs: no overlap, order, bound, exactly one end, no place lost. */
class GateProperties {
    /** How a call is made. */
    enum Verb {
        CALL,
        TIMED_CALL,
        TRY_CALL,
        SUBMIT,
        TIMED_SUBMIT,
        TRY_SUBMIT
    }

    /** What happens to it. */
    enum Fate {
        RETURN,
        THROW,
        THROW_ERROR,
        GIVE_UP
    }

    record Step(Verb verb, Fate fate) {}

    @Provide
    Arbitrary<Step> steps() {
        return Combinators.combine(Arbitraries.of(Verb.class), Arbitraries.of(Fate.class))
                .as(Step::new);
    }

    /**
     * Many callers run random steps; somewhere in between the gate closes. Every call has exactly one end; what returned or
     * threw ran once, what was given up or refused before its start never ran; the counts agree; nothing is left.
     */
    @Property(tries = 500)
    void everyCallHasExactlyOneEnd_whateverRacesWithWhatever(
            @ForAll @Size(min = 1, max = 60) List<@net.jqwik.api.From("steps") Step> program,
            @ForAll @IntRange(min = 1, max = 8) int capacity,
            @ForAll @IntRange(min = 0, max = 100) int closeAfterPercent,
            @ForAll @IntRange(min = 0, max = 2) int closeLimitMillis)
            throws Exception {
        int rounds = 5;
        int calls = program.size() * rounds;
        AtomicIntegerArray ran = new AtomicIntegerArray(calls);
        CountDownLatch begun = new CountDownLatch(calls * closeAfterPercent / 100);
        try (Audit audit = new Audit()) {
            Witness[] witness = new Witness[1];
            Turnstile<Witness> gate = audit.watch(Turnstile.<Witness, RuntimeException>open(
                    () -> witness[0] = new Witness(),
                    Witness::close,
                    TurnstileOptions.defaults().withCapacity(capacity)));
            List<Caller<List<CallEnd>>> callers = new ArrayList<>();
            for (int c = 0; c < program.size(); c++) {
                int caller = c;
                callers.add(Caller.start(() -> {
                    List<CallEnd> ends = new ArrayList<>();
                    for (int round = 0; round < rounds; round++) {
                        Step step = program.get((caller + round) % program.size());
                        begun.countDown();
                        ends.add(make(gate, step, ran, caller * rounds + round));
                    }
                    return ends;
                }));
            }
            begun.await();
            gate.close(Duration.ofMillis(closeLimitMillis));

            Map<CallEnd, Long> ends = new EnumMap<>(CallEnd.class);
            for (int c = 0; c < callers.size(); c++) {
                List<CallEnd> ofCaller = callers.get(c).result();
                assertEquals(rounds, ofCaller.size());
                gate.close(Audit.PATIENCE);
                for (int round = 0; round < rounds; round++) {
                    CallEnd end = ofCaller.get(round);
                    ends.merge(end, 1L, Long::sum);
                    int times = ran.get(c * rounds + round);
                    assertEquals(end.ran() ? 1 : 0, times, end::name);
                }
            }
            TurnstileStats stats = gate.stats();
            Audit.assertSettled(stats);
            assertEquals(ends.getOrDefault(CallEnd.RETURNED, 0L), stats.completed());
            assertEquals(ends.getOrDefault(CallEnd.THREW, 0L), stats.failed());
            assertEquals(
                    calls, ends.values().stream().mapToLong(Long::longValue).sum());
            assertEquals(0, witness[0].overlaps());
            assertEquals(0, witness[0].closedUnderCall());
            assertEquals(1, witness[0].closes());
            assertEquals(1, witness[0].threads().size());
        }
    }

    private static CallEnd make(Turnstile<Witness> gate, Step step, AtomicIntegerArray ran, int number) {
        Action<Witness, Integer, Exception> action = resource -> {
            ran.incrementAndGet(number);
            resource.use(number);
            return switch (step.fate) {
                case THROW -> throw new CallEnd.AsTold();
                case THROW_ERROR -> throw new CallEnd.ErrorAsTold();
                case RETURN, GIVE_UP -> number;
            };
        };
        Duration limit = step.fate == Fate.GIVE_UP ? Duration.ofNanos(50_000) : Duration.ofHours(1);
        return CallEnd.of(() -> {
            int result = switch (step.verb) {
                case CALL -> interrupted(step, () -> gate.call(action));
                case TIMED_CALL -> gate.call(action, limit);
                case TRY_CALL -> interrupted(step, () -> gate.tryCall(action));
                case SUBMIT -> outcome(step, gate.submit(action));
                case TIMED_SUBMIT -> outcome(step, gate.submit(action, limit));
                case TRY_SUBMIT -> outcome(step, gate.trySubmit(action));
            };
            assertEquals(number, result);
            return result;
        });
    }

    /** With the fate of giving up, another thread interrupts this one, some time during the call or just after. */
    private static int interrupted(Step step, java.util.concurrent.Callable<Integer> call) throws Exception {
        if (step.fate != Fate.GIVE_UP) {
            return call.call();
        }
        Thread caller = Thread.currentThread();
        CompletableFuture<Void> interrupter = CompletableFuture.runAsync(caller::interrupt, Thread::startVirtualThread);
        try {
            return call.call();
        } finally {
            interrupter.join();
            Thread.interrupted(); // if it came after the call
        }
    }

    private static int outcome(Step step, CompletableFuture<Integer> future) throws Throwable {
        if (step.fate == Fate.GIVE_UP) {
            future.cancel(true);
        }
        return CallEnd.outcome(future);
    }

    /** One thread submits and cancels at random; what runs, runs in the order of submission. */
    @Property(tries = 500)
    void whatIsNotGivenUp_runsInTheOrderOfSubmission(
            @ForAll @Size(min = 1, max = 200) List<@IntRange(min = 0, max = 4) Integer> program,
            @ForAll @IntRange(min = 1, max = 20) int capacity,
            @ForAll boolean workerHeld)
            throws Exception {
        try (Audit audit = new Audit()) {
            HeldGate held = HeldGate.open(audit, capacity);
            if (!workerHeld) {
                held.release();
            }
            ConcurrentLinkedQueue<Integer> ran = new ConcurrentLinkedQueue<>();
            List<Integer> accepted = new ArrayList<>();
            List<CompletableFuture<Boolean>> futures = new ArrayList<>();
            int next = 0;
            for (int op : program) {
                if (op < 3) {
                    int number = next++;
                    try {
                        futures.add(audit.watch(held.gate().trySubmit(resource -> ran.add(number))));
                        accepted.add(number);
                    } catch (TurnstileFullException full) {
                        assertTrue(held.gate().stats().notAdmitted() > 0);
                    }
                } else if (!futures.isEmpty()) {
                    futures.get(op * 31 % futures.size()).cancel(false);
                }
            }
            held.release();
            held.gate().close(Audit.PATIENCE);
            List<Integer> expected = new ArrayList<>();
            for (int i = 0; i < futures.size(); i++) {
                boolean started = !futures.get(i).isCompletedExceptionally()
                        || ((CallCancelledException) Caller.failureOf(futures.get(i))).started();
                if (started) {
                    expected.add(accepted.get(i));
                }
            }
            assertEquals(expected, List.copyOf(ran));
        }
    }

    /** Callers come one after the other, some wait outside, some give up there: those who stay are served in order. */
    @Property(tries = 150)
    void whoWaitsOutside_isServedInTheOrderOfArrival(
            @ForAll @Size(min = 1, max = 40) List<Boolean> staying, @ForAll @IntRange(min = 1, max = 5) int capacity) {
        try (Audit audit = new Audit()) {
            HeldGate held = HeldGate.open(audit, capacity);
            ConcurrentLinkedQueue<Integer> ran = new ConcurrentLinkedQueue<>();
            List<Caller<Boolean>> callers = new ArrayList<>();
            for (int i = 0; i < staying.size(); i++) {
                int number = i;
                callers.add(Caller.start(() -> held.gate().call(resource -> ran.add(number))));
                int here = i + 1;
                dev.turnstile.testing.Eventually.isTrue(
                        "in line or outside",
                        () -> held.gate().pendingCount() + held.gate().waitingCount() == here);
            }
            List<Integer> expected = new ArrayList<>();
            for (int i = 0; i < staying.size(); i++) {
                if (staying.get(i)) {
                    expected.add(i);
                } else {
                    callers.get(i).interrupt();
                    callers.get(i).failure();
                }
            }
            held.release();
            for (int i : expected) {
                callers.get(i).result();
            }
            assertEquals(expected, List.copyOf(ran));
        }
    }
}
