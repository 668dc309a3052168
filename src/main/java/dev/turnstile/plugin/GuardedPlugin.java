package dev.turnstile.plugin;

import dev.turnstile.Action;
import dev.turnstile.CloseReport;
import dev.turnstile.Health;
import dev.turnstile.InstanceStats;
import dev.turnstile.Lane;
import dev.turnstile.SwapException;
import dev.turnstile.SwapReport;
import dev.turnstile.Turnstile;
import dev.turnstile.TurnstileState;
import dev.turnstile.TurnstileStats;
import dev.turnstile.bundle.Bundle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A plugin behind its gate: what a {@link SynchronizedPlugin} and a {@link PluginPool} have in common besides their calls. */
public abstract sealed class GuardedPlugin extends PluginCalls implements AutoCloseable
        permits SynchronizedPlugin, PluginPool {
    private static final Duration SWAP_LIMIT = Duration.ofSeconds(30);

    private final PluginOptions options;
    private volatile PluginSource source;

    GuardedPlugin(PluginSource source, PluginOptions options) throws InterruptedException {
        this(source, options, new JsonCodec(options.mapper()));
    }

    private GuardedPlugin(PluginSource source, PluginOptions options, JsonCodec codec) throws InterruptedException {
        super(
                Turnstile.open(source, PluginCallListener.translateFor(options.gate(), codec)),
                codec,
                CallRoute.ORDINARY);
        this.source = source;
        this.options = options;
    }

    /** Has each instance asked or told something, in the control lane; returns the sum. */
    private long ofEach(Action<ConfinedPlugin, Long, RuntimeException> action) throws InterruptedException {
        long sum = 0;
        for (CompletableFuture<Long> answer : gate.submitToEach(Action.inLane(Lane.CONTROL, action))) {
            try {
                sum += answer.join();
            } catch (CompletionException failed) {
                if (failed.getCause() instanceof RuntimeException thrown) {
                    throw thrown;
                }
                throw failed;
            }
        }
        return sum;
    }

    // ---- the plugin ----

    /**
     * Returns which of its optional parts the plugin has.
     *
     * @return an unmodifiable set
     */
    public Set<Capability> capabilities() {
        return source.capabilities();
    }

    /**
     * Sets the least severe log lines that the plugin sends, each instance of it, those that come later included; waits its turn in the line.
     *
     * @param level the limit; {@link LogLevel#OFF} for none at all
     * @throws InterruptedException if the thread is interrupted before that is done
     */
    public void setLogLevel(LogLevel level) throws InterruptedException {
        Objects.requireNonNull(level, "level");
        source.setLogLevel(level);
        ofEach(plugin -> {
            plugin.setLogLevel(level);
            return 0L;
        });
    }

    /**
     * Asks the plugin how many requests its own limiter has refused; waits its turn in the line.
     *
     * @return the count, as an unsigned number; that of all instances together
     * @throws InterruptedException if the thread is interrupted before the answer is there
     */
    public long rejectedCount() throws InterruptedException {
        return ofEach(ConfinedPlugin::rejectedCount);
    }

    // ---- another plugin in its place ----

    /**
     * Replaces the plugin by the one of a bundle while calls go on, with all defaults: started without configuration, tried no further than that
     * it says that it is active, within 30 seconds.
     *
     * @param bundle the opened bundle
     * @return what was switched
     * @throws SwapException if it cannot be loaded, or does not work; the old one goes on
     * @throws InterruptedException if the thread is interrupted before the new one is ready; the old one goes on
     */
    public SwapReport swap(Bundle bundle) throws SwapException, InterruptedException {
        return swap(bundle, PluginConfig.defaults(), PluginWarmUp.none(), SWAP_LIMIT);
    }

    /**
     * Replaces the plugin by the one of a bundle while calls go on: loads it beside the old one, tries it, has it take over between two calls,
     * and shuts the old one down, for each instance. Callers notice a moment's wait at the most: no call fails, is lost or overtaken by it.
     *
     * @param bundle the opened bundle
     * @param config what the new one is started with
     * @param warmUp what it has to do before calls reach it
     * @param limit how long all of it may take
     * @return how many instances were switched, and how many still wait for a call of the old one to return
     * @throws SwapException if it cannot be loaded, fails its warm-up, or the limit passes before it is ready; the old one goes on
     * @throws InterruptedException if the thread is interrupted before the new one is ready; the old one goes on
     * @throws dev.turnstile.TurnstileClosedException if the gate is closed, or closes meanwhile
     */
    public SwapReport swap(Bundle bundle, PluginConfig config, PluginWarmUp warmUp, Duration limit)
            throws SwapException, InterruptedException {
        Objects.requireNonNull(config, "config");
        return swap(PluginSource.of(bundle.library(options.variant()), config, options, warmUp), limit);
    }

    /**
     * Replaces the plugin by the one of a bare library, as {@link #swap(Bundle, PluginConfig, PluginWarmUp, Duration)} does; a copy of its own is
     * loaded, so the file may be overwritten afterwards.
     *
     * @param library the library file; a relative path is taken from the working directory
     * @param config what the new one is started with
     * @param warmUp what it has to do before calls reach it
     * @param limit how long all of it may take
     * @return how many instances were switched, and how many still wait for a call of the old one to return
     * @throws SwapException if it cannot be loaded, fails its warm-up, or the limit passes before it is ready; the old one goes on
     * @throws InterruptedException if the thread is interrupted before the new one is ready; the old one goes on
     * @throws dev.turnstile.TurnstileClosedException if the gate is closed, or closes meanwhile
     */
    public SwapReport swap(Path library, PluginConfig config, PluginWarmUp warmUp, Duration limit)
            throws SwapException, InterruptedException {
        Objects.requireNonNull(library, "library");
        Objects.requireNonNull(config, "config");
        return swap(PluginSource.ofCopy(library, config, options, warmUp), limit);
    }

    private SwapReport swap(PluginSource next, Duration limit) throws SwapException, InterruptedException {
        next.setLogLevel(source.logLevel());
        SwapReport report = gate.swap(next, limit);
        source = next;
        return report;
    }

    // ---- the gate ----

    /**
     * Returns how many calls may be pending.
     *
     * @return the number of places in the line
     */
    public int capacity() {
        return gate.capacity();
    }

    /**
     * Returns how many calls are in the line, accepted and not yet started.
     *
     * @return 0 to {@link #capacity()}
     */
    public int pendingCount() {
        return gate.pendingCount();
    }

    /**
     * Returns how many callers wait outside for a place.
     *
     * @return 0 or more
     */
    public int waitingCount() {
        return gate.waitingCount();
    }

    /**
     * Returns where the gate is in its life.
     *
     * @return the state at this instant
     */
    public TurnstileState gateState() {
        return gate.state();
    }

    /**
     * Returns all counts of one instant; they add up. A call that the plugin answered with an error counts as failed.
     *
     * @return a consistent snapshot
     */
    public TurnstileStats stats() {
        return gate.stats();
    }

    /** Begins to close and returns at once; see {@link Turnstile#shutdown()}. */
    public void shutdown() {
        gate.shutdown();
    }

    /** Closes gate and plugin within the limit of the options; see {@link Turnstile#close()}. */
    @Override
    public void close() {
        gate.close();
    }

    /**
     * Closes gate and plugin and waits for it, up to a limit; the plugin is never shut down under a running call. See {@link
     * Turnstile#close(Duration)}.
     *
     * @param limit how long calls in the line may run; zero or less refuses them at once
     * @return what was done so far
     */
    public CloseReport close(Duration limit) {
        return gate.close(limit);
    }

    /**
     * Waits until the plugin is shut down and the worker has ended; does not begin to close.
     *
     * @param limit how long to wait
     * @return whether that is so
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public boolean awaitTermination(Duration limit) throws InterruptedException {
        return gate.awaitTermination(limit);
    }

    /**
     * Returns the state and the counts of each instance, at one instant.
     *
     * @return one element, or as many as a pool has
     */
    public List<InstanceStats> instances() {
        return gate.instances().stream()
                .map(instance -> instance.lostBy() == null
                        ? instance
                        : instance.withLostBy(PluginCallListener.lostBy(instance.number(), instance.lostBy(), codec)))
                .toList();
    }

    /**
     * Says whether calls are run, for a readiness probe; never waits, and does not touch the plugin.
     *
     * @return how it is, and why
     */
    public Health health() {
        return gate.health();
    }

    /** Returns the whole state, for logs and for looking at a test that hangs. */
    @Override
    public String toString() {
        return getClass().getSimpleName() + "[" + gate + "]";
    }
}
