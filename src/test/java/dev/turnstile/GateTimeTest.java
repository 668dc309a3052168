package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.CallEnd;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.HeldGate;
import dev.turnstile.testing.VirtualTime;
import dev.turnstile.testing.Witness;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every limit of a gate is one in the time that its options name: it passes when that has come, not before, and with no other. */
class GateTimeTest {
    private static final Duration LIMIT = Duration.ofHours(1);
    private static final Duration LEAST = Duration.ofNanos(1);

    @RegisterExtension
    final Audit audit = new Audit();

    private final VirtualTime time = new VirtualTime();
    private final HeldGate held =
            HeldGate.open(audit, TurnstileOptions.defaults().withCapacity(1).withTimeSource(time));
    private final Turnstile<Witness> gate = held.gate();

    @AfterEach
    void letTheWorkerGo() {
        held.release();
    }

    /** A use of the gate, whose worker is held, with a limit. */
    enum Limited {
        CALL_IN_THE_LINE {
            @Override
            void use(Turnstile<Witness> gate) throws Throwable {
                gate.call(witness -> witness.use(1), LIMIT);
            }
        },
        CALL_OUTSIDE {
            @Override
            void use(Turnstile<Witness> gate) throws Throwable {
                gate.trySubmit(witness -> witness.use(1));
                CALL_IN_THE_LINE.use(gate);
            }
        },
        SUBMIT_IN_THE_LINE {
            @Override
            void use(Turnstile<Witness> gate) throws Throwable {
                CallEnd.outcome(gate.submit(witness -> witness.use(1), LIMIT));
            }
        },
        SUBMIT_OUTSIDE {
            @Override
            void use(Turnstile<Witness> gate) throws Throwable {
                gate.trySubmit(witness -> witness.use(1));
                SUBMIT_IN_THE_LINE.use(gate);
            }
        },
        FAN_OUT {
            @Override
            void use(Turnstile<Witness> gate) throws Throwable {
                try (FanOut<Witness, Integer> block = gate.fanOut(JoinPolicy.ALL_OR_CANCEL, LIMIT)) {
                    block.fork(witness -> witness.use(1));
                    block.join();
                }
            }
        },
        CALL_IN_A_FAN_OUT {
            @Override
            void use(Turnstile<Witness> gate) throws Throwable {
                try (FanOut<Witness, Integer> block = gate.fanOut(JoinPolicy.ALL_OR_CANCEL, LIMIT)) {
                    gate.call(witness -> witness.use(1));
                    block.join();
                }
            }
        };

        abstract void use(Turnstile<Witness> gate) throws Throwable;
    }

    @ParameterizedTest
    @EnumSource
    void limit_passesWithTheTimeOfTheGate_andNotBefore(Limited limited) throws Exception {
        Caller<CallEnd> caller = Caller.start(() -> {
            try {
                limited.use(gate);
                return CallEnd.RETURNED;
            } catch (CallTimeoutException passed) {
                return passed.started() ? CallEnd.GIVEN_UP_AFTER : CallEnd.GIVEN_UP_BEFORE;
            } catch (Throwable unexpected) {
                throw new AssertionError(unexpected);
            }
        });
        time.awaitParked(1);
        time.advance(LIMIT.minus(LEAST));
        time.awaitParked(1);
        assertFalse(caller.isDone());

        time.advance(LEAST);
        assertEquals(CallEnd.GIVEN_UP_BEFORE, caller.result());
    }

    @Test
    void limitOfARunningCall_passesWithTheTimeOfTheGate() throws Exception {
        held.release();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        Caller<String> caller = Caller.start(() -> gate.<String, RuntimeException>call(
                witness -> {
                    witness.hold(entered, leave);
                    return "done";
                },
                LIMIT));
        entered.await();
        time.advance(LIMIT);
        assertTrue(
                assertInstanceOf(CallTimeoutException.class, caller.failure()).started());
        leave.countDown();
    }

    /** A {@link TimeLimit} knows no gate, so it is a limit in real time up to the call. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void timeLimit_countsInTheTimeOfTheGateFromTheCallOn(boolean future) throws Exception {
        Caller<Integer> caller = Caller.start(() -> TimeLimit.within(LIMIT, () -> {
            try {
                return future
                        ? CallEnd.outcome(gate.trySubmit(witness -> witness.use(1)))
                        : gate.<Integer, RuntimeException>call(witness -> witness.use(1), LIMIT.plus(LIMIT));
            } catch (CallTimeoutException passed) {
                throw passed;
            } catch (Throwable unexpected) {
                throw new AssertionError(unexpected);
            }
        }));
        time.awaitParked(1);
        time.advance(LIMIT);
        assertInstanceOf(CallTimeoutException.class, caller.failure());
    }

    @Test
    void fanOut_insideOfATimeLimit_endsWithItInTheTimeOfTheGate() throws Exception {
        Caller<String> caller = Caller.start(() -> TimeLimit.within(LIMIT, () -> {
            try (FanOut<Witness, Integer> block = gate.fanOut(JoinPolicy.ALL_OR_CANCEL)) {
                block.fork(witness -> witness.use(1));
                return block.join().toString();
            }
        }));
        time.awaitParked(1);
        time.advance(LIMIT);
        assertInstanceOf(CallTimeoutException.class, caller.failure());
    }

    /** The limit of the one block, in a time of its own, holds for a gate in the system's time as for any. */
    @Test
    void limitOfABlock_whoseTimeHasCome_holdsForOtherGates() throws Exception {
        HeldGate other = HeldGate.open(audit, 1);
        try (FanOut<Witness, Integer> block = gate.fanOut(JoinPolicy.ALL_OR_CANCEL, LIMIT)) {
            time.advance(LIMIT);
            assertEquals(CallEnd.GIVEN_UP_BEFORE, CallEnd.of(() -> other.gate().call(witness -> witness.use(1))));
            block.join();
        }
        other.release();
    }

    // ---- closing ----

    @Test
    void close_withALimitThatPasses_refusesTheRest() throws Exception {
        held.fill();
        Caller<CloseReport> closer = Caller.start(() -> gate.close(LIMIT));
        time.awaitParked(1);
        time.advance(LIMIT.minus(LEAST));
        time.awaitParked(1);
        assertEquals(TurnstileState.DRAINING, gate.state());

        time.advance(LEAST);
        CloseReport report = closer.result();
        assertFalse(report.resourceClosed());
        assertEquals(1, report.refused());
        assertEquals(1, report.abandoned());
    }

    @Test
    void close_whenTheWorkerEndsFirst_needsNoTime() throws Exception {
        Caller<CloseReport> closer = Caller.start(() -> {
            gate.close();
            return gate.close(Duration.ZERO);
        });
        time.awaitParked(1);
        held.release();
        assertTrue(closer.result().resourceClosed());
    }

    @Test
    void awaitTermination_waitsInTheTimeOfTheGate() throws Exception {
        Caller<Boolean> waiting = Caller.start(() -> gate.awaitTermination(LIMIT));
        time.awaitParked(1);
        time.advance(LIMIT);
        assertFalse(waiting.result());
    }

    // ---- options ----

    @Test
    void options_haveTheSystemsTime_andKeepAnother() {
        assertSame(TimeSource.system(), TurnstileOptions.defaults().timeSource());
        TurnstileOptions options = TurnstileOptions.defaults()
                .withTimeSource(time)
                .withCapacity(2)
                .withWorkerName("other")
                .withWorkerStackSize(1 << 20)
                .withWorkerDaemon(false)
                .withIdleSpin(Duration.ZERO)
                .withCloseLimit(LIMIT);
        assertSame(time, options.timeSource());
    }
}
