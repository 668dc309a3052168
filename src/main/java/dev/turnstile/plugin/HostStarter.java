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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Starts the processes for a plugin: in the native host that the settings name or an artifact brings, otherwise in a JVM. */
final class HostStarter {
    private static final SafeLog log = new SafeLog(GuardedPlugin.class);

    /** As the JDK says it. */
    private static final Pattern TEXT_FILE_BUSY = Pattern.compile("error[=:] ?26\\b");

    /** Half a second in all. */
    private static final int MOST_RETRIES = 9;

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

    /** Returns {@code null} if no artifact brings a program for this platform, if it does not start here, or if the settings are for a JVM. */
    private @Nullable HostProcess startPackaged(HostLog lines) {
        URL program = isForJvm() ? null : PackagedHost.find();
        if (program == null) {
            return null;
        }
        try (PackagedHost copy = PackagedHost.copyOf(program)) {
            return startCopy(copy.program(), lines);
        } catch (HostDeath ended) { // for example since the system's C library is older
            log.warn(
                    "The native host {} does not start, so a JVM is started instead: its process has ended by {}{}",
                    program,
                    ended.death().cause(),
                    PluginLostException.written(ended.death()));
            return null;
        } catch (IOException unusable) {
            log.warn(
                    "The native host {} does not start, so a JVM is started instead: {}",
                    program,
                    unusable.getMessage(),
                    unusable);
            return null;
        }
    }

    /** A command prefix need not let the process see the place of the copy; and a JVM alone writes crash files. */
    private boolean isForJvm() {
        return !isolation.jvmArguments().isEmpty()
                || !isolation.commandPrefix().isEmpty()
                || isolation.crashFiles().isPresent();
    }

    /**
     * A process that another thread starts meanwhile has inherited the file that was written, until it runs its own program, and a file that somebody may write to cannot be
     * run. Nothing tells when that is over, so it is tried again.
     */
    private HostProcess startCopy(Path program, HostLog lines) throws IOException, HostDeath {
        for (int attempt = 0; ; attempt++) {
            try {
                return startNative(program, lines);
            } catch (IOException busy) {
                if (attempt == MOST_RETRIES
                        || !TEXT_FILE_BUSY.matcher(busy.toString()).find()) {
                    throw busy;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1L << attempt));
            }
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
