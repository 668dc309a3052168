package dev.turnstile.plugin;

import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Run by {@link CarrierTest} in a JVM whose virtual threads have a single carrier: prints whether another virtual thread can run
 * while one is in a native call. Whoever pins the carrier stops everybody, and no JFR event tells of it.
 */
final class CarrierProgram {
    private static final String BLOCK = "{\"gate\":0}";

    private CarrierProgram() {}

    public static void main(String[] arguments) throws Exception {
        Path library = TestPlugins.demo();
        NativeProbe probe = new NativeProbe(library);
        System.out.println("direct: " + direct(library, probe));
        System.out.println("gate: " + throughTheGate(library, probe));
        System.exit(0);
    }

    /** The control: a direct call keeps the carrier, and the other thread runs only after it. */
    private static List<String> direct(Path library, NativeProbe probe) throws InterruptedException {
        ConcurrentLinkedQueue<String> events = new ConcurrentLinkedQueue<>();
        probe.closeGate(0);
        Thread caller = Thread.startVirtualThread(() -> {
            try (NativePlugin plugin = NativePlugin.loadInPlace(library)) {
                plugin.call("block", BLOCK);
                events.add("call returned");
            }
        });
        probe.awaitEntered(0, 1);
        Thread ticker = Thread.startVirtualThread(() -> events.add("ticked"));
        probe.openGate(0);
        caller.join();
        ticker.join();
        return List.copyOf(events);
    }

    /** Through the gate the other thread ticks as often as it likes while the native call goes on. */
    private static List<String> throughTheGate(Path library, NativeProbe probe) throws Exception {
        ConcurrentLinkedQueue<String> events = new ConcurrentLinkedQueue<>();
        probe.closeGate(0);
        try (SynchronizedPlugin plugin = TestPlugins.loadInPlace(library)) {
            Thread caller = Thread.startVirtualThread(() -> {
                try {
                    plugin.call("block", BLOCK);
                    events.add("call returned");
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            probe.awaitEntered(0, 1);
            CountDownLatch ticks = new CountDownLatch(100);
            Thread ticker = Thread.startVirtualThread(() -> {
                while (ticks.getCount() > 0) {
                    ticks.countDown();
                    LockSupport.parkNanos(10_000);
                }
                events.add("ticked");
            });
            if (!ticks.await(30, TimeUnit.SECONDS)) {
                events.add("no tick");
            }
            ticker.join();
            probe.openGate(0);
            caller.join();
        }
        return List.copyOf(events);
    }
}
