package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.FlightEvents;
import dev.turnstile.testing.HeldGate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A call that is in the resource for too long is reported once, and a gate at rest is not looked at. */
class WatchdogTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @RegisterExtension
    final Audit audit = new Audit();

    @TempDir
    Path directory;

    private final LinkedBlockingQueue<StuckCall> stuck = new LinkedBlockingQueue<>();
    private final CallListener listener = new CallListener() {
        @Override
        public void onStuck(StuckCall call) {
            stuck.add(call);
        }
    };
    private final Observers observers = new Observers("turnstile-worker", List.of(listener));
    private final PlannedLook timer = new PlannedLook();
    private final Line<String> line = new Line<>(2);
    private final ManualWorker<String> worker = ManualWorker.of(line);
    private final Watchdog watchdog =
            new Watchdog(worker.steps(), Thread.currentThread(), LIMIT, observers, timer, () -> now());

    /** The line takes real times; how much later the watchdog looks is up to the test. */
    private long later;

    private long now() {
        return System.nanoTime() + later;
    }

    /** A timer that plans one look, and has it when the test says so. */
    private static final class PlannedLook extends SharedTimer {
        private @Nullable Runnable look;
        private @Nullable Task task;
        private long nanos;
        private int planned;

        @Override
        Task plan(Runnable action, long nanos) {
            assertEquals(null, look, "one look is planned at a time");
            look = action;
            this.nanos = nanos;
            planned++;
            if (task != null) {
                task.cancel();
            }
            task = super.plan(() -> {}, Duration.ofDays(1).toNanos());
            return task;
        }

        boolean isCancelled() {
            return task != null && planned() == 0;
        }

        void look() {
            Runnable due = look;
            assertNotNull(due, "a look is planned");
            look = null;
            due.run();
        }
    }

    /** With nothing planned the timer's thread ends by itself. */
    @AfterEach
    void endTimer() {
        watchdog.stop();
    }

    private Call<String, Integer> start(String tag) {
        BlockingCall<String, Integer> call =
                new BlockingCall<>(DescribedAction.tagged(tag, String::length), Deadline.NEVER);
        call.comes(observers, Surroundings.MDC_ALONE);
        line.enter(call, true);
        assertEquals(call, worker.start());
        watchdog.workBegins();
        return call;
    }

    private StuckCall next() {
        return Eventually.next("a stuck call", stuck);
    }

    @Test
    void callThatTakesLonger_isReportedOnce() throws Exception {
        start("slow");
        assertEquals(LIMIT.toNanos(), timer.nanos);
        later = LIMIT.toNanos();
        timer.look();
        StuckCall call = next();
        assertEquals("slow", call.tag());
        assertTrue(call.running().compareTo(LIMIT) >= 0, call::toString);
        assertTrue(call.running().compareTo(LIMIT.multipliedBy(2)) < 0, call::toString);
        assertEquals(LIMIT.toNanos(), timer.nanos, "the next one that may be stuck, not this one again");
        for (int i = 2; i < 5; i++) {
            later = i * LIMIT.toNanos();
            timer.look();
        }
        assertTrue(stuck.isEmpty(), stuck::toString);
    }

    @Test
    void callThatBeganAfterTheLookWasPlanned_hasItsWholeTime() throws Exception {
        Call<String, Integer> first = start("first");
        worker.end(first, CallState.COMPLETED);
        start("second");
        later = LIMIT.toNanos() / 2;
        timer.look();
        assertTrue(stuck.isEmpty(), stuck::toString);
        assertTrue(timer.nanos > 0 && timer.nanos <= LIMIT.toNanos() / 2, () -> "in " + timer.nanos + " ns again");
        later = LIMIT.toNanos();
        timer.look();
        assertEquals("second", next().tag());
    }

    @Test
    void everyStuckCall_isReported() throws Exception {
        Call<String, Integer> first = start("first");
        later = LIMIT.toNanos();
        timer.look();
        assertEquals("first", next().tag());
        worker.end(first, CallState.COMPLETED);
        later = 0;
        start("second");
        later = LIMIT.toNanos();
        timer.look();
        assertEquals("second", next().tag());
    }

    @Test
    void gateAtRest_isNotLookedAt_untilItIsBusyAgain() {
        Call<String, Integer> call = start("quick");
        watchdog.workBegins();
        assertEquals(1, timer.planned, "one look for however many calls");
        worker.end(call, CallState.COMPLETED);
        timer.look();
        assertEquals(null, timer.look, "nothing planned for a gate at rest");
        start("next");
        assertNotNull(timer.look);
    }

    @Test
    void watchdogThatWasStopped_plansNothingMore() {
        start("slow");
        watchdog.stop();
        assertTrue(timer.isCancelled());
        later = LIMIT.toNanos();
        timer.look();
        assertEquals(2, timer.planned, "planned, and cancelled at once");
        assertTrue(timer.isCancelled());
    }

    @Test
    void gate_reportsAStuckCall_withItsWorkersStack_andWhoWaits() throws Exception {
        TurnstileOptions options = TurnstileOptions.defaults()
                .withCapacity(2)
                .withWorkerName("turnstile-stuck")
                .withStuckAfter(Duration.ofMillis(1))
                .withListeners(listener);
        try (Recording recording = new Recording()) {
            recording.start();
            HeldGate held = HeldGate.open(audit, options);
            StuckCall call = next();
            assertTrue(
                    call.workerStack().stream()
                            .anyMatch(frame -> frame.getMethodName().equals("hold")),
                    () -> "the worker's stack: " + call.workerStack());
            held.release();
            held.held().join();

            CountDownLatch entered = new CountDownLatch(1);
            CountDownLatch release = new CountDownLatch(1);
            Caller<String> second = Caller.start(() -> held.gate().call(DescribedAction.tagged("second", resource -> {
                resource.hold(entered, release);
                return "";
            })));
            assertEquals("second", next().tag());
            release.countDown();
            second.result();
            held.gate().close();
            assertTrue(stuck.isEmpty(), stuck::toString);

            List<RecordedEvent> events = FlightEvents.of(recording, directory, "StuckCall", "turnstile-stuck");
            assertEquals(2, events.size(), events::toString);
            assertEquals("second", events.get(1).getString("tag"));
            assertTrue(events.get(1).getString("workerStack").contains("Witness.hold"), events::toString);
        }
    }

    @Test
    void limitOfZero_watchesNothing() {
        Watchdog none =
                new Watchdog(worker.steps(), Thread.currentThread(), Duration.ZERO, observers, timer, System::nanoTime);
        none.workBegins();
        assertEquals(0, timer.planned);
    }
}
