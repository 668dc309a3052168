package dev.turnstile.plugin;

import dev.turnstile.Action;
import dev.turnstile.CallInterruptedException;
import dev.turnstile.CloseReport;
import dev.turnstile.Health;
import dev.turnstile.InstanceStats;
import dev.turnstile.SwapException;
import dev.turnstile.SwapReport;
import dev.turnstile.TimeLimit;
import dev.turnstile.Turnstile;
import dev.turnstile.TurnstileClosedException;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.TurnstileState;
import dev.turnstile.TurnstileStats;
import dev.turnstile.bundle.Bundle;
import dev.turnstile.internal.SafeLog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A plugin behind its gate: what a {@link SynchronizedPlugin} and a {@link PluginPool} have in common besides their calls. */
public abstract sealed class GuardedPlugin extends PluginCalls implements AutoCloseable
        permits SynchronizedPlugin, PluginPool {
    private static final Duration SWAP_LIMIT = Duration.ofSeconds(30);

    /** How long to wait for the end of a spare process, which is there in milliseconds. */
    private static final Duration END_LIMIT = Duration.ofSeconds(5);

    private static final SafeLog log = new SafeLog(GuardedPlugin.class);

    // Made early: a lambda is linked at its first use, which could overflow a caller's stack.
    private static final Consumer<BoundPlugin> TAKE_LEVEL = BoundPlugin::takeLevel;
    private static final Consumer<BoundPlugin> TAKE_LEVEL_IF_IT_CAN = BoundPlugin::takeLevelIfItCan;
    private static final Action<ConfinedPlugin, Map.Entry<Vitals, Long>, RuntimeException> REJECTED_COUNT =
            GuardedPlugin::rejectedCount;
    private static final BinaryOperator<PluginSource> LATER = PluginSource::later;
    private final Runnable tellsNewcomers = this::tellNewcomers;

    private final PluginOptions options;
    private final Succession succession;
    private final AtomicReference<PluginSource> source;
    private final EachInstance each = new EachInstance(gate);

    GuardedPlugin(PluginSource source, PluginOptions options) throws InterruptedException {
        this(source, options, options.codec());
    }

    private GuardedPlugin(PluginSource source, PluginOptions options, JsonCodec codec) throws InterruptedException {
        super(open(source, PluginCallListener.translateFor(options.gate(), codec)), codec, CallRoute.ORDINARY);
        if (options.isolation().isProcess() && options.gate().restarts().budget() == 0) {
            log.warn(
                    "The plugin {} runs in a process of its own, and there are no restarts: if it crashes, nothing"
                            + " replaces it. Set them with TurnstileOptions.withRestarts",
                    source.name());
        }
        this.source = new AtomicReference<>(source);
        this.succession = source.succession();
        this.options = options;
    }

    private static Turnstile<ConfinedPlugin> open(PluginSource source, TurnstileOptions options)
            throws InterruptedException {
        boolean isOpen = false;
        try {
            Turnstile<ConfinedPlugin> gate = Turnstile.open(source, options);
            isOpen = true;
            return gate;
        } finally {
            if (!isOpen) {
                source.end();
                source.awaitEnd(END_LIMIT);
            }
        }
    }

    // ---- the plugin ----

    /**
     * Returns the plugin's optional parts.
     *
     * @return an unmodifiable set
     */
    public Set<Capability> capabilities() {
        return source.get().capabilities();
    }

    /**
     * Sets the lowest level of the log lines that the plugin sends; waits its turn in the line. The level holds for each instance, later
     * ones included (after a {@linkplain #swap(Bundle) swap}, for example), whatever their configuration says.
     *
     * <p>The level that was set last holds. An interrupt, or a {@link TimeLimit} that passes, ends only the waiting: an instance that has
     * not been told by then is told before its next call. So is an instance that starts meanwhile.
     *
     * @param level the limit; {@link LogLevel#OFF} for none at all
     * @throws UnsupportedOperationException if the plugin lacks {@link Capability#LOG_LEVEL}
     * @throws InterruptedException a {@link CallInterruptedException} if the thread is interrupted before each instance has been told; {@code started}
     *     says whether one was being told
     * @throws dev.turnstile.TurnstileClosedException if the gate is closed, or closes before each has been told
     */
    public void setLogLevel(LogLevel level) throws InterruptedException {
        succession.setLevel(Objects.requireNonNull(level, "level"));
        tellEach(TAKE_LEVEL);
    }

    /** Tells new instances a level that was set while they started, instead of at their first call. Nobody waits for it. */
    private void tellNewcomers(Succession.@Nullable LevelSetting before) {
        if (succession.level() != before) {
            var unused = Thread.ofVirtual()
                    .name("turnstile-log-level")
                    .inheritInheritableThreadLocals(false)
                    .start(tellsNewcomers);
        }
    }

    private void tellNewcomers() {
        try {
            tellEach(TAKE_LEVEL_IF_IT_CAN);
        } catch (TurnstileClosedException closed) {
            log.debug("Nobody is left to be told the log level", closed);
        } catch (InterruptedException | RuntimeException refused) {
            log.warn("Not all instances have the log level before their next call", refused);
        }
    }

    private void tellEach(Consumer<BoundPlugin> what) throws InterruptedException {
        var unused = each.ask(new Telling(what));
    }

    /** Tells an instance something. */
    private record Telling(Consumer<BoundPlugin> what) implements Action<ConfinedPlugin, Boolean, RuntimeException> {
        @Override
        public Boolean run(ConfinedPlugin plugin) {
            what.accept(BoundPlugin.of(plugin));
            return true;
        }
    }

    /**
     * Asks the plugin how many requests its own limiter has refused; waits its turn in the line.
     *
     * <p>An interrupt, or a {@link TimeLimit} that passes, ends the waiting. An instance that has not been asked by then is not asked, or
     * its answer is dropped.
     *
     * @return the sum over all instances, as an unsigned number; an instance that several workers share counts once
     * @throws UnsupportedOperationException if the plugin lacks {@link Capability#REJECTED_COUNT}
     * @throws InterruptedException a {@link CallInterruptedException} if the thread is interrupted before the answer is there; {@code started} says
     *     whether an instance was being asked
     * @throws dev.turnstile.TurnstileClosedException if the gate is closed, or closes before the answer is there
     */
    public long rejectedCount() throws InterruptedException {
        Map<Vitals, Long> counts = new HashMap<>();
        for (Map.Entry<Vitals, Long> count : each.ask(REJECTED_COUNT)) {
            Long other = counts.get(count.getKey());
            counts.put(count.getKey(), other == null ? count.getValue() : greater(other, count.getValue()));
        }
        long sum = 0;
        for (Long count : counts.values()) {
            sum += count;
        }
        return sum;
    }

    private static Map.Entry<Vitals, Long> rejectedCount(ConfinedPlugin plugin) {
        return Map.entry(BoundPlugin.of(plugin).vitals(), plugin.rejectedCount());
    }

    private static long greater(long one, long other) {
        return Long.compareUnsigned(one, other) > 0 ? one : other;
    }

    /**
     * Waits until the {@linkplain PluginOptions#withLogListener log listener} has received each line that was logged before: by the calls that have
     * returned, by instances that were replaced, and after {@link #close} by the plugin's shutdown. Without this, lines come a little later
     * than they were logged. Lines that were dropped because the listener is too slow do not come at all.
     *
     * <p>It does not touch the plugin or the gate, so any thread may call it, at any time, also after {@link #close}. Only the listener may not: it would wait
     * for itself.
     *
     * @param limit how long to wait; zero or less does not wait
     * @return whether all have been received; {@code false} if the limit passed first
     * @throws InterruptedException if the thread is interrupted meanwhile
     * @throws IllegalStateException if the listener itself calls it
     */
    public boolean flushLog(Duration limit) throws InterruptedException {
        return succession.log().flush(limit);
    }

    // ---- another plugin in its place ----

    /**
     * Replaces the plugin with the one in a bundle while calls go on, with all defaults: no configuration, no warm-up besides asking
     * whether it is active, and a limit of 30 seconds.
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
     * Replaces the plugin with the one in a bundle while calls go on. For each instance it loads the new plugin beside the old one, tries
     * it, has it take over between two calls, and shuts the old one down. Callers wait a moment at most: no call fails, is lost or is
     * overtaken because of a swap. An instance that several workers share is replaced by one that they share.
     * A C++ library that would share state with the old one counts as one that cannot be loaded (see {@link
     * PluginOptions#withUniqueSymbolsAllowed}).
     *
     * @param bundle the opened bundle
     * @param config what the new one is started with
     * @param warmUp tries the new one before calls reach it
     * @param limit how long all of it may take
     * @return how many instances were switched, and how many still wait for a call of the old one to return
     * @throws SwapException if it cannot be loaded, fails its warm-up, or the limit passes before it is ready; the old one goes on
     * @throws InterruptedException if the thread is interrupted before the new one is ready; the old one goes on
     * @throws dev.turnstile.TurnstileClosedException if the gate is closed, or closes meanwhile
     */
    public SwapReport swap(Bundle bundle, PluginConfig config, PluginWarmUp warmUp, Duration limit)
            throws SwapException, InterruptedException {
        Objects.requireNonNull(bundle, "bundle");
        Objects.requireNonNull(config, "config");
        return swap(PluginSource.copies(bundle.library(options.variant()), config, options, succession), warmUp, limit);
    }

    /**
     * Replaces the plugin with a bare library, as {@link #swap(Bundle, PluginConfig, PluginWarmUp, Duration)} does. A private copy is
     * loaded, so the file may be overwritten afterwards.
     *
     * @param library the library file; a relative path is taken from the working directory
     * @param config what the new one is started with
     * @param warmUp tries the new one before calls reach it
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
        return swap(PluginSource.copies(library, config, options, succession), warmUp, limit);
    }

    private SwapReport swap(PluginStarter starter, PluginWarmUp warmUp, Duration limit)
            throws SwapException, InterruptedException {
        Succession.LevelSetting level = succession.level();
        PluginSource next = source.get().successor(starter, warmUp);
        boolean isDone = false;
        try {
            SwapReport report = gate.swap(next, limit);
            isDone = true;
            PluginSource before = source.getAndAccumulate(next, LATER);
            (PluginSource.later(before, next).equals(next) ? before : next).end();
            tellNewcomers(level);
            return report;
        } finally {
            // Asked after the source was set: whoever closes sees that source, or this sees that the gate is closing.
            if (!isDone || gate.state() != TurnstileState.OPEN) {
                next.end();
            }
        }
    }

    void changeSize(int instances) throws InterruptedException {
        Succession.LevelSetting level = succession.level();
        gate.resize(instances);
        tellNewcomers(level);
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
     * Returns the state of the gate.
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
        source.get().end();
    }

    /** Closes gate and plugin within the limit of the options; see {@link Turnstile#close()}. */
    @Override
    public void close() {
        close(options.gate().closeLimit());
    }

    /**
     * Closes gate and plugin and waits for it, up to a limit; the plugin is never shut down under a running call. See {@link
     * Turnstile#close(Duration)}.
     *
     * @param limit how long calls in the line may run; zero or less refuses them at once
     * @return what was done so far
     */
    public CloseReport close(Duration limit) {
        CloseReport report = gate.close(limit);
        PluginSource last = source.get(); // it may have been swapped in meanwhile
        last.end();
        last.awaitEnd(limit.compareTo(END_LIMIT) < 0 ? limit : END_LIMIT);
        return report;
    }

    /**
     * Waits until the plugin is shut down and the worker has ended; does not begin to close.
     *
     * @param limit how long to wait
     * @return whether both have happened
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public boolean awaitTermination(Duration limit) throws InterruptedException {
        return gate.awaitTermination(limit);
    }

    /**
     * Returns the state and the counts of each instance, at one instant.
     *
     * @return one element; for a pool, one for each instance
     */
    public List<InstanceStats> instances() {
        List<InstanceStats> instances = new ArrayList<>();
        for (InstanceStats instance : gate.instances()) {
            Throwable lostBy = instance.lostBy();
            instances.add(
                    lostBy == null
                            ? instance
                            : instance.withLostBy(PluginCallListener.lostBy(instance.number(), lostBy, codec)));
        }
        return List.copyOf(instances);
    }

    /**
     * Says whether calls can be run, for a readiness probe; never waits, and does not touch the plugin.
     *
     * @return the health, with its reason
     */
    public Health health() {
        return gate.health();
    }

    /** Returns the library and the whole state, for logs and for tests that hang. */
    @Override
    public String toString() {
        return getClass().getSimpleName() + "[" + source.get().name() + ", " + gate + "]";
    }
}
