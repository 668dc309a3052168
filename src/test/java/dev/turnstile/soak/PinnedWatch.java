package dev.turnstile.soak;

import dev.turnstile.testing.Audit;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingStream;

/**
 * Lets the JVM record each virtual thread that keeps its carrier while it waits, and counts those with the library on their
 * stack. A thread that does so on purpose shows that it is recorded.
 *
 * <p>Not counted is who waits for a class that another thread loads, links or initialises: the JVM keeps the carrier there,
 * once a class, whatever the code. Nor is who asks for its interrupt in the very instant in which another thread sets it: the
 * JDK's virtual threads have a monitor around that, for a microsecond. Nor is who makes an exception: the JDK fills in its stack
 * trace under the exception's own monitor.
 */
final class PinnedWatch implements AutoCloseable {
    private static final Set<String> LIBRARY =
            Set.of("dev.turnstile", "dev.turnstile.plugin", "dev.turnstile.bundle", "dev.turnstile.abi");

    /** What the JVM says where it forbids itself to give the carrier up, as while it links a class; no other code can. */
    private static final String CRITICAL_SECTION = "Freeze or preempt failed (2)";

    private final Findings findings;
    private final RecordingStream stream = new RecordingStream();
    private final AtomicInteger controls = new AtomicInteger();

    PinnedWatch(Findings findings) {
        this.findings = findings;
    }

    void start() throws InterruptedException {
        stream.enable("jdk.VirtualThreadPinned").withoutThreshold().withStackTrace();
        stream.onEvent("jdk.VirtualThreadPinned", this::look);
        stream.startAsync();
        Thread control = Thread.ofVirtual().start(Control::initialise);
        control.join(Audit.PATIENCE);
    }

    private void look(RecordedEvent event) {
        if (event.getStackTrace() == null) {
            return;
        }
        List<RecordedFrame> frames = event.getStackTrace().getFrames();
        if (waitsForAClass(event, frames) || waitsForItsInterrupt(frames) || makesAnException(frames)) {
            return;
        }
        if (frames.stream().anyMatch(frame -> typeOf(frame).equals(Control.class.getName()))) {
            controls.incrementAndGet();
        } else if (frames.stream().anyMatch(frame -> LIBRARY.contains(packageOf(typeOf(frame))))) {
            findings.add(Breach.PINNED, event::toString);
        }
    }

    private static boolean waitsForAClass(RecordedEvent event, List<RecordedFrame> frames) {
        String reason =
                event.hasField("pinnedReason") ? String.valueOf(event.getString("pinnedReason")) : ""; // since 24
        return reason.startsWith("Waited for initialization")
                || reason.equals(CRITICAL_SECTION)
                || frames.stream().anyMatch(frame -> typeOf(frame).startsWith("jdk.internal.loader."));
    }

    private static boolean waitsForItsInterrupt(List<RecordedFrame> frames) {
        RecordedFrame top = frames.getFirst();
        return typeOf(top).equals("java.lang.VirtualThread")
                && top.getMethod().getName().equals("getAndClearInterrupt");
    }

    private static boolean makesAnException(List<RecordedFrame> frames) {
        return typeOf(frames.getFirst()).equals("java.lang.Throwable");
    }

    private static String typeOf(RecordedFrame frame) {
        return frame.getMethod().getType().getName();
    }

    private static String packageOf(String type) {
        return type.substring(0, Math.max(0, type.lastIndexOf('.')));
    }

    /** Ends when everything that was recorded has been looked at. */
    @Override
    public void close() {
        stream.stop();
        stream.close();
        if (controls.get() == 0) {
            findings.add(Breach.WRONG, () -> "the JVM did not record a thread that was pinned on purpose");
        }
    }

    /** A thread keeps its carrier while the JVM is on its stack, as it is below a class that is initialised. */
    private static final class Control {
        static {
            LockSupport.parkNanos(1_000_000);
        }

        static void initialise() {}
    }
}
