package dev.turnstile.plugin;

import dev.turnstile.bundle.BundledLibrary;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Binds all workers to one instance, and starts another one if that is dead, or nobody is bound to it any more. */
final class SharedPluginSource extends PluginSource {
    private final PluginStarter starter;

    /** Held while an instance starts; only platform threads take it. */
    private final ReentrantLock starting = new ReentrantLock();

    /** The instance that new workers are bound to. */
    private final AtomicReference<@Nullable SharedInstance> current = new AtomicReference<>();

    static PluginSource of(Path library, PluginConfig config, PluginOptions options) {
        Succession succession = new Succession(UniqueState.Rule.of(options, 1), options.logListener());
        requireThisProcess(options);
        return new SharedPluginSource(starter(library, config, options, succession), PluginWarmUp.none(), succession);
    }

    static PluginSource of(BundledLibrary library, PluginConfig config, PluginOptions options) {
        Succession succession = new Succession(UniqueState.Rule.of(options, 1), options.logListener());
        requireThisProcess(options);
        return new SharedPluginSource(copies(library, config, options, succession), PluginWarmUp.none(), succession);
    }

    private static void requireThisProcess(PluginOptions options) {
        if (options.isolation().isProcess()) {
            throw new IllegalArgumentException(
                    "isolation is a process of its own, but that serves one worker, and several are to share the"
                            + " instance: use load, which gives each a process, or leave the isolation out");
        }
    }

    private SharedPluginSource(PluginStarter starter, PluginWarmUp warmUp, Succession succession) {
        super(starter, warmUp, succession);
        this.starter = starter;
    }

    /** An instance, and what its workers know of it together. */
    private static final class SharedInstance extends Vitals {
        private final NativePlugin first;

        /** Held during the warm-up. */
        private final ReentrantLock warming = new ReentrantLock();

        private boolean isTried;
        private @Nullable Throwable failure;

        SharedInstance(NativePlugin first) {
            this.first = first;
        }

        /** Returns {@code null} if nobody is bound to it any more. */
        @Nullable
        NativePlugin sibling() {
            try {
                return first.sibling();
            } catch (IllegalStateException closed) {
                return null;
            }
        }
    }

    @Override
    PluginSource successor(PluginStarter nextStarter, PluginWarmUp nextWarmUp) {
        return new SharedPluginSource(nextStarter, nextWarmUp, succession());
    }

    @Override
    BoundPlugin start() {
        starting.lock();
        try {
            SharedInstance instance = current.get();
            NativePlugin plugin = instance == null ? null : instance.sibling();
            if (instance == null || plugin == null) {
                plugin = (NativePlugin) starter.start(); // no other runs in this process
                instance = new SharedInstance(plugin);
                current.set(instance);
            }
            return new BoundPlugin(plugin, instance, succession());
        } finally {
            starting.unlock();
        }
    }

    private static SharedInstance instance(ConfinedPlugin plugin) {
        return (SharedInstance) BoundPlugin.of(plugin).vitals();
    }

    /** No further worker is bound to it from here on. */
    private void leave(SharedInstance instance) {
        current.compareAndSet(instance, null);
    }

    @Override
    public void warmUp(ConfinedPlugin plugin) throws Exception {
        boolean isOfUse = false;
        try {
            super.warmUp(plugin);
            isOfUse = true;
        } finally {
            if (!isOfUse) {
                leave(instance(plugin));
            }
        }
    }

    /** The first worker runs it; it succeeds or fails for all. */
    @Override
    void tryOut(BoundPlugin plugin) throws Exception {
        SharedInstance instance = instance(plugin);
        instance.warming.lock();
        try {
            if (!instance.isTried) {
                instance.isTried = true;
                try {
                    super.tryOut(plugin);
                } catch (Throwable failure) {
                    instance.failure = failure;
                }
            }
            Throwable failure = instance.failure;
            if (failure != null) {
                throw PluginSource.<Exception>asThrown(failure);
            }
        } finally {
            instance.warming.unlock();
        }
    }

    @Override
    public boolean isLost(ConfinedPlugin plugin, Throwable failure) {
        SharedInstance instance = instance(plugin);
        boolean isLost = instance.isDead() || super.isLost(plugin, failure);
        if (isLost) {
            instance.die();
            leave(instance);
        }
        return isLost;
    }

    @Override
    public boolean isLostAsWell(ConfinedPlugin plugin, Throwable failure) {
        return instance(plugin).isDead();
    }
}
