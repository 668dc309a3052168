package dev.turnstile.plugin;

import dev.turnstile.ResourceSource;
import dev.turnstile.bundle.BundledLibrary;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Starts the instances of a plugin, and says which of them is dead. Used by the workers of a gate, several at once. */
class PluginSource implements ResourceSource<ConfinedPlugin, RuntimeException> {
    private final Supplier<? extends ConfinedPlugin> starter;
    private final PluginWarmUp warmUp;

    /** Those that reported a panic and cannot be asked for their state. */
    private final Set<ConfinedPlugin> panicked = ConcurrentHashMap.newKeySet();

    private volatile Set<Capability> capabilities = Set.of();
    private volatile @Nullable LogLevel logLevel;

    PluginSource(Supplier<? extends ConfinedPlugin> starter, PluginWarmUp warmUp) {
        this.starter = starter;
        this.warmUp = Objects.requireNonNull(warmUp, "warmUp");
    }

    /** Of one instance: the file itself is loaded, unless there may be another one later, which is to share nothing with it. */
    static PluginSource of(Path library, PluginConfig config, PluginOptions options) {
        return options.gate().restarts().budget() > 0
                ? ofCopy(library, config, options, PluginWarmUp.none())
                : new PluginSource(
                        () -> NativePlugin.load(library, config, options.logListener()), PluginWarmUp.none());
    }

    /** Each instance has a copy of the file for itself. */
    static PluginSource ofCopy(Path library, PluginConfig config, PluginOptions options, PluginWarmUp warmUp) {
        return new PluginSource(() -> NativePlugin.loadCopy(library, config, options.logListener()), warmUp);
    }

    /** Each instance has a copy of the file for itself. */
    static PluginSource of(BundledLibrary library, PluginConfig config, PluginOptions options, PluginWarmUp warmUp) {
        return new PluginSource(() -> NativePlugin.load(library, config, options.logListener()), warmUp);
    }

    static PluginSource of(Function<Consumer<PluginLogLine>, ? extends ConfinedPlugin> starter, PluginOptions options) {
        Objects.requireNonNull(starter, "starter");
        LogRelay relay = new LogRelay(options.logListener());
        relay.endStart(); // only a NativePlugin has it kept
        return new PluginSource(
                () -> starter.apply(line -> relay.offer(line, MDC.getCopyOfContextMap())), PluginWarmUp.none());
    }

    /** Returns those of the instance that was started last. */
    Set<Capability> capabilities() {
        return capabilities;
    }

    @Nullable
    LogLevel logLevel() {
        return logLevel;
    }

    /** Sets the level of those that are started from now on; {@code null} for their own. */
    void setLogLevel(@Nullable LogLevel level) {
        logLevel = level;
    }

    @Override
    public ConfinedPlugin open() {
        ConfinedPlugin plugin = start();
        EnumSet<Capability> has = EnumSet.noneOf(Capability.class);
        has.addAll(plugin.capabilities());
        capabilities = Collections.unmodifiableSet(has);
        LogLevel level = logLevel;
        if (level != null && has.contains(Capability.LOG_LEVEL)) {
            plugin.setLogLevel(level);
        }
        return plugin;
    }

    ConfinedPlugin start() {
        return starter.get();
    }

    @Override
    public void warmUp(ConfinedPlugin plugin) throws Exception {
        if (plugin.capabilities().contains(Capability.STATE)) {
            PluginState state = plugin.state();
            if (!state.equals(PluginState.ACTIVE)) {
                throw new IllegalStateException("The plugin was started, and says that it is " + state);
            }
        }
        warmUp.run(plugin);
    }

    /**
     * After a panic the plugin is in the state Failed, and answers each call with the error 1. Other errors, even those two, may be a
     * handler's own.
     */
    @Override
    public boolean isLost(ConfinedPlugin plugin, Throwable failure) {
        if (!(failure instanceof ErrorReply reply)) {
            return false;
        }
        ErrorCode code = new ErrorCode(Integer.toUnsignedLong(reply.code()));
        boolean isPanic = code.equals(ErrorCode.INTERNAL);
        boolean isRefusal = code.equals(ErrorCode.INVALID_STATE);
        if (!isPanic && !isRefusal) {
            return false;
        }
        if (plugin.capabilities().contains(Capability.STATE)) {
            return plugin.state().equals(PluginState.FAILED);
        }
        return isPanic ? !panicked.add(plugin) : panicked.contains(plugin);
    }

    @Override
    public void close(ConfinedPlugin plugin) {
        panicked.remove(plugin);
        plugin.close();
    }
}
