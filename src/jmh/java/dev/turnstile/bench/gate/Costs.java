package dev.turnstile.bench.gate;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;

/**
 * What the process has used so far, or between two times.
 *
 * @param nanos time passed
 * @param cpuNanos CPU time of all its threads
 * @param bytes allocated on the heap by all its threads
 * @param compilingNanos the compiler's time, in milliseconds; whoever needs what it compiles waits meanwhile in the JVMs of {@link Child}
 */
record Costs(long nanos, long cpuNanos, long bytes, long compilingNanos) {
    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private static final ThreadMXBean THREADS = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

    private static final CompilationMXBean COMPILER = ManagementFactory.getCompilationMXBean();

    static Costs soFar() {
        return new Costs(
                System.nanoTime(),
                SYSTEM.getProcessCpuTime(),
                THREADS.getTotalThreadAllocatedBytes(),
                COMPILER.getTotalCompilationTime() * 1_000_000);
    }

    Costs minus(Costs earlier) {
        return new Costs(
                nanos - earlier.nanos,
                cpuNanos - earlier.cpuNanos,
                bytes - earlier.bytes,
                compilingNanos - earlier.compilingNanos);
    }

    /** What part of the time the compiler took. */
    double compilingShare() {
        return (double) compilingNanos / nanos;
    }
}
