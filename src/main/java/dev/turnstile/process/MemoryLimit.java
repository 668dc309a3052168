package dev.turnstile.process;

import dev.turnstile.internal.ProcessMemory;
import java.io.IOException;

/**
 * A limit on the memory that a process may take from now on, by {@code RLIMIT_DATA}: private memory that can be written. The address space as a whole would be of no
 * use: a JVM has reserved most of what it will ever take.
 */
public final class MemoryLimit {
    private MemoryLimit() {}

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
        long present = ProcessMemory.data();
        long limit = present > Long.MAX_VALUE - more ? Long.MAX_VALUE : present + more;
        if (!linux.limitData(limit)) {
            throw new IOException("the system refuses RLIMIT_DATA of " + limit + " bytes");
        }
    }
}
