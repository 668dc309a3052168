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
 * Several instances of a rustbridge plugin, each with a worker thread of its own, behind one line. As many calls run at once as there are instances.
 *
 * <p>The gate's promises hold for each instance and for the line: one call at a time in an instance, one bound and one order of arrival
 * for all. The next free worker takes the next call, so a slow or stuck worker holds up only its own call. {@link #withKey} keeps calls
 * that belong together on one instance, in their order. A plugin's globals belong to its loaded file, so each instance is loaded from a
 * private copy of the library: instances share no globals of it.
 *
 * <p>A copy does not separate what belongs to the process: the environment, the working directory, signal handlers, the C library's streams
 * and locale, and the other libraries that the plugin depends on, such as the C++ runtime. Thread-locals of a copy are its own. A C++
 * library whose copies would share state by {@code STB_GNU_UNIQUE} symbols is refused; see {@link PluginOptions#withUniqueSymbolsAllowed}.
 *
 * <p>An instance that panicked is dead. It is replaced if the options' {@linkplain TurnstileOptions#restarts() restarts} say so; otherwise
 * it is closed, and the others go on without it. The last instance is kept, and answers with its errors.
 *
 * <p>{@link PluginCalls} says how calls are made.
 */
public final class PluginPool extends GuardedPlugin {
    /** The most workers that a gate may have. */
    private static final int MOST = 1000;

    private PluginPool(PluginSource source, PluginOptions options) throws InterruptedException {
        super(source, options);
    }

    /**
     * Loads and starts instances of a bundle's library for this platform, each on its worker, and waits for all of them.
     *
     * @param bundle the opened bundle
     * @param instances how many, 1 to 1,000
     * @param config what each is started with
     * @param options the settings on the Java side, for all instances together
     * @return the started pool
     * @throws BundleException if there is no such library, it is not to be trusted, or it cannot be extracted
     * @throws PluginLoadException naming the bundle, the file and what is wrong with it; no instance is left then
     * @throws InterruptedException if the thread is interrupted meanwhile; what was started by then is shut down
     */
    public static PluginPool load(Bundle bundle, int instances, PluginConfig config, PluginOptions options)
            throws InterruptedException {
        Objects.requireNonNull(bundle, "bundle");
        Objects.requireNonNull(config, "config");
        Objects.requireNonNull(options, "options");
        BundledLibrary library = bundle.library(options.variant());
        return start(PluginSource.of(library, config, options, instances), "instances", instances, options);
    }

    /**
     * Loads and starts instances of a bare library, each on its worker and from a private copy of the file, and waits for all of them.
     *
     * @param library the library file; a relative path is taken from the working directory
     * @param instances how many, 1 to 1,000
     * @param config what each is started with
     * @param options the settings on the Java side, for all instances together
     * @return the started pool
     * @throws PluginLoadException naming the file and what is wrong with it, state that its copies would share included; no instance is
     *     left then
     * @throws IllegalArgumentException if the number is out of range, or the options ask for the file itself
     * @throws InterruptedException if the thread is interrupted meanwhile; what was started by then is shut down
     */
    public static PluginPool load(Path library, int instances, PluginConfig config, PluginOptions options)
            throws InterruptedException {
        Objects.requireNonNull(library, "library");
        Objects.requireNonNull(config, "config");
        Objects.requireNonNull(options, "options");
        if (options.libraryInPlace() && !options.isolation().isProcess()) {
            throw new IllegalArgumentException("libraryInPlace is true, but each instance of a pool needs a file of its"
                    + " own: leave it out, or use loadShared for a plugin that is thread-safe");
        }
        return start(PluginSource.of(library, config, options, instances), "instances", instances, options);
    }

    /**
     * Loads and starts one instance of a bundle's library that several workers call, for a plugin that <b>is</b> thread-safe. Its calls
     * run at once, and still pin no carrier. The workers share the instance's state; if it dies, it is dead for all of them.
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
        Objects.requireNonNull(bundle, "bundle");
        Objects.requireNonNull(config, "config");
        Objects.requireNonNull(options, "options");
        BundledLibrary library = bundle.library(options.variant());
        return start(SharedPluginSource.of(library, config, options), "workers", workers, options);
    }

    /**
     * Loads and starts one instance of a bare library that several workers call; see {@link #loadShared(Bundle, int, PluginConfig, PluginOptions)}.
     *
     * @param library the library file, of which a private copy is loaded unless {@link PluginOptions#withLibraryInPlace} says
     *     otherwise; a relative path is taken from the working directory
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
        Objects.requireNonNull(options, "options");
        return start(SharedPluginSource.of(library, config, options), "workers", workers, options);
    }

    /**
     * Starts instances of a plugin that is written in Java, each on its worker, and waits for all of them.
     *
     * @param starter makes and starts an instance; several workers may call it at once; see {@link SynchronizedPlugin#open}
     * @param instances how many, 1 to 1,000
     * @param options the settings on the Java side, for all instances together
     * @return the started pool
     * @throws InterruptedException if the thread is interrupted meanwhile; what was started by then is shut down
     */
    public static PluginPool open(
            Function<Consumer<PluginLogLine>, ? extends ConfinedPlugin> starter, int instances, PluginOptions options)
            throws InterruptedException {
        Objects.requireNonNull(options, "options");
        return start(PluginSource.of(starter, options), "instances", instances, options);
    }

    /**
     * Makes instances of a plugin that is written in Java from its class, each on its worker, and waits for all of them. See {@link SynchronizedPlugin#open(Class, PluginOptions)}.
     *
     * @param plugin the class
     * @param instances how many, 1 to 1,000
     * @param options the settings on the Java side, for all instances together
     * @return the started pool
     * @throws PluginLoadException if one cannot be made; naming what it threw
     * @throws IllegalArgumentException if the class has no such constructor, or the options ask for a native host
     * @throws InterruptedException if the thread is interrupted meanwhile; what was started by then is shut down
     */
    public static PluginPool open(Class<? extends ConfinedPlugin> plugin, int instances, PluginOptions options)
            throws InterruptedException {
        Objects.requireNonNull(plugin, "plugin");
        Objects.requireNonNull(options, "options");
        return start(PluginSource.of(plugin, options), "instances", instances, options);
    }

    private static PluginPool start(PluginSource source, String argument, int count, PluginOptions options)
            throws InterruptedException {
        if (count < 1 || count > MOST) {
            throw new IllegalArgumentException(argument + " is " + count + ", but must be 1 to " + MOST);
        }
        int poolSize = options.gate().poolSize();
        if (poolSize > 0 && poolSize != count) {
            throw new IllegalArgumentException(
                    "poolSize is " + poolSize + ", but " + argument + " is " + count + ": leave poolSize out");
        }
        return new PluginPool(source, options.withGate(options.gate().withPoolSize(count)));
    }

    /**
     * Changes the number of instances while calls go on, and waits until the new ones have started. Surplus instances, the last ones, are
     * each shut down when their running call has returned. No call is lost, and the calls of a key keep their order.
     *
     * @param instances 1 to 1,000
     * @throws InterruptedException if the thread is interrupted meanwhile; then none is added
     * @throws IllegalArgumentException if the number is out of range
     * @throws IllegalStateException if one could not be started, with the cause; then none is added
     * @throws dev.turnstile.TurnstileClosedException if the pool is closed
     */
    public void resize(int instances) throws InterruptedException {
        changeSize(instances);
    }
}
