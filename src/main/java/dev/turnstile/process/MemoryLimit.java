package dev.turnstile.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A limit on the memory that a process may take from now on, by {@code RLIMIT_DATA}: private memory that can be written. The address space as a whole would be of no
 * use: a JVM has reserved most of what it will ever take.
 */
public final class MemoryLimit {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String DATA = "VmData:";

    private MemoryLimit() {}

    /**
     * Says whether a system can limit memory in this way.
     *
     * @param system its name, as Java calls it
     * @return whether it can
     */
    public static boolean isPossible(String system) {
        return system.toLowerCase(Locale.ROOT).startsWith("linux");
    }

    /**
     * Limits the memory of this process, for as long as it lives, to what it has and so many bytes more.
     *
     * @param more how many
     * @throws IOException saying why that cannot be done
     */
    public static void set(long more) throws IOException {
        LinuxCalls linux = LinuxCalls.orNull();
        if (linux == null) {
            throw new IOException("its JVM cannot make system calls, since this is another system or processor,"
                    + " or native access is denied");
        }
        long present = data(Files.readAllLines(STATUS));
        long limit = present > Long.MAX_VALUE - more ? Long.MAX_VALUE : present + more;
        if (!linux.limitData(limit)) {
            throw new IOException("the system refuses RLIMIT_DATA of " + limit + " bytes");
        }
    }

    /** Takes the bytes out of lines such as {@code VmData:     48760 kB}. */
    static long data(List<String> status) throws IOException {
        for (String line : status) {
            if (line.startsWith(DATA)) {
                return Long.parseLong(line.substring(DATA.length(), line.length() - "kB".length()).strip()) << 10;
            }
        }
        throw new IOException(STATUS + " does not say how much memory it has");
    }
}
