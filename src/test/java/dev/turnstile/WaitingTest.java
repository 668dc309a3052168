package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.EntryPoint;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.HeldGate;
import dev.turnstile.testing.Pinning;
import dev.turnstile.testing.Witness;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Promise 4: waiting costs next to nothing: no pinned carrier, no polling, not even by the idle worker. */
class WaitingTest {
    @RegisterExtension
    final Audit audit = new Audit();

    /** Far more waiting threads than carriers: were a carrier kept by a waiter, the last callers would never start. */
    @Test
    void waitingVirtualThreads_areUnmounted_outsideAndPending() {
        assertEquals(2001, twoThousandWait().witness().uses());
    }

    private HeldGate twoThousandWait() {
        HeldGate held = HeldGate.open(audit, 500);
        EntryPoint[] waiting = {EntryPoint.CALL, EntryPoint.TIMED_CALL, EntryPoint.SUBMIT, EntryPoint.TIMED_SUBMIT};
        List<Caller<Integer>> callers = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            callers.add(waiting[i % 4].start(held.gate(), resource -> resource.use(1)));
        }
        held.awaitPending(500);
        held.awaitWaiting(1500);
        held.release();
        callers.forEach(Caller::result);
        return held;
    }

    @Test
    void waitingVirtualThreads_areNeverPinned_asTheJvmRecordsIt(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("pinned.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("jdk.VirtualThreadPinned").withoutThreshold().withStackTrace();
            recording.start();
            twoThousandWait();
            // The control: a thread that parks in a class initialiser is pinned, and is recorded.
            Caller.start(() -> new PinsWhenInitialised().hashCode()).result();
            recording.stop();
            recording.dump(file);
        }
        List<String> pinned = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getStackTrace() != null && !Pinning.isOfTheJdk(event))
                .map(event -> event.getStackTrace().getFrames().stream()
                        .map(Pinning::typeOf)
                        .filter(name -> name.startsWith("dev.turnstile."))
                        .findFirst()
                        .orElse("elsewhere"))
                .filter(name -> !name.equals("elsewhere"))
                .distinct()
                .toList();
        assertEquals(List.of(PinsWhenInitialised.class.getName()), pinned);
    }

    private static final class PinsWhenInitialised {
        static {
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** {@code WAITING} and not {@code TIMED_WAITING}: it does not look again after a while, it is woken. */
    @ParameterizedTest
    @ValueSource(longs = {0, 20_000, 10_000_000})
    void idleWorker_parksWithoutATimeLimit(long spinNanos) throws Exception {
        Turnstile<Witness> gate = audit.watch(Turnstile.<Witness, RuntimeException>open(
                Witness::new, Witness::close, TurnstileOptions.defaults().withIdleSpin(Duration.ofNanos(spinNanos))));
        Thread worker = gate.call(resource -> Thread.currentThread());
        for (int i = 0; i < 5; i++) {
            Eventually.isTrue("the worker is parked", () -> worker.getState() == Thread.State.WAITING);
            assertEquals(i, (int) gate.call(resource -> 0) + i);
        }
    }

    /** The spin ends the first time it is over, whatever the number of processors. */
    @Test
    void idleSpin_byDefault_isOffOnASingleProcessor() {
        boolean single = Runtime.getRuntime().availableProcessors() == 1;
        assertEquals(
                single ? Duration.ZERO : Duration.ofNanos(20_000),
                TurnstileOptions.defaults().idleSpin());
    }
}
