package dev.turnstile.soak;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.turnstile.testing.Eventually;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * Looks for what outlives its gate: after each round workers and extracted files, at the end file descriptors and heap,
 * against what there was after the first rounds.
 */
final class LeakCheck {
    /** What schedulers and caches of the JDK keep once they have grown, and this program for itself. */
    private static final long HEAP_ALLOWANCE = 24L << 20;

    /** A library that was loaded stays known, with its symbols and its log callback. */
    private static final long HEAP_PER_LIBRARY = 32L << 10;

    /** Files of the JVM itself: of the recording, and jars that are opened late. */
    private static final long DESCRIPTORS_ALLOWANCE = 8;

    private final PluginSource source;
    private final Findings findings;
    private long heapBefore = -1;
    private long descriptorsBefore;
    private int librariesBefore;

    LeakCheck(PluginSource source, Findings findings) {
        this.source = source;
        this.findings = findings;
    }

    void afterRound() throws IOException {
        try {
            Eventually.isTrue("no worker is left", () -> workers() == 0);
        } catch (AssertionError left) {
            findings.add(Breach.LEAKED, workers(), left::getMessage);
        }
        int files = source.extracted().size();
        findings.add(Breach.LEAKED, files, () -> files + " directories with extracted libraries");
    }

    private static long workers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("turnstile-worker"))
                .count();
    }

    /** The warm-up is over: this is what there is. */
    void remember() {
        heapBefore = usedHeap();
        descriptorsBefore = openDescriptors();
        librariesBefore = source.extractions();
    }

    /** Compares, and says in a line what there was and is. */
    String compare() {
        if (heapBefore < 0) {
            return "too short to compare heap and descriptors";
        }
        long heap = usedHeap();
        long descriptors = openDescriptors();
        int libraries = source.extractions() - librariesBefore;
        long allowance = HEAP_ALLOWANCE + libraries * HEAP_PER_LIBRARY;
        if (heap - heapBefore > allowance) {
            findings.add(Breach.LEAKED, () -> mega(heap - heapBefore) + " of heap, allowed are " + mega(allowance));
        }
        long more = descriptors - descriptorsBefore;
        if (more > DESCRIPTORS_ALLOWANCE) {
            findings.add(Breach.LEAKED, more, () -> more + " file descriptors");
        }
        return "heap " + mega(heapBefore) + ", then " + mega(heap) + "; descriptors " + descriptorsBefore + ", then "
                + descriptors + "; " + libraries + " libraries extracted in between";
    }

    private static String mega(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc(); // more than once: what the first one finds unreachable may have held more
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Zero where the system does not tell. */
    private static long openDescriptors() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount()
                : 0;
    }
}
