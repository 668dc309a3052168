package dev.turnstile.comparison;

import dev.turnstile.testing.ChildJvm;
import dev.turnstile.testing.Witness;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/**
 * Whether a slow native call holds up virtual threads that have nothing to do with it: in a JVM with one carrier, a virtual
 * thread looks at the clock every millisecond while another one makes the call.
 */
final class CarrierStall {
    private static final int CALL_MILLIS = 300;

    private CarrierStall() {}

    static void measure(Trial trial) throws Exception {
        List<String> options = new ArrayList<>(
                List.of("-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1"));
        if (ManagementFactory.getRuntimeMXBean().getInputArguments().contains("--enable-preview")) {
            options.add("--enable-preview");
        }
        trial.open(1); // says whether the contender can be run at all
        ChildJvm.Result child =
                ChildJvm.run(options, CarrierStall.class, trial.contender().name());
        if (child.exitCode() != 0) {
            throw new AssertionError(child.output());
        }
        int stall = Integer.parseInt(child.output().strip());
        trial.add(Harm.STALL, stall >= CALL_MILLIS / 2 ? stall : 0);
    }

    /** Prints the longest time in milliseconds for which the virtual thread that looks at the clock did not run. */
    public static void main(String[] arguments) throws Exception {
        MethodHandle poll = Linker.nativeLinker()
                .downcallHandle(
                        Linker.nativeLinker().defaultLookup().find("poll").orElseThrow(),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_INT));
        Gate gate = Contender.valueOf(arguments[0]).open(Witness::new, 1, Duration.ofSeconds(1));
        gate.call(resource -> pollFor(poll, 1)); // once for the class loading
        CountDownLatch ticking = new CountDownLatch(1);
        CountDownLatch returned = new CountDownLatch(1);
        Visitor<Long> clock = Visitor.start(() -> {
            long longest = 0;
            long before = System.nanoTime();
            while (returned.getCount() > 0) {
                ticking.countDown();
                LockSupport.parkNanos(1_000_000);
                long now = System.nanoTime();
                longest = Math.max(longest, now - before);
                before = now;
            }
            return longest;
        });
        ticking.await();
        Visitor.start(() -> gate.call(resource -> pollFor(poll, CALL_MILLIS))).get();
        returned.countDown();
        System.out.println(clock.get() / 1_000_000);
        System.exit(0);
    }

    private static int pollFor(MethodHandle poll, int millis) {
        try {
            return (int) poll.invokeExact(MemorySegment.NULL, 0L, millis);
        } catch (Throwable thrown) {
            throw new AssertionError(thrown);
        }
    }
}
