package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.ChildJvm;
import dev.turnstile.testing.FlightEvents;
import dev.turnstile.testing.HeldGate;
import dev.turnstile.testing.Witness;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a flight recording has of a gate. */
class FlightRecordingTest {
    @RegisterExtension
    final Audit audit = new Audit();

    @TempDir
    Path directory;

    private final TurnstileOptions options =
            TurnstileOptions.defaults().withCapacity(2).withWorkerName("turnstile-recorded");

    private List<RecordedEvent> events(Recording recording, String name) throws IOException {
        return FlightEvents.of(recording, directory, name, options.workerName());
    }

    private static Recording start(Duration threshold) {
        Recording recording = new Recording();
        recording.enable("dev.turnstile.Call").withThreshold(threshold);
        recording.start();
        return recording;
    }

    private Turnstile<Witness> open() throws InterruptedException {
        return audit.watch(Turnstile.<Witness, RuntimeException>open(Witness::new, Witness::close, options));
    }

    private static Action<Witness, String, RuntimeException> echo(String text) {
        return DescribedAction.tagged("echo", new Action<>() {
            @Override
            public String run(Witness resource) {
                return resource.use(text);
            }

            @Override
            public long requestSize() {
                return text.length();
            }

            @Override
            public long responseSize(String result) {
                return 1L + result.length();
            }
        });
    }

    @Test
    void call_hasItsTagTimesOutcomeAndSizes() throws Exception {
        Turnstile<Witness> gate = open();
        try (Recording recording = start(Duration.ZERO)) {
            gate.call(echo("abc"));
            assertThrows(
                    IllegalStateException.class,
                    () -> gate.call(resource -> {
                        throw new IllegalStateException();
                    }));
            List<RecordedEvent> calls = events(recording, "Call");

            assertEquals(2, calls.size());
            RecordedEvent call = calls.get(0);
            assertEquals("echo", call.getString("tag"));
            assertEquals("COMPLETED", call.getString("outcome"));
            assertTrue(call.getBoolean("accepted"));
            assertTrue(call.getBoolean("started"));
            assertEquals(3, call.getLong("requestSize"));
            assertEquals(4, call.getLong("responseSize"));
            Duration wait = call.getDuration("waitTime");
            Duration run = call.getDuration("runTime");
            assertFalse(wait.isNegative() || run.isNegative(), call::toString);
            assertNull(calls.get(1).getString("tag"));
            assertEquals("FAILED", calls.get(1).getString("outcome"));
            assertEquals(-1, calls.get(1).getLong("responseSize"));
        }
    }

    /** Its caller is not there any more when the call ends. */
    @Test
    void callThatWasGivenUp_isRecordedOnceByTheWorker() throws Exception {
        Turnstile<Witness> gate = open();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (Recording recording = start(Duration.ZERO)) {
            Caller<Integer> caller = Caller.start(() -> gate.call(resource -> {
                resource.hold(entered, release);
                return 1;
            }));
            entered.await();
            caller.interrupt();
            assertInstanceOf(InterruptedException.class, caller.failure());
            release.countDown();
            assertEquals("abc", gate.call(echo("abc")));
            List<RecordedEvent> calls = events(recording, "Call");

            assertEquals(
                    List.of("CANCELLED", "COMPLETED"),
                    calls.stream().map(call -> call.getString("outcome")).toList());
            assertEquals(options.workerName(), calls.getFirst().getThread().getJavaName());
        } finally {
            release.countDown();
        }
    }

    @Test
    void callThatNeverRan_hasAWaitAlone() throws Exception {
        HeldGate held = HeldGate.open(audit, options);
        try (Recording recording = start(Duration.ZERO)) {
            held.gate().trySubmit(echo("abc")).cancel(true);
            List<RecordedEvent> calls = events(recording, "Call");

            assertEquals(1, calls.size());
            assertEquals("CANCELLED", calls.get(0).getString("outcome"));
            assertTrue(calls.get(0).getBoolean("accepted"));
            assertFalse(calls.get(0).getBoolean("started"));
            assertEquals(Duration.ZERO, calls.get(0).getDuration("runTime"));
        } finally {
            held.release();
        }
    }

    @Test
    void threshold_leavesOutWhatIsFaster() throws Exception {
        Turnstile<Witness> gate = open();
        try (Recording recording = start(Duration.ofHours(1))) {
            gate.call(echo("abc"));
            assertEquals(List.of(), events(recording, "Call"));
        }
        assertEquals(1, gate.stats().completed());
    }

    @Test
    void recordingThatWantsNoCalls_hasNone() throws Exception {
        Turnstile<Witness> gate = open();
        try (Recording recording = new Recording()) {
            recording.disable("dev.turnstile.Call");
            recording.start();
            gate.call(echo("abc"));
            assertEquals(List.of(), events(recording, "Call"));
        }
    }

    @Test
    void closing_isRecorded_whenItIsDone_andWhenItIsNotDoneInTime() throws Exception {
        HeldGate held = HeldGate.open(audit, options);
        try (Recording recording = new Recording()) {
            recording.start();
            held.fill();
            held.gate().close(Duration.ZERO);
            held.release();
            held.gate().close();
            List<RecordedEvent> closings = events(recording, "Close");

            assertEquals(2, closings.size(), closings::toString);
            assertFalse(closings.get(0).getBoolean("resourceClosed"));
            assertEquals(1, closings.get(0).getInt("abandoned"));
            assertTrue(closings.get(1).getBoolean("resourceClosed"));
            assertEquals(2, closings.get(1).getLong("refused"));
        }
    }

    /** A run-time image need not have the module. */
    static final class WithoutRecordings {
        public static void main(String[] arguments) throws Exception {
            CallListener listener = new CallListener() {
                @Override
                public void onClosed(CloseReport report) {
                    System.out.println("closed: " + report.resourceClosed());
                }
            };
            TurnstileOptions options =
                    TurnstileOptions.defaults().withListeners(listener).withStuckAfter(Duration.ofNanos(1));
            Turnstile<Witness> gate = Turnstile.<Witness, RuntimeException>open(Witness::new, Witness::close, options);
            System.out.println("called: " + gate.call(resource -> resource.use(7)));
            gate.close();
        }
    }

    @Test
    void jvmWithoutRecordings_hasAGateAllTheSame() throws Exception {
        ChildJvm.Result result = ChildJvm.run(
                List.of("--limit-modules", "java.base,java.logging,java.xml,java.naming,jdk.unsupported"),
                WithoutRecordings.class);
        assertEquals(0, result.exitCode(), result::output);
        assertTrue(result.output().contains("called: 7"), result::output);
        assertFalse(result.output().contains("Error"), result::output);
    }
}
