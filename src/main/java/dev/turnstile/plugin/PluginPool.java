package dev.turnstile.plugin;

import dev.turnstile.TurnstileOptions;
import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleException;
import dev.turnstile.bundle.BundledLibrary;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Several instances of a rustbridge plugin, each with a worker thread of its own, behind one line: that many calls run at once.
 *
 * <p>All that the gate promises holds for each instance and for the line: one call at a time in an instance, one bound and one order of arrival for
 * all. A call is taken by the next worker that is free, so a slow or stuck one holds up nobody but its own call; {@link #withKey} keeps the calls
 * that belong together on one instance, in their order. Since a plugin's globals belong to its loaded file, each instance is loaded from a private
 * copy of the library: they share nothing.
 *
 * <p>An instance that is dead (it panicked) is replaced if the options' {@linkplain TurnstileOptions#restarts() restarts} say so; otherwise
 * it is closed and the others go on without it. The last one of all stays, and answers with its errors.
 *
 * <p>How calls are made is told in {@link PluginCalls}.
 */
public final class PluginPool extends GuardedPlugin {
    private PluginPool(PluginSource source, PluginOptions options) throws InterruptedException {
        super(source, options);
    }

    /**
     * Loads and starts instances of a bundle's library for this platform, each on its worker, and waits for all of them.
     *
     * @param bundle the opened bundle
     * @param instances how many, 1 to 1,000
     * @param config what each is started with
     * @param options the settings on the Java side, for all together
     * @return the started pool
     * @throws BundleException if there is no such library, it is not to be trusted, or it cannot be extracted
     * @throws PluginLoadException naming the bundle, the file and what is wrong with it; no instance is left then
     * @throws InterruptedException if the thread is interrupted meanwhile; what was started by then is shut down
     */
    public static PluginPool load(Bundle bundle, int instances, PluginConfig config, PluginOptions options)
            throws InterruptedException {
        Objects.requireNonNull(config, "config");
        BundledLibrary library = bundle.library(options.variant());
        return start(PluginSource.of(library, config, options, PluginWarmUp.none()), instances, options);
    }

    /**
     * Loads and starts instances of a bare library, each on its worker and from a private copy of the file, and waits for all of them.
     *
     * @param library the library file; a relative path is taken from the working directory
     * @param instances how many, 1 to 1,000
     * @param config what each is started with
     * @param options the settings on the Java side, for all together
     * @return the started pool
     * @throws PluginLoadException naming the file and what is wrong with it; no instance is left then
     * @throws InterruptedException if the thread is interrupted meanwhile; what was started by then is shut down
     */
    public static PluginPool load(Path library, int instances, PluginConfig config, PluginOptions options)
            throws InterruptedException {
        Objects.requireNonNull(library, "library");
        Objects.requireNonNull(config, "config");
        return start(PluginSource.ofCopy(library, config, options, PluginWarmUp.none()), instances, options);
    }

    /**
     * Loads and starts one instance of a bundle's library for several workers, for a plugin that <b>is</b> thread-safe: so its calls run at once, and
     * still pin no carrier. They share what the instance keeps; if it dies, it does so for all of them.
     *
     * @param bundle the opened bundle
     * @param workers how many, 1 to 1,000
     * @param config what the instance is started with
     * @param options the settings on the Java side
     * @return the started pool; its {@link #instances} are the workers
     * @throws BundleException if there is no such library, it is not to be trusted, or it cannot be extracted
     * @throws PluginLoadException naming the bundle, the file and what is wrong with it
     * @throws InterruptedException if the thread is interrupted meanwhile; what was started by then is shut down
     */
    public static PluginPool loadShared(Bundle bundle, int workers, PluginConfig config, PluginOptions options)
            throws InterruptedException {
        Objects.requireNonNull(config, "config");
        BundledLibrary library = bundle.library(options.variant());
        return start(
                new SharedPluginSource(() -> NativePlugin.load(library, config, options.logListener())),
                workers,
                options);
    }

    /**
     * Loads and starts one instance of a bare library for several workers; see {@link #loadShared(Bundle, int, PluginConfig, PluginOptions)}.
     *
     * @param library the library file, of which a private copy is loaded; a relative path is taken from the working directory
     * @param workers how many, 1 to 1,000
     * @param config what the instance is started with
     * @param options the settings on the Java side
     * @return the started pool; its {@link #instances} are the workers
     * @throws PluginLoadException naming the file and what is wrong with it
     * @throws InterruptedException if the thread is interrupted meanwhile; what was started by then is shut down
     */
    public static PluginPool loadShared(Path library, int workers, PluginConfig config, PluginOptions options)
            throws InterruptedException {
        Objects.requireNonNull(library, "library");
        Objects.requireNonNull(config, "config");
        return start(
                new SharedPluginSource(() -> NativePlugin.loadCopy(library, config, options.logListener())),
                workers,
                options);
    }

    /**
     * Starts instances of a plugin that is written in Java, each on its worker, and waits for all of them.
     *
     * @param starter makes and starts an instance, also by several workers at once; see {@link SynchronizedPlugin#open}
     * @param instances how many, 1 to 1,000
     * @param options the settings on the Java side, for all together
     * @return the started pool
     * @throws InterruptedException if the thread is interrupted meanwhile; what was started by then is shut down
     */
    public static PluginPool open(
            Function<Consumer<PluginLogLine>, ? extends ConfinedPlugin> starter, int instances, PluginOptions options)
            throws InterruptedException {
        return start(PluginSource.of(starter, options), instances, options);
    }

    private static PluginPool start(PluginSource source, int instances, PluginOptions options)
            throws InterruptedException {
        if (instances < 1) {
            throw new IllegalArgumentException("instances is " + instances + ", but must be 1 or more");
        }
        return new PluginPool(source, options.withGate(options.gate().withPoolSize(instances)));
    }

    /**
     * Changes how many instances there are while calls go on, and waits until those that are to come have started. Those that are to go, the last
     * ones, are shut down when the call that each runs has returned. No call is lost, and no key's calls change their order.
     *
     * @param instances 1 to 1,000
     * @throws InterruptedException if the thread is interrupted meanwhile; then none has come
     * @throws IllegalArgumentException if there would be none, or too many
     * @throws IllegalStateException if one could not be started, with the cause; then none has come
     * @throws dev.turnstile.TurnstileClosedException if the pool is closed
     */
    public void resize(int instances) throws InterruptedException {
        gate.resize(instances);
    }
}
