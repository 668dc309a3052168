package dev.turnstile.spring;

import dev.turnstile.CloseReport;
import dev.turnstile.SwapException;
import dev.turnstile.SwapReport;
import dev.turnstile.bundle.BundleManifest;
import dev.turnstile.internal.SafeLog;
import dev.turnstile.plugin.GuardedPlugin;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.PluginPool;
import dev.turnstile.plugin.PluginWarmUp;
import dev.turnstile.plugin.SynchronizedPlugin;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.MutuallyExclusiveConfigurationPropertiesException;
import org.springframework.core.io.ResourceLoader;

/** Opens the plugins that the properties describe, as their beans are made, and closes them. */
final class OpenedPlugins implements AutoCloseable {
    private static final SafeLog log = new SafeLog(OpenedPlugins.class);

    private final TurnstileProperties properties;
    private final List<PluginObserver> observers;
    private final PluginFiles files;

    /** Those of the parent context, which closes them itself. */
    private final @Nullable OpenedPlugins inherited;

    private final Map<String, GuardedPlugin> opened = new ConcurrentHashMap<>();

    /** Where the bare libraries are from which instances are loaded now. */
    private final Map<String, Path> libraries = new ConcurrentHashMap<>();

    private final ReentrantLock swapping = new ReentrantLock();

    OpenedPlugins(
            TurnstileProperties properties,
            ResourceLoader resources,
            List<PluginObserver> observers,
            @Nullable OpenedPlugins inherited) {
        this.inherited = inherited;
        this.properties = properties;
        this.observers = observers;
        this.files = new PluginFiles(resources);
    }

    /** Opens a plugin of one instance: the factory method of its bean. */
    SynchronizedPlugin openSingle(String name) {
        return open(name, new Opening<>() {
            @Override
            public SynchronizedPlugin open(
                    TurnstileProperties.Plugin plugin, PluginConfig config, PluginOptions options)
                    throws InterruptedException {
                return plugin.bundle() == null
                        ? SynchronizedPlugin.load(library(name, plugin), config, options)
                        : SynchronizedPlugin.load(files.bundle(name, plugin), config, options);
            }
        });
    }

    /** Opens a pool: the factory method of its bean. */
    PluginPool openPool(String name) {
        return open(name, new Opening<>() {
            @Override
            public PluginPool open(TurnstileProperties.Plugin plugin, PluginConfig config, PluginOptions options)
                    throws InterruptedException {
                int instances = Objects.requireNonNull(plugin.instances());
                if (plugin.bundle() == null) {
                    Path library = library(name, plugin);
                    return plugin.shared()
                            ? PluginPool.loadShared(library, instances, config, options)
                            : PluginPool.load(library, instances, config, options);
                }
                return plugin.shared()
                        ? PluginPool.loadShared(files.bundle(name, plugin), instances, config, options)
                        : PluginPool.load(files.bundle(name, plugin), instances, config, options);
            }
        });
    }

    private Path library(String name, TurnstileProperties.Plugin plugin) {
        Path library = files.library(name, plugin);
        libraries.put(name, library);
        return library;
    }

    private interface Opening<P extends GuardedPlugin> {
        P open(TurnstileProperties.Plugin plugin, PluginConfig config, PluginOptions options)
                throws InterruptedException;
    }

    private <P extends GuardedPlugin> P open(String name, Opening<P> opening) {
        TurnstileProperties.Plugin plugin = properties(name);
        requireOneFile(name, plugin);
        requireEffect(name, plugin);
        P made = load(name, plugin, opening);
        opened.put(name, made); // from here on it will be closed, whatever happens
        for (PluginObserver observer : observers) {
            observer.opened(name, made);
        }
        return made;
    }

    private <P extends GuardedPlugin> P load(String name, TurnstileProperties.Plugin plugin, Opening<P> opening) {
        try {
            PluginOptions options = PluginSettings.options(name, plugin);
            rehearse(options);
            for (PluginObserver observer : observers) {
                options = observer.opening(name, plugin, options);
            }
            return opening.open(plugin, PluginSettings.config(plugin), options);
        } catch (IllegalArgumentException unusable) {
            throw new RefusedConfigurationException(
                    "The plugin " + name + " cannot be opened as it is configured: " + unusable.getMessage() + ".",
                    "Change that setting below turnstile.plugins." + name + ".",
                    unusable);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the plugin " + name + " was opened", interrupted);
        }
    }

    /** If the versions of Jackson do not fit together, that is to stop the start: otherwise each request would fail. */
    private static void rehearse(PluginOptions options) {
        String json = options.mapper().writeValueAsString(new Rehearsal("text"));
        Rehearsal unused = options.mapper().readValue(json, Rehearsal.class);
    }

    private record Rehearsal(String text) {}

    private static void requireOneFile(String name, TurnstileProperties.Plugin plugin) {
        MutuallyExclusiveConfigurationPropertiesException.throwIfMultipleNonNullValuesIn(entries -> {
            entries.put(PluginFiles.property(name, "bundle"), plugin.bundle());
            entries.put(PluginFiles.property(name, "library"), plugin.library());
        });
        if (plugin.bundle() == null && plugin.library() == null) {
            throw new RefusedConfigurationException(
                    "The plugin " + name + " has no bundle and no library.",
                    "Set " + PluginFiles.property(name, "bundle") + " to the place of its bundle, such as"
                            + " classpath:" + name + ".rbp.",
                    null);
        }
    }

    /** What is meant to protect the application must not be without effect. */
    private static void requireEffect(String name, TurnstileProperties.Plugin plugin) {
        if (plugin.library() != null && !plugin.trust().equals(TurnstileProperties.Trust.NOTHING_SET)) {
            throw withoutEffect(
                    name, "trust", "a bare library has no signature and no version", "set bundle instead of library");
        }
        if (plugin.library() != null && !plugin.variant().equals(BundleManifest.RELEASE)) {
            throw withoutEffect(name, "variant", "a bare library has no variants", "set bundle instead of library");
        }
        if (plugin.isolation().process() == null
                && !plugin.isolation().equals(TurnstileProperties.Isolated.NOTHING_SET)) {
            throw withoutEffect(
                    name,
                    "isolation",
                    "the plugin has no process of its own",
                    "set isolation.process to true, or to false if you mean that");
        }
        if (plugin.shared() && plugin.instances() == null) {
            throw withoutEffect(name, "shared", "the plugin is no pool", "set instances");
        }
    }

    private static RefusedConfigurationException withoutEffect(
            String name, String setting, String reason, String wayOut) {
        return new RefusedConfigurationException(
                PluginFiles.property(name, setting) + " has no effect: " + reason + ".",
                "Leave it out, or " + wayOut + ".",
                null);
    }

    TurnstileProperties.Plugin properties(String name) {
        return Objects.requireNonNull(properties.plugins().get(name), name);
    }

    /** Returns those that are open, by their names; those of ancestors included. */
    Map<String, GuardedPlugin> all() {
        Map<String, GuardedPlugin> all = new HashMap<>(inherited == null ? Map.of() : inherited.all());
        all.putAll(opened);
        return all;
    }

    /** Opens the file of a plugin anew, and has it take over while calls go on. Returns {@code null} if there is no such plugin. */
    @Nullable
    SwapReport swap(String name) throws SwapException, InterruptedException {
        GuardedPlugin running = opened.get(name);
        if (running == null) {
            return inherited == null ? null : inherited.swap(name);
        }
        TurnstileProperties.Plugin plugin = properties(name);
        PluginConfig config = PluginSettings.config(plugin);
        return plugin.bundle() == null
                ? swapLibrary(name, running, plugin, config)
                : running.swap(files.bundle(name, plugin), config, PluginWarmUp.none(), plugin.swapLimit());
    }

    /** One at a time, so that the copy that is removed is the one that is no longer used. */
    private SwapReport swapLibrary(
            String name, GuardedPlugin running, TurnstileProperties.Plugin plugin, PluginConfig config)
            throws SwapException, InterruptedException {
        swapping.lockInterruptibly();
        try {
            Path next = files.library(name, plugin);
            boolean isDone = false;
            try {
                SwapReport report = running.swap(next, config, PluginWarmUp.none(), plugin.swapLimit());
                isDone = true;
                Path before = Objects.requireNonNull(libraries.put(name, next));
                if (!before.equals(next)) {
                    files.release(before);
                }
                return report;
            } finally {
                if (!isDone) {
                    files.release(next);
                }
            }
        } finally {
            swapping.unlock();
        }
    }

    /** Closes the plugins, all at the same time, and says what became of their calls. */
    void closeAll() {
        long begun = System.nanoTime();
        Map<String, GuardedPlugin> closing = Map.copyOf(opened);
        closing.values().forEach(GuardedPlugin::shutdown);
        closing.forEach((name, plugin) -> {
            Duration elapsed = Duration.ofNanos(System.nanoTime() - begun);
            report(name, plugin, plugin.close(properties(name).closeLimit().minus(elapsed)));
            opened.remove(name); // one whose call hangs is not waited for once more
        });
    }

    private static void report(String name, GuardedPlugin plugin, CloseReport report) {
        log.info(
                "The plugin {} is closed after {} ms: {} calls completed in all, {} drained at last, {} refused, {}"
                        + " callers not admitted, {} calls still running, plugin shut down: {}",
                name,
                report.elapsed().toMillis(),
                plugin.stats().completed(),
                report.drained(),
                report.refused(),
                report.notAdmitted(),
                report.abandoned(),
                report.resourceClosed());
    }

    /** Closes what a start that failed has left open. The beans of the plugins, which depend on this one, have begun to close before. */
    @Override
    public void close() {
        closeAll();
        files.close();
    }
}
