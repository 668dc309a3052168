package dev.turnstile.soak;

import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.NativeProbe;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** What the native side saw of one gate: in each library file that an instance of it was loaded from, one after the other or side by side. */
final class NativeSide {
    private final boolean isShared;
    private final List<NativeProbe> probes = new ArrayList<>();
    private final LongAdder warmUps = new LongAdder();
    private final Supplier<List<NativeProbe>> loadedSince;

    /**
     * @param library the file that instances share, all counts 0; {@code null} if each has its own
     * @param isShared whether several instances may be in it
     * @param loadedSince looks for files that were loaded since it was asked before
     */
    NativeSide(NativeProbe library, boolean isShared, Supplier<List<NativeProbe>> loadedSince) {
        this.isShared = isShared;
        this.loadedSince = loadedSince;
        if (library != null) {
            probes.add(library);
        }
    }

    /** Returns the sum of the counters of a name. */
    long count(String name) {
        probes.addAll(loadedSince.get());
        return probes.stream().mapToLong(probe -> probe.count(name)).sum();
    }

    /** An instance was called before calls of the gate reached it. */
    void warmedUp() {
        warmUps.increment();
    }

    /** Returns how many calls came from the gate. */
    long calls() {
        return count("calls") - warmUps.sum();
    }

    /** Calls that met another one in an instance, and threads that came to one besides its own; of instances that share a file the resource tells. */
    long overlaps() {
        long overlaps = count("overlaps");
        return isShared
                ? 0
                : overlaps + probes.stream().mapToLong(NativeSide::strangers).sum();
    }

    private static long strangers(NativeProbe probe) {
        return Math.max(0, probe.count("threads") - 1);
    }

    /** Makes calls that block wait. */
    void closeGate() {
        var unused = count("calls"); // looks for files that are new; in those that come later the gate is closed
        probes.forEach(probe -> probe.closeGate(0));
    }

    void awaitEntered() {
        Eventually.isTrue("a call in gate 0", () -> {
            probes.addAll(loadedSince.get());
            return probes.stream().anyMatch(probe -> probe.call("turnstile_gate_entered", 0) > 0);
        });
    }

    void openGate() {
        probes.forEach(probe -> probe.openGate(0));
    }
}
