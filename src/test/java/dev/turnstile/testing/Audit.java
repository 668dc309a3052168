package dev.turnstile.testing;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.CloseReport;
import dev.turnstile.InstanceState;
import dev.turnstile.InstanceStats;
import dev.turnstile.Turnstile;
import dev.turnstile.TurnstileStats;
import dev.turnstile.plugin.GuardedPlugin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Looks at the whole gate after a test: all places free, nobody in the line or outside, every call counted once, every
 * future done, the resources closed and the workers' threads gone. Tests show it what they open and submit.
 *
 * <p>A JUnit extension, and a resource for {@code try} where there is none.
 */
public final class Audit implements AfterEachCallback, AutoCloseable {
    /** Only a test that hangs waits this long. */
    public static final Duration PATIENCE = Duration.ofSeconds(Long.getLong("turnstile.test.patience", 30));

    private final Queue<Gate> gates = new ConcurrentLinkedQueue<>();
    private final Queue<CompletableFuture<?>> futures = new ConcurrentLinkedQueue<>();
    private final Queue<CountDownLatch> latches = new ConcurrentLinkedQueue<>();

    private record Gate(
            Supplier<TurnstileStats> stats,
            Supplier<List<InstanceStats>> instances,
            Function<Duration, CloseReport> close,
            Supplier<String> description) {}

    public <R> Turnstile<R> watch(Turnstile<R> turnstile) {
        gates.add(new Gate(turnstile::stats, turnstile::instances, turnstile::close, turnstile::toString));
        return turnstile;
    }

    public <P extends GuardedPlugin> P watch(P plugin) {
        gates.add(new Gate(plugin::stats, plugin::instances, plugin::close, plugin::toString));
        return plugin;
    }

    public <T> CompletableFuture<T> watch(CompletableFuture<T> future) {
        futures.add(future);
        return future;
    }

    /** A latch that a call waits for, opened here if the test fails before: or else those that follow would meet its threads. */
    public CountDownLatch latch() {
        CountDownLatch latch = new CountDownLatch(1);
        latches.add(latch);
        return latch;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        close();
    }

    @Override
    public void close() {
        latches.forEach(CountDownLatch::countDown);
        List<Gate> opened = new ArrayList<>(gates);
        gates.clear();
        assertAll(opened.stream().map(gate -> () -> audit(gate)));
        for (CompletableFuture<?> future : futures) {
            Eventually.isTrue("every future done: " + future, future::isDone);
        }
        futures.clear();
        Leftovers.awaitNoThreads();
    }

    private static void audit(Gate gate) {
        CloseReport report = gate.close.apply(PATIENCE);
        assertTrue(report.resourceClosed(), () -> "the resource is closed: " + report + " " + gate.description.get());
        TurnstileStats stats = gate.stats.get();
        assertSettled(stats);
        assertSettled(stats, gate.instances.get());
    }

    /** Checks that no instance of a closed gate runs or is to run a call, and that none counted a call that the gate does not know of. */
    private static void assertSettled(TurnstileStats stats, List<InstanceStats> instances) {
        for (InstanceStats instance : instances) {
            assertEquals(0, instance.running(), () -> "nothing runs: " + instance);
            assertEquals(0, instance.pending(), () -> "nothing is to run: " + instance);
            assertEquals(InstanceState.DOWN, instance.state(), () -> "no worker is left: " + instance);
        }
        long returned = returned(instances);
        assertTrue(returned <= stats.times().returned(), () -> "of what the gate counted: " + instances + " " + stats);
    }

    /** Checks that instances of which none has gone counted just what the gate did. */
    public static void assertAddsUp(TurnstileStats stats, List<InstanceStats> instances) {
        assertEquals(
                stats.times().returned(), returned(instances), () -> "the counts add up: " + instances + " " + stats);
        Duration ran = instances.stream().map(InstanceStats::ran).reduce(Duration.ZERO, Duration::plus);
        assertEquals(stats.times().totalRun(), ran, () -> "the times add up: " + instances + " " + stats);
    }

    private static long returned(List<InstanceStats> instances) {
        return instances.stream().mapToLong(InstanceStats::returned).sum();
    }

    /** Checks that nobody is in the line, in the resource or outside, and that every accepted call had exactly one end. */
    public static void assertSettled(TurnstileStats stats) {
        assertEquals(0, stats.waiting(), () -> "nobody waits: " + stats);
        assertEquals(0, stats.pending(), () -> "all places are free: " + stats);
        assertEquals(0, stats.running(), () -> "nothing runs: " + stats);
        assertAddsUp(stats);
    }

    /** Checks that every accepted call is in exactly one place. */
    public static void assertAddsUp(TurnstileStats stats) {
        assertEquals(stats.accepted(), placesOfAccepted(stats), () -> "the counts add up: " + stats);
    }

    /** In how many places accepted calls are: one each. */
    public static long placesOfAccepted(TurnstileStats stats) {
        return stats.completed()
                + stats.failed()
                + stats.cancelled()
                + stats.expired()
                + stats.refused()
                + stats.pending()
                + stats.running();
    }
}
