package dev.turnstile.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a child is started.
 *
 * @param program the program and its own arguments; two more follow, the directory and how the sides wake each other
 * @param crashFile where the program writes what it crashed by, if it does
 * @param environment variables to set; {@code null} removes one
 * @param workingDirectory where it runs; that of this process if there is none
 * @param usesFutexes whether the sides wake each other by futexes instead of bytes
 */
public record HostCommand(
        List<String> program,
        Optional<Path> crashFile,
        Map<String, @Nullable String> environment,
        Optional<Path> workingDirectory,
        boolean usesFutexes) {
    /**
     * Says whether futexes can be used: this is Linux, on a processor whose system calls are known here, and this JVM may make them without a
     * warning.
     *
     * @return whether it can
     */
    public static boolean canUseFutexes() {
        return LinuxCalls.orNull() != null;
    }
}
