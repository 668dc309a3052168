package dev.turnstile.process;

import dev.turnstile.internal.SafeLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** How much memory processes have, as Linux says. */
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
     * Returns how much memory a process has in use.
     *
     * @param pid its number
     * @return the bytes of its resident set; 0 if there is no such process any more
     */
    public static long resident(long pid) {
        try {
            return read(Path.of("/proc/" + pid + "/status"), "VmRSS:");
        } catch (IOException gone) {
            log.debug("Nobody knows how much memory process {} has", pid, gone);
            return 0;
        }
    }

    /** How much private memory that can be written this process has. */
    static long data() throws IOException {
        return read(Path.of("/proc/self/status"), "VmData:");
    }

    /** Takes the bytes out of a line such as {@code VmData:     48760 kB}. */
    private static long read(Path status, String name) throws IOException {
        List<String> lines = Files.readAllLines(status);
        for (String line : lines) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.substring(name.length(), line.length() - "kB".length())
                                .strip())
                        << 10;
            }
        }
        throw new IOException(
                status + " has no " + name); // a process that has ended, and whose end was not noticed yet
    }
}
