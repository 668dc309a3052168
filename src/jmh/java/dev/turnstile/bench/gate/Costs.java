package dev.turnstile.bench.gate;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * What the process has used so far, or between two times.
 *
 * @param nanos time passed
 * @param cpuNanos CPU time of all its threads
 * @param bytes allocated on the heap by all its threads
 */
record Costs(long nanos, long cpuNanos, long bytes) {
    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private static final ThreadMXBean THREADS = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

    static Costs soFar() {
        return new Costs(System.nanoTime(), SYSTEM.getProcessCpuTime(), THREADS.getTotalThreadAllocatedBytes());
    }

    Costs minus(Costs earlier) {
        return new Costs(nanos - earlier.nanos, cpuNanos - earlier.cpuNanos, bytes - earlier.bytes);
    }
}
