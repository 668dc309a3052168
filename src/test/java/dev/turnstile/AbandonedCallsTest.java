package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.FlightEvents;
import dev.turnstile.testing.LibraryLog;
import dev.turnstile.testing.VirtualTime;
import dev.turnstile.testing.Witness;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A gate that could not be closed in time says so, and how many calls still run, whoever waits for them: a plugin that hangs was not to be seen
 * once its callers had given up.
 */
class AbandonedCallsTest {
    private static final Duration LIMIT = Duration.ofSeconds(1);

    @RegisterExtension
    final Audit audit = new Audit();

    @RegisterExtension
    final LibraryLog log = new LibraryLog();

    @TempDir
    Path directory;

    private final VirtualTime time = new VirtualTime();
    private final AtomicInteger entered = new AtomicInteger();
    private CountDownLatch latch;
    private Turnstile<Witness> gate;

    /** How the caller of a call that runs goes before it has returned. */
    enum GivingUp {
        CANCEL {
            @Override
            void happen(AbandonedCallsTest test) throws Exception {
                CompletableFuture<String> future = test.audit.watch(test.gate.submit(test::hang));
                test.awaitEntered(1);
                assertTrue(future.cancel(true));
            }
        },
        COMPLETED_BY_HAND {
            @Override
            void happen(AbandonedCallsTest test) throws Exception {
                CompletableFuture<String> future = test.audit.watch(test.gate.submit(test::hang));
                test.awaitEntered(1);
                assertTrue(future.complete("by hand"));
            }
        },
        OR_TIMEOUT {
            @Override
            void happen(AbandonedCallsTest test) throws Exception {
                CompletableFuture<String> future = test.audit.watch(test.gate.submit(test::hang));
                test.awaitEntered(1);
                Caller.failureOf(future.orTimeout(1, TimeUnit.NANOSECONDS));
            }
        },
        INTERRUPT {
            @Override
            void happen(AbandonedCallsTest test) {
                Caller<String> caller = Caller.start(() -> test.gate.call(test::hang));
                test.awaitEntered(1);
                caller.interrupt();
                caller.failure();
            }
        },
        LIMIT_OF_A_CALL {
            @Override
            void happen(AbandonedCallsTest test) {
                Caller<String> caller = Caller.start(() -> test.gate.call(test::hang, LIMIT));
                test.awaitEntered(1);
                test.time.advance(LIMIT);
                caller.failure();
            }
        },
        LIMIT_OF_A_SUBMIT {
            @Override
            void happen(AbandonedCallsTest test) throws Exception {
                CompletableFuture<String> future = test.audit.watch(test.gate.submit(test::hang, LIMIT));
                test.awaitEntered(1);
                test.time.advance(LIMIT);
                Caller.failureOf(future);
            }
        },
        BLOCK_THAT_WAS_LEFT {
            @Override
            void happen(AbandonedCallsTest test) {
                Caller<Object> owner = Caller.start(() -> {
                    try (FanOut<Witness, String> block = test.gate.fanOut(JoinPolicy.ALL_OUTCOMES)) {
                        block.fork(test::hang);
                        return block.join();
                    }
                });
                test.awaitEntered(1);
                owner.interrupt();
                owner.failure();
            }
        };

        abstract void happen(AbandonedCallsTest test) throws Exception;
    }

    @BeforeEach
    void makeLatch() {
        latch = audit.latch();
    }

    private void open(TurnstileOptions options) throws InterruptedException {
        gate = audit.watch(
                Turnstile.<Witness, RuntimeException>open(Witness::new, Witness::close, options.withTimeSource(time)));
    }

    private String hang(Witness witness) {
        entered.incrementAndGet();
        witness.hold(new CountDownLatch(1), latch);
        return "hung";
    }

    private void awaitEntered(int calls) {
        Eventually.isTrue(calls + " calls run", () -> entered.get() == calls);
    }

    private void assertWarned(int times) {
        assertEquals(times, log.lines("WARN", "did not finish").size(), "warnings");
    }

    @ParameterizedTest
    @EnumSource
    void callThatRuns_whoseCallerHasGone_isCountedAndWarnedOf(GivingUp way) throws Exception {
        open(TurnstileOptions.defaults());
        way.happen(this);
        CloseReport report = gate.close(Duration.ZERO);

        assertFalse(report.resourceClosed());
        assertEquals(0, report.refused());
        assertEquals(1, report.abandoned());
        assertWarned(1);
        latch.countDown();
        assertEquals(1, gate.close(Audit.PATIENCE).abandoned());
        assertEquals(0, gate.stats().refused(), "it ended as its caller had it end");
    }

    @Test
    void callsThatRun_ofWhichSomeCallersHaveGone_areAllCounted() throws Exception {
        open(TurnstileOptions.defaults().withPoolSize(3));
        GivingUp.CANCEL.happen(this);
        var waited = audit.watch(gate.submit(this::hang));
        awaitEntered(2);
        CloseReport report = gate.close(Duration.ZERO);

        assertEquals(2, report.abandoned());
        Caller.failureOf(waited);
        assertWarned(1);
    }

    /** It is counted once, whoever closes, and how often. */
    @Test
    void callThatRuns_whenTheGateIsClosedAgain_isCountedOnce() throws Exception {
        open(TurnstileOptions.defaults());
        GivingUp.CANCEL.happen(this);
        gate.close(Duration.ZERO);
        assertEquals(1, gate.close(Duration.ZERO).abandoned());
        Caller<CloseReport> other = Caller.start(() -> gate.close(Duration.ofNanos(-1)));
        assertEquals(1, other.result().abandoned());
        assertWarned(3);
    }

    @Test
    void call_givenUpBetweenTwoCloses_isCountedOnce() throws Exception {
        open(TurnstileOptions.defaults());
        CompletableFuture<String> future = audit.watch(gate.submit(this::hang));
        awaitEntered(1);
        assertEquals(1, gate.close(Duration.ZERO).abandoned());
        future.cancel(true);
        assertEquals(1, gate.close(Duration.ZERO).abandoned());
    }

    /** Nothing runs, and nobody is refused; and yet it is not closed. */
    @Test
    void resourceThatHangsWhileItCloses_isWarnedOf() throws Exception {
        CountDownLatch closing = audit.latch();
        gate = audit.watch(Turnstile.<Witness, RuntimeException>open(
                Witness::new, witness -> witness.hold(new CountDownLatch(1), closing), TurnstileOptions.defaults()));
        CloseReport report = gate.close(Duration.ZERO);

        assertFalse(report.resourceClosed());
        assertEquals(0, report.abandoned());
        assertWarned(1);
        closing.countDown();
    }

    /** Nor is anything in the resource here: there is none yet. */
    @Test
    void replacementThatHangsWhileItOpens_isWarnedOf() throws Exception {
        CountDownLatch opening = audit.latch();
        AtomicInteger opened = new AtomicInteger();
        ResourceSource<Witness, RuntimeException> source = new ResourceSource<>() {
            @Override
            public Witness open() {
                Witness witness = new Witness();
                if (opened.incrementAndGet() > 1) {
                    witness.hold(new CountDownLatch(1), opening);
                }
                return witness;
            }

            @Override
            public void close(Witness witness) {
                witness.close();
            }

            @Override
            public boolean isLost(Witness witness, Throwable failure) {
                return true;
            }
        };
        gate = audit.watch(Turnstile.open(
                source,
                TurnstileOptions.defaults()
                        .withRestarts(RestartPolicy.limited(1, LIMIT).withDelays(Duration.ZERO, Duration.ZERO))));
        Caller.failureOf(audit.watch(gate.submit(witness -> {
            throw new IllegalStateException("lost");
        })));
        Eventually.isTrue("the next one is being opened", () -> opened.get() == 2);
        CloseReport report = gate.close(Duration.ZERO);

        assertFalse(report.resourceClosed());
        assertWarned(1);
        opening.countDown();
    }

    @Test
    void closeThatIsInterrupted_isWarnedOf() throws Exception {
        open(TurnstileOptions.defaults());
        GivingUp.CANCEL.happen(this);
        Caller<CloseReport> closer = Caller.start(() -> gate.close(Duration.ofHours(1)));
        Eventually.isTrue("closing", () -> gate.state() == TurnstileState.DRAINING);
        closer.interrupt();

        assertEquals(1, closer.result().abandoned());
        assertWarned(1);
    }

    @Test
    void gateThatIsClosedInTime_isNotWarnedOf() throws Exception {
        open(TurnstileOptions.defaults());
        assertTrue(gate.close(Audit.PATIENCE).resourceClosed());
        assertWarned(0);
    }

    @Test
    void callThatRuns_whoseCallerHasGone_isRecorded() throws Exception {
        try (Recording recording = new Recording()) {
            recording.enable("dev.turnstile.Close");
            recording.start();
            open(TurnstileOptions.defaults().withWorkerName("abandoned"));
            GivingUp.CANCEL.happen(this);
            gate.close(Duration.ZERO);

            List<RecordedEvent> closes = FlightEvents.of(recording, directory, "Close", "abandoned");
            assertEquals(1, closes.size());
            assertEquals(1, closes.getFirst().getInt("abandoned"));
            assertFalse(closes.getFirst().getBoolean("resourceClosed"));
        }
    }
}
