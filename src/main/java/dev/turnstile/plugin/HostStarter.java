package dev.turnstile.plugin;

import dev.turnstile.internal.ProcessMemory;
import dev.turnstile.internal.SafeLog;
import dev.turnstile.process.HostCommand;
import dev.turnstile.process.HostDeath;
import dev.turnstile.process.HostLog;
import dev.turnstile.process.HostProcess;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Starts the processes for a plugin: in the native host that the settings name or an artifact brings, otherwise in a JVM. */
final class HostStarter {
    private static final SafeLog log = new SafeLog(GuardedPlugin.class);

    private final Isolation isolation;
    /** A plugin in Java, which needs a JVM. */
    private final @Nullable Class<?> plugin;

    HostStarter(Isolation isolation, @Nullable Class<?> plugin) {
        this.isolation = isolation;
        this.plugin = plugin;
    }

    Isolation isolation() {
        return isolation;
    }

    /**
     * Starts a process and waits until it is ready.
     *
     * @param isAhead it has time before it is asked for anything
     */
    HostProcess start(HostLog lines, boolean isAhead) throws IOException, HostDeath {
        requireLinux("memoryLimit", isolation.memoryLimit(), "limited");
        requireLinux("recycleAboveMemory", isolation.recycleAboveMemory(), "measured");
        if (plugin != null) {
            return HostProcess.start(directory -> JavaHost.command(isolation, plugin, directory), lines);
        }
        if (isolation.nativeHost().isPresent()) {
            return startNative(isolation.nativeHost().get(), lines);
        }
        HostProcess packaged = startPackaged(lines);
        return packaged != null
                ? packaged
                : HostProcess.start(directory -> JavaHost.command(isolation, directory, isAhead), lines);
    }

    private static void requireLinux(String name, OptionalLong bytes, String what) {
        if (bytes.isPresent() && !ProcessMemory.isKnown(System.getProperty("os.name", ""))) {
            throw new PluginLoadException(name + " is " + bytes.getAsLong() + ", but the memory of a process can be "
                    + what + " on Linux only: leave it out");
        }
    }

    /** Returns {@code null} if no artifact brings a program for this platform, if it cannot be run here, or if the settings are for a JVM. */
    private @Nullable HostProcess startPackaged(HostLog lines) throws HostDeath {
        URL program = isolation.jvmArguments().isEmpty() ? PackagedHost.find() : null;
        if (program == null) {
            return null;
        }
        try (PackagedHost copy = PackagedHost.copyOf(program)) {
            return startNative(copy.program(), lines);
        } catch (IOException unusable) {
            log.warn(
                    "The native host {} cannot be run, so a JVM is started instead: {}",
                    program,
                    unusable.getMessage(),
                    unusable);
            return null;
        }
    }

    private HostProcess startNative(Path program, HostLog lines) throws IOException, HostDeath {
        List<String> words = new ArrayList<>(isolation.commandPrefix());
        words.add(program.toAbsolutePath().toString());
        HostCommand command = command(isolation, words, Optional.empty());
        return HostProcess.start(directory -> command, lines);
    }

    /** Makes a command of the program's words and what the settings say besides. */
    static HostCommand command(Isolation isolation, List<String> words, Optional<Path> crashFile) {
        isolation.memoryLimit().ifPresent(bytes -> words.add(PluginHost.MEMORY_LIMIT + bytes));
        return new HostCommand(
                words,
                crashFile,
                isolation.environment(),
                isolation.workingDirectory(),
                isolation.areFutexesAllowed() && HostCommand.canUseFutexes());
    }
}
