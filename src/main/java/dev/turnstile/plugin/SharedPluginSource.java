package dev.turnstile.plugin;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Binds each worker to one instance, and starts another one when that is dead, or nobody is bound to it any more. */
final class SharedPluginSource extends PluginSource {
    private final Supplier<NativePlugin> starter;

    /** Held while an instance starts, on threads of the platform. */
    private final ReentrantLock lock = new ReentrantLock();

    private @Nullable NativePlugin first;

    SharedPluginSource(Supplier<NativePlugin> starter) {
        super(starter, PluginWarmUp.none());
        this.starter = starter;
    }

    @Override
    ConfinedPlugin start() {
        lock.lock();
        try {
            NativePlugin plugin = sibling();
            if (plugin == null) {
                plugin = starter.get();
                first = plugin;
            }
            return plugin;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable NativePlugin sibling() {
        NativePlugin open = first;
        try {
            return open == null ? null : open.sibling();
        } catch (IllegalStateException closed) {
            return null; // all that were bound to it have gone
        }
    }

    @Override
    public boolean isLost(ConfinedPlugin plugin, Throwable failure) {
        boolean isLost = super.isLost(plugin, failure);
        if (isLost) {
            lock.lock();
            try {
                if (first != null && first.isSiblingOf(plugin)) {
                    first = null;
                }
            } finally {
                lock.unlock();
            }
        }
        return isLost;
    }
}
