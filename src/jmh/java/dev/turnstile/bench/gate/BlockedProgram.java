package dev.turnstile.bench.gate;

import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * In a JVM of its own: what callers take on the heap who wait behind a call that does not return, their threads included.
 * Then the call returns, and each of them must have its answer.
 */
final class BlockedProgram {
    /** In place of a contestant: virtual threads that park, and nothing else. */
    static final String BARE_PARK = "BARE_PARK";

    private static final int NATIVE_GATE = 0;
    private static final MemoryMXBean MEMORY = ManagementFactory.getMemoryMXBean();

    private final Extent extent;
    private final Output output;
    private final Thread[] threads;
    private final AtomicInteger answered = new AtomicInteger();
    private volatile boolean released;

    private BlockedProgram(Extent extent, Output output, int callers) {
        this.extent = extent;
        this.output = output;
        this.threads = new Thread[callers];
    }

    public static void main(String[] arguments) throws Exception {
        String subject = arguments[0];
        Output output = new Output(subject, Integer.parseInt(arguments[1]));
        int callers = Integer.parseInt(arguments[2]);
        BlockedProgram program = new BlockedProgram(Extent.of(List.of(arguments)), output, callers);
        if (subject.equals(BARE_PARK)) {
            program.park();
        } else {
            program.waitFor(Contestant.valueOf(subject));
        }
        output.put(Measure.ANSWERED, callers, program.answered.get());
        System.exit(0); // whatever threads a contestant has left
    }

    private void park() throws Exception {
        Entrance parks = (tag, json) -> {
            while (!released) {
                LockSupport.park();
            }
            return Question.ofCaller(0).answer();
        };
        // Compiled frames are smaller than interpreted ones; so are a contestant's, which is warmed up with its
        // callers.
        extent.warmUp().repeat(() -> {
            released = false;
            startAll(parks);
            releaseAll();
            awaitAll();
        });
        answered.set(0);
        released = false;
        long before = liveHeap();
        startAll(parks);
        putHeap(liveHeap() - before);
        releaseAll();
        awaitAll();
    }

    private void releaseAll() {
        released = true;
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
        }
    }

    private void waitFor(Contestant contestant) throws Exception {
        Entrance entrance = contestant.open();
        NativeProbe probe = new NativeProbe(TestPlugins.demo());
        extent.warmUp().of(entrance);
        long before = liveHeap();
        probe.closeGate(NATIVE_GATE);
        CountDownLatch returned = new CountDownLatch(1);
        Thread.startVirtualThread(() -> {
            try {
                entrance.call("block", "{\"gate\":" + NATIVE_GATE + "}");
                returned.countDown();
            } catch (Exception thrown) {
                throw new IllegalStateException(thrown);
            }
        });
        probe.awaitEntered(NATIVE_GATE, 1);
        startAll(entrance);
        putHeap(liveHeap() - before);
        probe.openGate(NATIVE_GATE);
        returned.await();
        awaitAll();
    }

    private void putHeap(long bytes) {
        output.put(Measure.HEAP_PER_CALLER, threads.length, (double) bytes / threads.length);
        output.put(Measure.HEAP_OF_ALL, threads.length, bytes);
    }

    private void startAll(Entrance entrance) throws InterruptedException {
        Runnable caller = () -> {
            try {
                Question.ofCaller(0).ask(entrance);
                answered.incrementAndGet();
            } catch (Exception thrown) {
                throw new IllegalStateException(thrown);
            }
        };
        for (int i = 0; i < threads.length; i++) {
            threads[i] = Thread.startVirtualThread(caller);
        }
        for (Thread thread : threads) {
            while (thread.getState() != Thread.State.WAITING) { // what no latch can tell
                if (!thread.isAlive()) {
                    throw new IllegalStateException("A caller did not wait");
                }
                Pause.of(Duration.ofMillis(1));
            }
        }
    }

    private void awaitAll() throws InterruptedException {
        for (int i = 0; i < threads.length; i++) {
            threads[i].join();
            threads[i] = null;
        }
    }

    private static long liveHeap() {
        System.gc();
        System.gc(); // once more: what the first one left to a reference handler
        return MEMORY.getHeapMemoryUsage().getUsed();
    }
}
