package dev.turnstile.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalLong;

/** How much memory a process takes, by what Linux tells of it in {@code /proc}. */
public final class ProcessMemory {
    private static final SafeLog log = new SafeLog(ProcessMemory.class);
    private static final String FIELD = "VmRSS:";
    private static final int KILOBYTE = 1024;

    private ProcessMemory() {}

    /**
     * Returns the memory that a process has in RAM.
     *
     * @param pid the number of the process
     * @return bytes; empty if it has ended, or if this system does not tell
     */
    public static OptionalLong residentBytes(long pid) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
                if (line.startsWith(FIELD)) {
                    String number = line.substring(FIELD.length(), line.lastIndexOf(' '))
                            .strip();
                    return OptionalLong.of(Long.parseLong(number) * KILOBYTE);
                }
            }
        } catch (NoSuchFileException endedOrAnotherSystem) {
            return OptionalLong.empty();
        } catch (IOException | RuntimeException unreadable) {
            log.debug("The memory of process {} is not known", pid, unreadable);
        }
        return OptionalLong.empty(); // it has ended, and nobody has waited for it
    }
}
