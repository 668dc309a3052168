package dev.turnstile.flink;

import dev.turnstile.InstanceState;
import dev.turnstile.TurnstileState;
import dev.turnstile.internal.SafeLog;
import dev.turnstile.plugin.GuardedPlugin;
import dev.turnstile.plugin.PluginOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.jspecify.annotations.Nullable;

/**
 * The plugins that the subtasks of this process share, by their names.
 *
 * <p>The protocol: an entry is in the map from when its first user begins to open it until it is closed, or is found to be of no use. Users are counted under the lock; opening and closing are not done
 * under it. Those who come while it is opened wait for that. When the last user has gone, a virtual thread waits for the next one or for the end of the time, and closes it.
 */
final class SharedPlugins {
    static final SharedPlugins OF_PROCESS = new SharedPlugins();

    private static final SafeLog log = new SafeLog(SharedPlugins.class);
    private static final Duration SOON = Duration.ofSeconds(5);

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Entry> entries = new HashMap<>();

    private final class Entry {
        final String name;
        final byte[] description;
        final @Nullable Class<?> javaPlugin;
        final byte[] resource;
        final ClassLoader job;
        final Duration linger;
        final Condition changed = lock.newCondition();
        int users = 1;
        boolean isFailed;

        /** Counts the times that it had no user: who waits for the end of one does not close in another. */
        int rests;

        @Nullable
        GuardedPlugin plugin;

        @Nullable
        PluginOptions options;

        Entry(PluginDescription description, ClassLoader job) throws IOException {
            this.name = description.shared().orElseThrow();
            this.description = written(description);
            this.javaPlugin = PluginOpening.javaPluginOrNull(description, job);
            this.resource = PluginOpening.resourceDigest(description, job);
            this.job = job;
            this.linger = description.linger();
        }

        /** Classes and resources of the job are written as their names; a job that was deployed anew has others of these names. */
        boolean isLike(Entry other) {
            return Arrays.equals(description, other.description)
                    && Objects.equals(javaPlugin, other.javaPlugin)
                    && Arrays.equals(resource, other.resource);
        }

        /** Whether it has classes that go when Flink lets the job's class loader go. */
        boolean hasClassesOf(ClassLoader loader) {
            return job.equals(loader)
                    && (isOfAJob(SharedPlugins.class) || (javaPlugin != null && isOfAJob(javaPlugin)));
        }

        /** The loader of a job is wrapped: no class says that it is its own. */
        private static boolean isOfAJob(Class<?> type) {
            return !Objects.equals(type.getClassLoader(), RuntimeContext.class.getClassLoader());
        }

        boolean isOpening() {
            return plugin == null && !isFailed;
        }

        /** Whether a further user has something from it: after a crash without restarts, for example, it has not. */
        boolean isUsable() {
            GuardedPlugin opened = plugin;
            return !isFailed
                    && (opened == null
                            || (opened.gateState() == TurnstileState.OPEN
                                    && (opened.health().isReady() || isReplaced(opened))));
        }

        private static boolean isReplaced(GuardedPlugin opened) {
            return opened.instances().stream().anyMatch(instance -> instance.state() == InstanceState.DOWN);
        }

        void close() {
            PluginOptions settings = options;
            if (settings != null) {
                close(settings.gate().closeLimit());
            }
        }

        private void close(Duration limit) {
            GuardedPlugin opened = plugin;
            if (opened != null) {
                PluginLease.closePlugin(opened, limit);
            }
        }

        /** For who must not wait long, such as Flink's own thread that lets a class loader go. Throws nothing. */
        void closeSoon() {
            try {
                close(SOON);
            } catch (RuntimeException failure) {
                log.warn("The shared plugin " + name + " was not closed properly", failure);
            }
        }
    }

    /** Opens the plugin, or takes the one of that name; waits while another user opens it. */
    PluginLease take(PluginDescription description, PluginOptions options, ClassLoader job)
            throws IOException, InterruptedException {
        PluginLease lease = null;
        while (lease == null) {
            lease = takeOnce(description, options, job);
        }
        return lease;
    }

    /** Returns {@code null} if another user opened it, in vain: that one's failure need not be this one's. */
    private @Nullable PluginLease takeOnce(PluginDescription description, PluginOptions options, ClassLoader job)
            throws IOException, InterruptedException {
        Entry fresh = new Entry(description, job);
        String name = fresh.name;
        Entry stale = null;
        Entry entry;
        boolean isOpener = false;
        lock.lockInterruptibly();
        try {
            entry = entries.get(name);
            if (entry != null) {
                boolean isUsable = entry.isUsable();
                boolean isLike = entry.isLike(fresh);
                if (isUsable && !isLike && entry.users > 0) {
                    throw new IllegalStateException("The shared plugin " + name
                            + " is open in this process with another description: give one of the two another name");
                }
                if (!isUsable || !isLike) {
                    entries.remove(name);
                    entry.changed.signalAll();
                    stale = entry.users == 0 ? entry : null; // its users, if it has some, close it
                    entry = null;
                }
            }
            if (entry == null) {
                entry = fresh;
                entries.put(name, entry);
                isOpener = true;
            } else {
                entry.users++;
                entry.changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
        return isOpener ? open(entry, stale, description, options, job) : await(entry, options);
    }

    /** What tells descriptions apart: lambdas are not equal after they were sent, but are written alike. */
    private static byte[] written(PluginDescription description) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(description);
        }
        return bytes.toByteArray();
    }

    private PluginLease open(
            Entry entry, @Nullable Entry stale, PluginDescription description, PluginOptions options, ClassLoader job)
            throws IOException, InterruptedException {
        GuardedPlugin opened = null;
        try {
            if (stale != null) {
                stale.close();
            }
            opened = PluginOpening.open(description, options, job);
        } finally {
            lock.lock();
            try {
                entry.plugin = opened;
                entry.options = options;
                entry.isFailed = opened == null;
                if (opened == null) {
                    entries.remove(entry.name, entry);
                }
                entry.changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
        return lease(entry, opened, options);
    }

    private @Nullable PluginLease await(Entry entry, PluginOptions options) throws InterruptedException {
        GuardedPlugin opened = null;
        lock.lock();
        try {
            while (entry.isOpening()) {
                entry.changed.await();
            }
            opened = entry.plugin;
        } finally {
            lock.unlock();
            if (opened == null) {
                giveBack(entry);
            }
        }
        return opened == null ? null : lease(entry, opened, options);
    }

    private PluginLease lease(Entry entry, GuardedPlugin opened, PluginOptions options) {
        return new PluginLease(opened, options, () -> giveBack(entry));
    }

    private void giveBack(Entry entry) {
        boolean isToBeClosed = false;
        lock.lock();
        try {
            entry.users--;
            if (entry.users == 0) {
                entry.rests++;
                boolean isListed = entries.get(entry.name) == entry;
                isToBeClosed = !isListed || entry.linger.isZero() || !entry.isUsable();
                if (isToBeClosed) {
                    entries.remove(entry.name, entry);
                } else {
                    int rest = entry.rests;
                    var unused = Thread.ofVirtual()
                            .name("turnstile-linger")
                            .inheritInheritableThreadLocals(false)
                            .start(() -> closeAfterLinger(entry, rest));
                }
            }
        } finally {
            lock.unlock();
        }
        if (isToBeClosed) {
            entry.close();
        }
    }

    private void closeAfterLinger(Entry entry, int rest) {
        boolean isToBeClosed;
        lock.lock();
        try {
            long left = TimeUnit.NANOSECONDS.convert(entry.linger); // whatever does not fit is for ever
            while (left > 0 && isResting(entry, rest)) {
                left = entry.changed.awaitNanos(left);
            }
            isToBeClosed = isResting(entry, rest);
            if (isToBeClosed) {
                entries.remove(entry.name, entry);
            }
        } catch (InterruptedException impossible) { // nobody has this thread
            return;
        } finally {
            lock.unlock();
        }
        if (isToBeClosed) {
            entry.close();
        }
    }

    private boolean isResting(Entry entry, int rest) {
        return entry.users == 0 && entry.rests == rest && entries.get(entry.name) == entry;
    }

    /** Closes those without users, before the end of their time. */
    void closeIdle() {
        closeIdle(entry -> true);
    }

    /** Closes those without users that have classes of a job, whose class loader Flink lets go. */
    void closeIdleOf(ClassLoader job) {
        closeIdle(entry -> entry.hasClassesOf(job));
    }

    private void closeIdle(Predicate<Entry> which) {
        List<Entry> idle = new ArrayList<>();
        lock.lock();
        try {
            for (Entry entry : List.copyOf(entries.values())) {
                if (entry.users == 0 && which.test(entry)) {
                    entries.remove(entry.name, entry);
                    entry.changed.signalAll();
                    idle.add(entry);
                }
            }
        } finally {
            lock.unlock();
        }
        idle.forEach(Entry::closeSoon);
    }

    /** {@return the plugin of that name, if it is open} */
    @Nullable
    GuardedPlugin find(String name) {
        lock.lock();
        try {
            Entry entry = entries.get(name);
            return entry == null ? null : entry.plugin;
        } finally {
            lock.unlock();
        }
    }
}
