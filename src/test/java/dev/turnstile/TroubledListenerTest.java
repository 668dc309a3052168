package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Copies;
import dev.turnstile.testing.Copies.Copy;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.LibraryLog;
import dev.turnstile.testing.Mishaps;
import dev.turnstile.testing.Trouble;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Listeners that throw, and reports of a gate whose logger throws, or that are of what cannot be printed: all are told, and nobody is harmed. */
class TroubledListenerTest {
    @RegisterExtension
    final Audit audit = new Audit();

    @RegisterExtension
    final LibraryLog log = new LibraryLog();

    private final Copies copies = new Copies("copy");
    private final Mishaps source = new Mishaps(copies);
    private final LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();

    /** Is told after the one that throws. */
    private final CallListener listener = new CallListener() {
        @Override
        public void onEnd(CallReport report) {
            told.add("end " + report.outcome());
        }

        @Override
        public void onStuck(StuckCall call) {
            told.add("stuck");
        }

        @Override
        public void onLost(int instance, Throwable cause) {
            told.add("lost");
        }

        @Override
        public void onRestarted(int instance) {
            told.add("restarted");
        }

        @Override
        public void onSwapped(int instance) {
            told.add("swapped");
        }

        @Override
        public void onClosed(CloseReport report) {
            told.add("closed");
        }
    };

    /** Throws at whatever it is told, and tells that it was. */
    private static final class Thrower implements CallListener {
        private final Trouble trouble;
        private final LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();

        Thrower(Trouble trouble) {
            this.trouble = trouble;
        }

        private RuntimeException thrown(String what) {
            told.add(what);
            return trouble.exception();
        }

        @Override
        public void onEnd(CallReport report) {
            throw thrown("end");
        }

        @Override
        public void onLost(int instance, Throwable cause) {
            throw thrown("lost");
        }

        @Override
        public void onRestarted(int instance) {
            throw thrown("restarted");
        }

        @Override
        public void onSwapped(int instance) {
            throw thrown("swapped");
        }

        @Override
        public void onClosed(CloseReport report) {
            throw thrown("closed");
        }

        @Override
        public String toString() {
            throw trouble.exception();
        }
    }

    private Turnstile<Copy> open(Trouble trouble, TurnstileOptions options) throws InterruptedException {
        Turnstile<Copy> gate = audit.watch(Turnstile.open(source, options));
        trouble.begin(log);
        return gate;
    }

    private void assertTold(String... reports) {
        for (String report : reports) {
            assertEquals(report, Eventually.next(report, told));
        }
    }

    @ParameterizedTest
    @EnumSource
    void listener_thatAlwaysThrows_isToldOnAndHarmsNobody(Trouble trouble) throws Exception {
        Thrower thrower = new Thrower(trouble);
        Turnstile<Copy> gate = open(
                trouble,
                TurnstileOptions.defaults()
                        .withRestarts(
                                RestartPolicy.limited(9, Duration.ofHours(1)).withDelays(Duration.ZERO, Duration.ZERO))
                        .withListeners(thrower, listener));
        gate.call(copy -> copy.use("served"));
        Trouble.failureOf(audit.watch(gate.submit(copy -> {
            throw trouble.exception();
        })));
        gate.call(copy -> copy.use("served"));
        assertEquals(1, gate.swap(source, Audit.PATIENCE).switched());
        gate.call(copy -> copy.use("served"));
        assertTrue(gate.close(Audit.PATIENCE).resourceClosed());

        assertTold("end COMPLETED", "lost", "end FAILED", "restarted", "end COMPLETED", "swapped", "end COMPLETED");
        assertTold("closed");
        for (String report : new String[] {"end", "lost", "end", "restarted", "end", "swapped", "end", "closed"}) {
            assertEquals(report, Eventually.next(report, thrower.told));
        }
    }

    /** And the one after it is reported, too. */
    @ParameterizedTest
    @EnumSource
    void stuckCall_isReportedToTheListeners(Trouble trouble) throws Exception {
        Turnstile<Copy> gate = open(
                trouble,
                TurnstileOptions.defaults().withStuckAfter(Duration.ofMillis(1)).withListeners(listener));
        for (int i = 0; i < 3; i++) {
            CountDownLatch latch = audit.latch();
            CompletableFuture<String> stuck = audit.watch(gate.submit(copy -> {
                copy.witness().hold(new CountDownLatch(1), latch);
                return "late";
            }));
            assertTold("stuck");
            latch.countDown();
            assertEquals("late", stuck.join());
            assertTold("end COMPLETED");
        }
    }

    @ParameterizedTest
    @EnumSource
    void close_thatFails_saysSo(Trouble trouble) throws Exception {
        Turnstile<Copy> gate = open(trouble, TurnstileOptions.defaults().withListeners(listener));
        RuntimeException reason = trouble.exception();
        source.happen(Mishaps.Step.CLOSE, reason);
        CloseReport report = gate.close(Audit.PATIENCE);

        assertTrue(report.resourceClosed());
        assertSame(reason, report.closeFailure());
        assertEquals(TurnstileState.CLOSED, gate.state());
        assertTold("closed");
    }

    @ParameterizedTest
    @EnumSource
    void close_thatIsNotDoneInTime_returnsItsReport(Trouble trouble) throws Exception {
        Turnstile<Copy> gate = open(trouble, TurnstileOptions.defaults());
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch latch = audit.latch();
        CompletableFuture<String> running = audit.watch(gate.submit(copy -> {
            copy.witness().hold(entered, latch);
            return "late";
        }));
        entered.await();
        CompletableFuture<String> inLine = audit.watch(gate.submit(copy -> copy.use("in the line")));
        CloseReport report = gate.close(Duration.ZERO);

        assertEquals(1, report.abandoned());
        assertEquals(1, report.refused());
        assertInstanceOf(TurnstileClosedException.class, Caller.failureOf(running));
        assertInstanceOf(TurnstileClosedException.class, Caller.failureOf(inLine));
    }
}
