package dev.turnstile.plugin;

import dev.turnstile.Action;
import dev.turnstile.Turnstile;
import dev.turnstile.TurnstileClosedException;
import dev.turnstile.TurnstileState;
import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleException;
import dev.turnstile.bundle.BundleTrust;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A rustbridge plugin that any number of threads may call: a {@link NativePlugin}, or another {@link ConfinedPlugin}, behind a {@link
 * Turnstile}.
 *
 * <p>Everything that the gate promises holds here: one call at a time on one worker thread, in order of arrival, a bounded
 * line, waiting that costs a virtual thread nothing, cancelling and time limits, and exactly one end for every call.
 *
 * <p>{@link PluginCalls} says how calls are made.
 */
public final class SynchronizedPlugin extends GuardedPlugin {
    /** Made early: a lambda is linked at its first use, which could overflow a caller's stack. */
    private static final Action<ConfinedPlugin, PluginState, RuntimeException> STATE = ConfinedPlugin::state;

    private SynchronizedPlugin(PluginSource source, PluginOptions options) throws InterruptedException {
        super(source, options);
    }

    /**
     * Loads and starts a plugin with all defaults. A private copy of the file is loaded.
     *
     * @param library the library file; a relative path is taken from the working directory
     * @return the started plugin
     * @throws PluginLoadException naming the file and what is wrong with it
     * @throws InterruptedException if the thread is interrupted meanwhile; what was started by then is shut down
     */
    public static SynchronizedPlugin load(Path library) throws InterruptedException {
        return load(library, PluginConfig.defaults(), PluginOptions.defaults());
    }

    /**
     * Loads and starts a plugin, on its worker, and waits for it.
     *
     * <p>A private copy of the file is loaded, in a directory that is removed when the plugin has been shut down; so each load is an independent
     * instance, and the file may be overwritten meanwhile. {@link PluginOptions#withLibraryInPlace} loads the file itself.
     *
     * @param library the library file; a relative path is taken from the working directory
     * @param config what the plugin is started with
     * @param options the settings on the Java side
     * @return the started plugin
     * @throws PluginLoadException naming the file and what is wrong with it, state that it would share with others included (see {@link
     *     PluginOptions#withUniqueSymbolsAllowed})
     * @throws IllegalArgumentException if the options ask for the file itself and for restarts
     * @throws InterruptedException if the thread is interrupted meanwhile; what was started by then is shut down
     */
    public static SynchronizedPlugin load(Path library, PluginConfig config, PluginOptions options)
            throws InterruptedException {
        Objects.requireNonNull(library, "library");
        Objects.requireNonNull(config, "config");
        Objects.requireNonNull(options, "options");
        return start(PluginSource.of(library, config, options, 1), options);
    }

    /**
     * Opens a bundle, and loads and starts its release library for this platform with all defaults.
     *
     * @param bundle the {@code .rbp} file
     * @param trust whose bundles to believe
     * @return the started plugin
     * @throws BundleException if the bundle is malformed or not trusted, or has no library for this platform
     * @throws PluginLoadException naming the bundle, the file and what is wrong with it
     * @throws InterruptedException if the thread is interrupted meanwhile; what was started by then is shut down
     */
    public static SynchronizedPlugin load(Path bundle, BundleTrust trust) throws InterruptedException {
        return load(
                Bundle.open(Objects.requireNonNull(bundle, "bundle"), trust),
                PluginConfig.defaults(),
                PluginOptions.defaults());
    }

    /**
     * Loads and starts a bundle's library for this platform, on its worker, and waits for it. The library is extracted into a
     * directory of its own, which is removed when the plugin has been shut down; so each load is an independent instance.
     *
     * @param bundle the opened bundle
     * @param config what the plugin is started with
     * @param options the settings on the Java side, the {@linkplain PluginOptions#variant() variant} of the library among them
     * @return the started plugin
     * @throws BundleException if there is no such library, it is not to be trusted, or it cannot be extracted
     * @throws PluginLoadException naming the bundle, the file and what is wrong with it
     * @throws InterruptedException if the thread is interrupted meanwhile; what was started by then is shut down
     */
    public static SynchronizedPlugin load(Bundle bundle, PluginConfig config, PluginOptions options)
            throws InterruptedException {
        Objects.requireNonNull(bundle, "bundle");
        Objects.requireNonNull(config, "config");
        Objects.requireNonNull(options, "options");
        return start(PluginSource.of(bundle.library(options.variant()), config, options, 1), options);
    }

    /**
     * Starts a plugin that is written in Java, on its worker, and waits for it.
     *
     * @param starter makes and starts the plugin. It gets a consumer for the plugin's log lines, which any thread may call at any time and
     *     which never waits. This method throws what it throws, such as a {@link PluginLoadException}
     * @param options the settings on the Java side
     * @return the started plugin
     * @throws InterruptedException if the thread is interrupted meanwhile; what was started by then is shut down
     */
    public static SynchronizedPlugin open(
            Function<Consumer<PluginLogLine>, ? extends ConfinedPlugin> starter, PluginOptions options)
            throws InterruptedException {
        Objects.requireNonNull(options, "options");
        return start(PluginSource.of(starter, options), options);
    }

    /**
     * Makes a plugin that is written in Java from its class, on its worker, and waits for it. It can run in {@linkplain PluginOptions#withIsolation a process of its
     * own}: so a class of a few lines over any library with native code, such as one that uses JNI, is isolated from this JVM.
     *
     * @param plugin a public class with a public constructor that takes a {@code Consumer} of log lines, which never waits, or has no parameters
     * @param options the settings on the Java side
     * @return the started plugin
     * @throws PluginLoadException if it cannot be made; naming what it threw
     * @throws IllegalArgumentException if the class has no such constructor, or the options ask for a native host
     * @throws InterruptedException if the thread is interrupted meanwhile; what was started by then is shut down
     */
    public static SynchronizedPlugin open(Class<? extends ConfinedPlugin> plugin, PluginOptions options)
            throws InterruptedException {
        Objects.requireNonNull(plugin, "plugin");
        Objects.requireNonNull(options, "options");
        return start(PluginSource.of(plugin, options), options);
    }

    private static SynchronizedPlugin start(PluginSource source, PluginOptions options) throws InterruptedException {
        if (options.gate().poolSize() > 0) {
            throw new IllegalArgumentException("poolSize is " + options.gate().poolSize()
                    + ", but this plugin has one instance: load a PluginPool");
        }
        return new SynchronizedPlugin(source, options);
    }

    /**
     * Asks the plugin for its state; waits its turn in the line.
     *
     * <p>When the gate has begun to close, the plugin is not asked any more: it is {@link PluginState#STOPPING} until it has been shut down,
     * and {@link PluginState#STOPPED} from then on. Whether its shutdown failed is in the {@link dev.turnstile.CloseReport}.
     *
     * @return the plugin's own state, not the gate's
     * @throws InterruptedException if the thread is interrupted before the answer is there
     */
    public PluginState state() throws InterruptedException {
        try {
            return gate.call(STATE);
        } catch (TurnstileClosedException closed) {
            return gate.state() == TurnstileState.CLOSED ? PluginState.STOPPED : PluginState.STOPPING;
        }
    }
}
