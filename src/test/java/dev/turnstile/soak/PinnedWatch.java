package dev.turnstile.soak;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Pinning;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingStream;

/**
 * Lets the JVM record each virtual thread that keeps its carrier while it waits, and counts those with the library on their
 * stack. A thread that does so on purpose shows that it is recorded. What is {@linkplain Pinning#isOfTheJdk the JDK's own doing} is not counted.
 */
final class PinnedWatch implements AutoCloseable {
    private static final Set<String> LIBRARY = Set.of(
            "dev.turnstile",
            "dev.turnstile.internal",
            "dev.turnstile.plugin",
            "dev.turnstile.process",
            "dev.turnstile.bundle",
            "dev.turnstile.abi");

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
        if (event.getStackTrace() == null || Pinning.isOfTheJdk(event)) {
            return;
        }
        List<RecordedFrame> frames = event.getStackTrace().getFrames();
        if (frames.stream().anyMatch(frame -> Pinning.typeOf(frame).equals(Control.class.getName()))) {
            controls.incrementAndGet();
        } else if (frames.stream().anyMatch(frame -> LIBRARY.contains(packageOf(Pinning.typeOf(frame))))) {
            findings.add(Breach.PINNED, event::toString);
        }
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
