package dev.turnstile.cli;

import dev.turnstile.SwapException;
import dev.turnstile.SwapReport;
import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleManifest.Plugin;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.internal.FileTrouble;
import dev.turnstile.plugin.GuardedPlugin;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.PluginPool;
import dev.turnstile.plugin.PluginWarmUp;
import dev.turnstile.plugin.SynchronizedPlugin;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The file that a plugin is loaded from.
 *
 * @param trust whom to believe about the bundle; {@code null} for a library, which nothing vouches for. The trust stays what it was at
 *     first, even if the file changes: a bundle is never replaced by a library
 */
record PluginFile(Path path, @Nullable BundleTrust trust) {

    /** The name counts, too, so that a damaged bundle is never loaded as a library. */
    static boolean isBundle(Path path) {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            String reason = "The plugin " + path + ": it is not a file"; // a pipe might never end
            throw new UncheckedIOException(reason, new IOException(reason));
        }
        if (InputFile.fileName(path).endsWith(".rbp")) {
            return true;
        }
        try (InputStream in = Files.newInputStream(path)) {
            return in.read() == 'P' && in.read() == 'K';
        } catch (NoSuchFileException missing) {
            throw new UncheckedIOException("The plugin " + path + ": there is no such file", missing);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(
                    "The plugin " + path + ": it cannot be read: " + FileTrouble.of(unreadable), unreadable);
        }
    }

    SynchronizedPlugin load(PluginConfig config, PluginOptions options) throws InterruptedException {
        return trust == null
                ? SynchronizedPlugin.load(path, config, options)
                : SynchronizedPlugin.load(Bundle.open(path, trust), config, options);
    }

    /** A library is loaded from a copy, too, so that the file may change. */
    GuardedPlugin loadCopy(PluginConfig config, PluginOptions options) throws InterruptedException {
        return trust == null
                ? PluginPool.load(path, 1, config, options)
                : PluginPool.load(Bundle.open(path, trust), 1, config, options);
    }

    /** Replaces a plugin by what is in the file now; returns what was done, in words. */
    String swapInto(GuardedPlugin plugin, PluginConfig config, PluginWarmUp warmUp, Duration limit)
            throws SwapException, InterruptedException {
        if (trust == null) {
            return describe(InputFile.fileName(path), plugin.swap(path, config, warmUp, limit));
        }
        Bundle bundle = Bundle.open(path, trust);
        Plugin its = bundle.manifest().plugin();
        return describe(its.name() + " " + its.version(), plugin.swap(bundle, config, warmUp, limit));
    }

    private static String describe(String what, SwapReport report) {
        return report.waiting() == 0
                ? "switched to " + what + " in " + report.elapsed().toMillis() + " ms"
                : what + " is ready, and takes over when the call that is running returns";
    }
}
