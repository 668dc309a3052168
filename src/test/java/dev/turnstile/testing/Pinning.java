package dev.turnstile.testing;

import java.util.List;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;

/**
 * Tells which records of virtual threads that kept their carrier while they waited are the JDK's own doing.
 *
 * <p>That is who waits for a class that another thread loads, links or initialises: the JVM keeps the carrier there, once a class, whatever the code. It is who asks for its interrupt in the very instant in which
 * another thread sets it: the JDK's virtual threads have a monitor around that, for a microsecond. And it is who makes an exception: the JDK fills in its stack trace under the exception's own
 * monitor.
 */
public final class Pinning {
    /** What the JVM says where it forbids itself to give the carrier up, as while it links a class; no other code can. */
    private static final String CRITICAL_SECTION = "Freeze or preempt failed (2)";

    private Pinning() {}

    /** Says so of an event {@code jdk.VirtualThreadPinned} that has a stack. */
    public static boolean isOfTheJdk(RecordedEvent event) {
        List<RecordedFrame> frames = event.getStackTrace().getFrames();
        return waitsForAClass(event, frames) || waitsForItsInterrupt(frames) || makesAnException(frames);
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

    /** The name of the class that a frame is of. */
    public static String typeOf(RecordedFrame frame) {
        return frame.getMethod().getType().getName();
    }
}
