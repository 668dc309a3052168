package dev.turnstile.flink;

import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleLimits;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.plugin.ConfinedPlugin;
import dev.turnstile.plugin.GuardedPlugin;
import dev.turnstile.plugin.NativePlugin;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.PluginPool;
import dev.turnstile.plugin.SynchronizedPlugin;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import org.apache.flink.core.fs.Path;
import org.jspecify.annotations.Nullable;

/** Opens what a description describes, where it is needed. */
final class PluginOpening {
    /** The default of Flink's {@code task.cancellation.timeout}, after which it ends the whole TaskManager. */
    private static final Duration FLINKS_LIMIT = Duration.ofMinutes(3);

    private PluginOpening() {}

    static void requireSound(PluginOptions options) {
        Duration limit = options.gate().closeLimit();
        if (limit.compareTo(FLINKS_LIMIT) >= 0) {
            throw new IllegalArgumentException("closeLimit is " + limit + ", but must be shorter than " + FLINKS_LIMIT
                    + ", after which Flink ends a TaskManager whose task does not end (task.cancellation.timeout)");
        }
    }

    /** Opens the plugin behind a gate, and waits for it. */
    static GuardedPlugin open(PluginDescription description, PluginOptions options, ClassLoader job)
            throws IOException, InterruptedException {
        requireSound(options);
        int instances = description.instances();
        if (description.kind() == PluginDescription.Kind.JAVA_PLUGIN) {
            Class<? extends ConfinedPlugin> plugin = javaPlugin(description, job);
            return instances == 1
                    ? SynchronizedPlugin.open(plugin, options)
                    : PluginPool.open(plugin, instances, options);
        }
        Bundle bundle = bundle(description, job);
        return instances == 1
                ? SynchronizedPlugin.load(bundle, description.configMade(), options)
                : PluginPool.load(bundle, instances, description.configMade(), options);
    }

    /** Opens one instance for the current thread. */
    static NativePlugin openDirectly(PluginDescription description, PluginOptions options, ClassLoader job)
            throws IOException {
        return NativePlugin.load(
                bundle(description, job), options.variant(), description.configMade(), options.logListener());
    }

    /** Returns the class of a plugin in Java, which is not initialised yet; {@code null} for others. */
    static @Nullable Class<?> javaPluginOrNull(PluginDescription description, ClassLoader job) {
        return description.kind() == PluginDescription.Kind.JAVA_PLUGIN ? javaPlugin(description, job) : null;
    }

    /** Returns what tells a resource of the job from another of its name; nothing for others. */
    static byte[] resourceDigest(PluginDescription description, ClassLoader job) throws IOException {
        if (description.kind() != PluginDescription.Kind.RESOURCE) {
            return new byte[0];
        }
        try (InputStream content = content(description, job);
                DigestInputStream digested = new DigestInputStream(content, MessageDigest.getInstance("SHA-256"))) {
            digested.transferTo(OutputStream.nullOutputStream());
            return digested.getMessageDigest().digest();
        } catch (NoSuchAlgorithmException impossible) { // each Java has it
            throw new IllegalStateException(impossible);
        }
    }

    private static Class<? extends ConfinedPlugin> javaPlugin(PluginDescription description, ClassLoader job) {
        try {
            return Class.forName(description.location(), false, job).asSubclass(ConfinedPlugin.class);
        } catch (ClassNotFoundException missing) {
            throw new IllegalArgumentException(
                    "The plugin's class " + description.location() + " is neither in the job's jar nor in Flink's lib/",
                    missing);
        }
    }

    /** By Flink's own file systems, since the distributed cache is refused to asynchronous functions. */
    private static Bundle bundle(PluginDescription description, ClassLoader job) throws IOException {
        BundleTrust trust = description.trust();
        try (InputStream content = content(description, job)) {
            return Bundle.read(description.location(), content, trust, BundleLimits.defaults());
        }
    }

    private static InputStream content(PluginDescription description, ClassLoader job) throws IOException {
        String location = description.location();
        if (description.kind() == PluginDescription.Kind.BUNDLE) {
            Path path = new Path(location);
            return path.getFileSystem().open(path);
        }
        InputStream resource = job.getResourceAsStream(location);
        if (resource == null) {
            throw new IllegalArgumentException("There is no resource " + location
                    + " in the job's jar or in Flink's lib/: name it without a slash in front, and keep the build from"
                    + " filtering it");
        }
        return resource;
    }
}
