package dev.turnstile.testing;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.CloseReport;
import dev.turnstile.Turnstile;
import dev.turnstile.TurnstileStats;
import dev.turnstile.plugin.SynchronizedPlugin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Looks at the whole gate after a test: all places free, nobody in the line or outside, every call counted once, every
 * future done, the resource closed and the worker's thread gone. Tests show it what they open and submit.
 *
 * <p>A JUnit extension, and a resource for {@code try} where there is none.
 */
public final class Audit implements AfterEachCallback, AutoCloseable {
    /** Only a test that hangs waits this long. */
    public static final Duration PATIENCE = Duration.ofSeconds(Long.getLong("turnstile.test.patience", 30));

    private final Queue<Gate> gates = new ConcurrentLinkedQueue<>();
    private final Queue<CompletableFuture<?>> futures = new ConcurrentLinkedQueue<>();

    private record Gate(
            Supplier<TurnstileStats> stats, Function<Duration, CloseReport> close, Supplier<String> description) {}

    public <R> Turnstile<R> watch(Turnstile<R> turnstile) {
        gates.add(new Gate(turnstile::stats, turnstile::close, turnstile::toString));
        return turnstile;
    }

    public SynchronizedPlugin watch(SynchronizedPlugin plugin) {
        gates.add(new Gate(plugin::stats, plugin::close, plugin::toString));
        return plugin;
    }

    public <T> CompletableFuture<T> watch(CompletableFuture<T> future) {
        futures.add(future);
        return future;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        close();
    }

    @Override
    public void close() {
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
        assertSettled(gate.stats.get());
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
