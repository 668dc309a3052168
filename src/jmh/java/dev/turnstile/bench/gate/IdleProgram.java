package dev.turnstile.bench.gate;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;

/** In a JVM of its own: the CPU time of a gate that was used, while nobody calls. */
final class IdleProgram {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private IdleProgram() {}

    public static void main(String[] arguments) throws Exception {
        Contestant contestant = Contestant.valueOf(arguments[0]);
        Extent extent = Extent.of(List.of(arguments));
        Output output = new Output(contestant.name(), Integer.parseInt(arguments[1]));
        Entrance entrance = contestant.open();
        extent.warmUp().of(entrance);
        Pause.of(Duration.ofMillis(500)); // for what the JVM does after the load
        long threads = threads();
        long process = SYSTEM.getProcessCpuTime();
        Pause.of(extent.idle());
        output.put(Measure.IDLE_PROCESS_NANOS, extent.idle().toSeconds(), SYSTEM.getProcessCpuTime() - process);
        output.put(Measure.IDLE_THREADS_NANOS, extent.idle().toSeconds(), threads() - threads);
        Question.ofCaller(0).ask(entrance); // it was there all the time
        System.exit(0); // whatever threads a contestant has left
    }

    /** Of all Java threads but this one, the carriers of virtual threads included. */
    private static long threads() {
        long sum = 0;
        for (long id : THREADS.getAllThreadIds()) {
            if (id != Thread.currentThread().threadId()) {
                sum += Math.max(0, THREADS.getThreadCpuTime(id)); // -1: has ended
            }
        }
        return sum;
    }
}
