package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.internal.Relay;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.EntryPoint;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.HeldGate;
import dev.turnstile.testing.Uninterruptibly;
import dev.turnstile.testing.Witness;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.MDC;

/** A listener learns of every call once, and what it does harms nobody. */
class CallListenerTest {
    @RegisterExtension
    final Audit audit = new Audit();

    private final Heard heard = new Heard();
    private final TurnstileOptions options =
            TurnstileOptions.defaults().withCapacity(2).withListeners(heard);

    @AfterEach
    void clear() {
        MDC.clear();
    }

    /** Keeps what it hears, with the thread and the context in which it did. */
    private static final class Heard implements CallListener {
        private final LinkedBlockingQueue<CallReport> ends = new LinkedBlockingQueue<>();
        private final LinkedBlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
        private final LinkedBlockingQueue<String> requests = new LinkedBlockingQueue<>();
        private final LinkedBlockingQueue<CloseReport> closings = new LinkedBlockingQueue<>();

        @Override
        public void onEnd(CallReport report) {
            threads.add(Thread.currentThread());
            requests.add(String.valueOf(MDC.get("request")));
            ends.add(report);
        }

        @Override
        public void onClosed(CloseReport report) {
            closings.add(report);
        }

        CallReport next() {
            return Eventually.next("the end of a call", ends);
        }
    }

    private Turnstile<Witness> open() throws InterruptedException {
        return audit.watch(Turnstile.<Witness, RuntimeException>open(Witness::new, Witness::close, options));
    }

    @ParameterizedTest
    @EnumSource
    void callThatReturned_isReportedOnce_offTheWorker_inItsCallersContext(EntryPoint entry) throws Throwable {
        Turnstile<Witness> gate = open();
        MDC.put("request", "42");
        Thread[] worker = new Thread[1];
        entry.run(gate, resource -> {
            worker[0] = Thread.currentThread();
            return 0;
        });

        CallReport report = heard.next();
        assertEquals(CallOutcome.COMPLETED, report.outcome());
        assertTrue(report.accepted());
        assertTrue(report.started());
        assertNull(report.tag());
        assertNull(report.failure());
        assertEquals(-1, report.requestSize());
        assertEquals(-1, report.responseSize());
        Thread thread = Eventually.next("a thread", heard.threads);
        assertTrue(thread.isVirtual() && !thread.equals(worker[0]), thread::toString);
        assertEquals("42", Eventually.next("a request", heard.requests));
        gate.close();
        Eventually.next("a closing", heard.closings);
        assertTrue(heard.ends.isEmpty(), heard.ends::toString);
    }

    @Test
    void report_saysWhenItsCallCameAndWhichInstanceRanIt_theSameToAllListeners() throws Exception {
        Heard other = new Heard();
        Turnstile<Witness> gate = audit.watch(Turnstile.<Witness, RuntimeException>open(
                Witness::new, Witness::close, options.withListeners(heard, other)));
        Instant before = Instant.now();
        for (int i = 0; i < 100; i++) {
            gate.call(resource -> 0);
        }
        Instant after = Instant.now();
        for (int i = 0; i < 100; i++) {
            CallReport report = heard.next();
            assertEquals(report, other.next());
            assertEquals(1, report.instance());
            // The clock and the one that measures how long ago it was are not read at the same instant.
            assertTrue(report.arrivedAt().plusSeconds(1).isAfter(before), report::toString);
            assertTrue(report.arrivedAt().minusSeconds(1).isBefore(after), report::toString);
        }
    }

    @Test
    void callThatThrew_isReportedWithWhatItThrew() throws Exception {
        Error thrown = new LinkageError("from the action");
        assertSame(
                thrown,
                assertThrows(
                        LinkageError.class,
                        () -> open().call(resource -> {
                            throw thrown;
                        })));
        CallReport report = heard.next();
        assertEquals(CallOutcome.FAILED, report.outcome());
        assertSame(thrown, report.failure());
    }

    @Test
    void tagAndSizes_areWhatTheActionSays() throws Exception {
        Action<Witness, String, RuntimeException> sized = new Action<>() {
            @Override
            public String run(Witness resource) {
                return resource.use("four");
            }

            @Override
            public long requestSize() {
                return 7;
            }

            @Override
            public long responseSize(String result) {
                return result.length();
            }
        };
        open().call(DescribedAction.tagged("resize", sized));
        CallReport report = heard.next();
        assertEquals("resize", report.tag());
        assertEquals(7, report.requestSize());
        assertEquals(4, report.responseSize());
    }

    @Test
    void everyWayToEnd_isReportedAsItIsCounted() {
        HeldGate held = HeldGate.open(audit, options);
        Turnstile<Witness> gate = held.gate();
        List<CompletableFuture<Integer>> inLine = held.fill();
        assertThrows(TurnstileFullException.class, () -> gate.trySubmit(resource -> 0));
        assertEnd(CallOutcome.REFUSED, false, false);
        Caller<Integer> outside = Caller.start(() -> gate.call(resource -> 0));
        held.awaitWaiting(1);
        outside.interrupt();
        outside.failure();
        assertEnd(CallOutcome.CANCELLED, false, false);
        assertThrows(CallTimeoutException.class, () -> gate.call(resource -> 0, Duration.ofMillis(1)));
        assertEnd(CallOutcome.EXPIRED, false, false);
        inLine.get(0).cancel(true);
        assertEnd(CallOutcome.CANCELLED, true, false);
        assertThrows(CallTimeoutException.class, () -> gate.call(resource -> 0, Duration.ofMillis(1)));
        assertEnd(CallOutcome.EXPIRED, true, false);
        held.held().cancel(true);
        assertNull(heard.ends.poll(), "it is still in the resource");
        gate.close(Duration.ZERO);
        assertEnd(CallOutcome.REFUSED, true, false);
        held.release();
        assertEnd(CallOutcome.CANCELLED, true, true);
        assertEquals(1, Eventually.next("a closing", heard.closings).refused());
        assertThrows(TurnstileClosedException.class, () -> gate.call(resource -> 0));
        assertEnd(CallOutcome.REFUSED, false, false);

        TurnstileStats stats = gate.stats();
        assertEquals(4, stats.accepted());
        assertEquals(4, stats.notAdmitted());
        assertTrue(heard.ends.isEmpty(), heard.ends::toString);
    }

    private void assertEnd(CallOutcome outcome, boolean accepted, boolean started) {
        CallReport report = heard.next();
        assertEquals(outcome, report.outcome(), report::toString);
        assertEquals(accepted, report.accepted(), report::toString);
        assertEquals(started, report.started(), report::toString);
        assertFalse(report.waited().isNegative(), report::toString);
        assertTrue(started || report.ran().isZero(), report::toString);
    }

    @Test
    void closing_isReportedAfterTheResourceIsClosed() throws Exception {
        CloseReport[] seen = new CloseReport[1];
        Turnstile<Witness> gate = open();
        gate.close();
        seen[0] = Eventually.next("a closing", heard.closings);
        assertTrue(seen[0].resourceClosed(), seen[0]::toString);
        gate.close();
        assertNull(heard.closings.poll(), "once");
    }

    @Test
    void openerThatThrows_isNoClosing() {
        assertThrows(
                IllegalStateException.class,
                () -> Turnstile.<Witness, RuntimeException>open(
                        () -> {
                            throw new IllegalStateException();
                        },
                        Witness::close,
                        options));
        assertNull(heard.closings.poll());
    }

    @Test
    void listenerThatThrows_harmsNeitherCallersNorOtherListeners() throws Exception {
        CallListener broken = new CallListener() {
            @Override
            public void onEnd(CallReport report) {
                throw new AssertionError("from the listener; to be seen in the log");
            }
        };
        Turnstile<Witness> gate = audit.watch(Turnstile.<Witness, RuntimeException>open(
                Witness::new, Witness::close, options.withListeners(broken, heard)));
        for (int i = 0; i < 3; i++) {
            assertEquals(i, gate.call(DescribedAction.<Witness, Integer, RuntimeException>tagged("use", one(i))));
            assertEquals("use", heard.next().tag());
        }
    }

    private static Action<Witness, Integer, RuntimeException> one(int number) {
        return resource -> resource.use(number);
    }

    @Test
    void listenerThatBlocks_holdsNobodyUp_andMissesWhatIsTooMuch() throws Exception {
        CountDownLatch blocks = new CountDownLatch(1);
        CallListener slow = new CallListener() {
            @Override
            public void onEnd(CallReport report) {
                Uninterruptibly.await(blocks);
            }
        };
        Turnstile<Witness> gate = audit.watch(Turnstile.<Witness, RuntimeException>open(
                Witness::new, Witness::close, options.withListeners(slow, heard)));
        try {
            int calls = Relay.CAPACITY + 100;
            for (int i = 0; i < calls; i++) {
                gate.call(one(i));
                heard.next();
            }
            assertEquals(calls, gate.stats().completed());
        } finally {
            blocks.countDown();
        }
    }

    @Test
    void listener_mayUseTheGate() throws Exception {
        List<Turnstile<Witness>> gate = new ArrayList<>();
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        CallListener curious = new CallListener() {
            @Override
            public void onEnd(CallReport report) {
                if (answer.isDone()) {
                    return;
                }
                try {
                    answer.complete(gate.get(0).call(one(2)));
                } catch (InterruptedException interrupted) {
                    answer.completeExceptionally(interrupted);
                }
            }
        };
        gate.add(audit.watch(Turnstile.<Witness, RuntimeException>open(
                Witness::new, Witness::close, options.withListeners(curious))));
        gate.get(0).call(one(1));
        assertEquals(
                2,
                answer.orTimeout(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS).join());
    }

    @Test
    void actionThatCannotDescribeItself_isCalledAllTheSame() throws Exception {
        Turnstile<Witness> gate = open();
        Action<Witness, Integer, RuntimeException> nameless = new Action<>() {
            @Override
            public Integer run(Witness resource) {
                return resource.use(1);
            }

            @Override
            public String tag() {
                throw new IllegalStateException("no name; to be seen in the log");
            }
        };
        Action<Witness, Integer, RuntimeException> sizeless = new Action<>() {
            @Override
            public Integer run(Witness resource) {
                return resource.use(2);
            }

            @Override
            public long responseSize(Integer result) {
                throw new IllegalStateException("no size; to be seen in the log");
            }
        };
        assertEquals(1, gate.call(nameless));
        assertEquals(2, gate.call(sizeless));
        CallReport report = heard.next();
        assertEquals(CallOutcome.COMPLETED, report.outcome());
        assertEquals(-1, report.responseSize());
        try (FanOut<Witness, Integer> block = gate.fanOut(JoinPolicy.ALL_OR_CANCEL)) {
            block.fork(nameless);
            assertEquals(List.of(1), block.join().results());
        }
    }
}
