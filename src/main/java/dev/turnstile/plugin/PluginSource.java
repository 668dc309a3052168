package dev.turnstile.plugin;

import dev.turnstile.ResourceSource;
import dev.turnstile.bundle.BundledLibrary;
import dev.turnstile.internal.CarriedContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

/** Starts the instances of a plugin, and says which of them is dead. Used by the workers of a gate, several at once. */
class PluginSource implements ResourceSource<ConfinedPlugin, RuntimeException> {
    private final PluginStarter starter;
    private final PluginWarmUp warmUp;
    private final Succession succession;

    /** The rank of its first opening among the sources of the succession; 0 if it has opened nothing. */
    private final AtomicLong opened = new AtomicLong();

    private volatile Set<Capability> capabilities = Set.of();
    private volatile String name = "";

    PluginSource(PluginStarter starter, PluginWarmUp warmUp, Succession succession) {
        this.starter = starter;
        this.warmUp = Objects.requireNonNull(warmUp, "warmUp");
        this.succession = succession;
    }

    /**
     * For a bare library.
     *
     * @param instances how many there are at first; each has a copy of the file for itself, unless the options say otherwise
     */
    static PluginSource of(Path library, PluginConfig config, PluginOptions options, int instances) {
        Succession succession = new Succession(UniqueState.Rule.of(options, instances), options.logListener());
        return new PluginSource(starter(library, config, options, succession), PluginWarmUp.none(), succession);
    }

    /**
     * For a bundle's library.
     *
     * @param instances how many there are at first; each has a copy of the file for itself
     */
    static PluginSource of(BundledLibrary library, PluginConfig config, PluginOptions options, int instances) {
        Succession succession = new Succession(UniqueState.Rule.of(options, instances), options.logListener());
        return new PluginSource(copies(library, config, options, succession), PluginWarmUp.none(), succession);
    }

    static PluginSource of(Function<Consumer<PluginLogLine>, ? extends ConfinedPlugin> starter, PluginOptions options) {
        Objects.requireNonNull(starter, "starter");
        if (options.isolation().isProcess()) {
            throw new IllegalArgumentException(
                    "isolation is a process of its own, but what a function makes is in this one:"
                            + " name the plugin by its class, or leave the isolation out");
        }
        Succession succession = new Succession(UniqueState.Rule.of(options, 1), options.logListener());
        LogDelivery log = succession.log();
        return new PluginSource(
                () -> starter.apply(line -> log.offer(line, CarriedContext.ofThisAction())),
                PluginWarmUp.none(),
                succession);
    }

    /** For a plugin in Java that is named by its class. */
    static PluginSource of(Class<? extends ConfinedPlugin> type, PluginOptions options) {
        var unused = JavaPlugins.constructor(type);
        Isolation isolation = options.isolation();
        if (isolation.nativeHost().isPresent()) {
            throw new IllegalArgumentException(
                    "nativeHost is " + isolation.nativeHost().get() + ", but " + type.getName()
                            + " is a plugin in Java, which needs a JVM: leave nativeHost out");
        }
        if (!isolation.isProcess()) {
            return of(log -> JavaPlugins.make(type, log), options);
        }
        Succession succession = new Succession(UniqueState.Rule.of(options, 1), options.logListener());
        ProcessSupply processes = new ProcessSupply(isolation, type, succession.log());
        return new PluginSource(
                new IsolatedStarter(processes, from -> IsolatedPlugin.open(type, from)),
                PluginWarmUp.none(),
                succession);
    }

    /** Starts instances of a bare library: from copies, unless the options say that the file itself is to be loaded. */
    static PluginStarter starter(Path library, PluginConfig config, PluginOptions options, Succession succession) {
        if (!options.libraryInPlace()) {
            return copies(library, config, options, succession);
        }
        Isolation isolation = options.isolation();
        if (isolation.isProcess()) {
            return isolated(isolation, succession, from -> IsolatedPlugin.loadInPlace(library, config, from));
        }
        if (options.gate().restarts().budget() > 0) {
            throw new IllegalArgumentException("libraryInPlace is true and there are restarts, but an instance that"
                    + " replaces another one needs a file of its own: leave one of the two out");
        }
        return () -> NativePlugin.loadInPlace(library, config, succession.log(), succession.rule());
    }

    /** Starts instances from copies of a bare library. */
    static PluginStarter copies(Path library, PluginConfig config, PluginOptions options, Succession succession) {
        Isolation isolation = options.isolation();
        return isolation.isProcess()
                ? isolated(isolation, succession, from -> IsolatedPlugin.loadCopy(library, config, from))
                : () -> NativePlugin.loadCopy(library, config, succession.log(), succession.rule());
    }

    /** Starts instances from copies of a bundle's library. */
    static PluginStarter copies(
            BundledLibrary library, PluginConfig config, PluginOptions options, Succession succession) {
        Isolation isolation = options.isolation();
        return isolation.isProcess()
                ? isolated(isolation, succession, from -> IsolatedPlugin.load(library, config, from))
                : () -> NativePlugin.load(library, config, succession.log(), succession.rule());
    }

    private static PluginStarter isolated(
            Isolation isolation, Succession succession, Function<ProcessSupply, ConfinedPlugin> how) {
        return new IsolatedStarter(new ProcessSupply(isolation, null, succession.log()), how);
    }

    /** Makes a source that may replace this one, of the same kind and with the same log level. */
    PluginSource successor(PluginStarter nextStarter, PluginWarmUp nextWarmUp) {
        return new PluginSource(nextStarter, nextWarmUp, succession);
    }

    /**
     * Returns the source that was swapped in later. A gate makes one swap at a time, and opens the instances of a source during its swap;
     * the callers of the swaps may return in any order.
     */
    static PluginSource later(PluginSource one, PluginSource other) {
        return one.opened.get() > other.opened.get() ? one : other;
    }

    /** Nothing is opened from this source any more, but what the gate finds unneeded: ends what was started ahead. Does not wait for that. */
    void end() {
        starter.end();
    }

    /** Waits until what was started ahead has ended; no longer than this. An interrupt ends the waiting, and is kept. */
    void awaitEnd(Duration limit) {
        starter.awaitEnd(limit);
    }

    Succession succession() {
        return succession;
    }

    /** Returns the capabilities of the instance that was started last. */
    Set<Capability> capabilities() {
        return capabilities;
    }

    /** Returns what the instance that was started last was loaded from. */
    String name() {
        return name;
    }

    @Override
    public ConfinedPlugin open() {
        PluginClasses.load();
        if (opened.get() == 0) {
            opened.compareAndSet(0, succession.nextOpened());
        }
        BoundPlugin plugin = start();
        try {
            plugin.begin();
            capabilities = plugin.capabilities();
            name = plugin.name();
            return plugin;
        } catch (Throwable failure) {
            try {
                plugin.close();
            } catch (Throwable alsoFailed) {
                failure.addSuppressed(alsoFailed);
            }
            throw failure;
        }
    }

    BoundPlugin start() {
        ConfinedPlugin plugin =
                Objects.requireNonNull(starter.start(), "The starter returned null instead of a plugin");
        return new BoundPlugin(plugin, new Vitals(), succession);
    }

    @Override
    public OptionalLong pid(ConfinedPlugin plugin) {
        return BoundPlugin.of(plugin).pid();
    }

    @Override
    public void warmUp(ConfinedPlugin plugin) throws Exception {
        BoundPlugin bound = BoundPlugin.of(plugin);
        if (bound.has(Capability.STATE)) {
            PluginState state = plugin.state();
            if (!state.equals(PluginState.ACTIVE)) {
                throw new IllegalStateException("The plugin was started, and says that it is " + state);
            }
        }
        tryOut(bound);
        bound.takeLevelIfItCan(); // which may have been set meanwhile, also by the warm-up
    }

    void tryOut(BoundPlugin plugin) throws Exception {
        warmUp.run(plugin.plugin());
    }

    /**
     * A process that has ended is lost. A panic is answered with the error 11. The plugin is then in the state Failed, and answers each call with the error 1. But a handler
     * may answer with any code, 11 and 1 included.
     */
    @Override
    public boolean isLost(ConfinedPlugin plugin, Throwable failure) {
        if (failure instanceof PluginLostException) {
            return true;
        }
        if (!(failure instanceof ErrorReply reply)) {
            return false;
        }
        ErrorCode code = ErrorCode.ofBits(reply.code());
        if (!mayBeLost(code)) {
            return false;
        }
        boolean isPanic = code.equals(ErrorCode.INTERNAL);
        BoundPlugin bound = BoundPlugin.of(plugin);
        if (bound.has(Capability.STATE) && reply.cameAsSuccess() && bound.hasPrefetched()) {
            bound.isToBeAsked(); // the process goes on with those: the next such answer decides
            return false;
        }
        if (bound.has(Capability.STATE)) {
            bound.isAsked();
            return plugin.state().equals(PluginState.FAILED);
        }
        if (reply.cameAsSuccess()) {
            return false;
        }
        return isPanic ? bound.vitals().suspect() : bound.vitals().isSuspected();
    }

    /** Says whether an instance that answers with an error may be lost. */
    static boolean mayBeLost(ErrorCode code) {
        return code.equals(ErrorCode.INTERNAL) || code.equals(ErrorCode.INVALID_STATE);
    }

    @Override
    public boolean isWornOut(ConfinedPlugin plugin) {
        return BoundPlugin.of(plugin).isWornOut();
    }

    @Override
    public Duration longestRest() {
        return starter.longestRest();
    }

    @Override
    public void close(ConfinedPlugin plugin) {
        plugin.close();
    }

    /** Casts an exception, unchecked, to the type that the compiler expects. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    static <X extends Throwable> X asThrown(Throwable failure) throws X {
        throw (X) failure;
    }
}
