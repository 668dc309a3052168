package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileMemoryTest {
    /** Else, on Java 21, each thread that extracts holds on to as much memory outside of the heap as its largest library has. */
    @Test
    void largeFile_isWrittenWithoutACopyThatTheThreadKeeps(@TempDir Path directory) throws Exception {
        byte[] content = new byte[(8 << 20) + 1];
        new Random(1).nextBytes(content);
        Path file = directory.resolve("file");
        long before = directMemory();

        WholeFile.create(file, content, WholeFile.Mode.SHARED);

        long kept = directMemory() - before;
        assertTrue(kept < content.length / 8, () -> kept + " bytes are kept");
        assertArrayEquals(content, Files.readAllBytes(file));
    }

    private static long directMemory() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }
}
