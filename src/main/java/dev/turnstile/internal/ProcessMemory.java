package dev.turnstile.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;

/** How much memory a process takes, by what Linux tells of it in {@code /proc}. */
public final class ProcessMemory {
    private static final SafeLog log = new SafeLog(ProcessMemory.class);

    private ProcessMemory() {}

    /**
     * Says whether a system tells that, and can limit it.
     *
     * @param system its name, as Java calls it
     * @return whether it does
     */
    public static boolean isKnown(String system) {
        return system.toLowerCase(Locale.ROOT).startsWith("linux");
    }

    /**
     * Returns the memory that a process has in RAM.
     *
     * @param pid the number of the process
     * @return bytes; empty if it has ended, or if this system does not tell
     */
    public static OptionalLong residentBytes(long pid) {
        try {
            return read(Path.of("/proc/" + pid + "/status"), "VmRSS:");
        } catch (NoSuchFileException endedOrAnotherSystem) {
            return OptionalLong.empty();
        } catch (IOException | RuntimeException unreadable) {
            log.debug("The memory of process {} is not known", pid, unreadable);
            return OptionalLong.empty();
        }
    }

    /**
     * Returns how much private memory that can be written this process has.
     *
     * @return bytes
     * @throws IOException if this system does not tell
     */
    public static long data() throws IOException {
        return read(Path.of("/proc/self/status"), "VmData:")
                .orElseThrow(() -> new IOException("/proc/self/status has no VmData"));
    }

    /** Takes the bytes out of a line such as {@code VmData:     48760 kB}; empty of a process that has ended, and for whose end nobody has waited. */
    private static OptionalLong read(Path status, String name) throws IOException {
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith(name)) {
                String number =
                        line.substring(name.length(), line.lastIndexOf(' ')).strip();
                return OptionalLong.of(Long.parseLong(number) << 10);
            }
        }
        return OptionalLong.empty();
    }
}
