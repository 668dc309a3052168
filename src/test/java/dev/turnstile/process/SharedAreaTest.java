package dev.turnstile.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory that two processes share is given back when it is closed, not when the collector finds that nobody maps it any more. */
class SharedAreaTest {
    @Test
    void close_givesTheMemoryBack(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("area");
        try (SharedArea area = SharedArea.create(file)) {
            area.withRoomFor(10_000_000).put(0, new byte[10_000_000]);
            assertTrue(Files.size(file) >= 10_000_000);
        }

        assertEquals(0, Files.size(file));
    }

    /** What is between the smallest size and the largest that is kept was written into an area that had just been made too small for it. */
    @Test
    void area_thatIsMadeSmallAgain_hasRoomForWhatComes(@TempDir Path directory) throws Exception {
        try (SharedArea area = SharedArea.create(directory.resolve("area"))) {
            area.withRoomFor(2_000_000);
            for (int i = 0; i < 100; i++) {
                assertTrue(area.withRoomFor(100_000).capacity() >= 100_000);
            }
            for (int i = 0; i < 100; i++) {
                area.withRoomFor(10);
            }
            assertEquals(64 << 10, area.size());
        }
    }
}
