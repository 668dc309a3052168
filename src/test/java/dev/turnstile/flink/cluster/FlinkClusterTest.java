package dev.turnstile.flink.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The sample job in a real cluster, one of whose TaskManagers is killed in mid-run: no order is lost, doubled, or out of order within its customer. */
@Tag("slow")
@Tag("any-java")
@Timeout(300)
class FlinkClusterTest {
    private static final FlinkOptions KILLED = new FlinkOptions(600_000, true, 0, "", false, true);
    private static final FlinkOptions CRASHING = new FlinkOptions(20_000, false, 4_000, "", false, true);

    @TempDir
    static Path directory;

    private static FlinkCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = FlinkRun.start(KILLED, directory);
    }

    @AfterAll
    static void end() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void orders_whileATaskManagerIsKilled_areAnsweredOnce_inTheirOrder() throws Exception {
        FlinkRun.Outcome outcome = FlinkRun.run(KILLED, cluster, Files.createDirectory(directory.resolve("killed")));
        assertEquals(new Orders.Count(600_000, 0, 0, 0, 0), outcome.count());
        assertEquals(1, outcome.killed());
        assertTrue(outcome.restored() >= 1, outcome::toString);
        assertEquals(0, outcome.ended());
    }

    @Test
    void orders_thatCrashTheIsolatedPlugin_areDeadLetters_andNoTaskManagerEnds() throws Exception {
        FlinkRun.Outcome outcome =
                FlinkRun.run(CRASHING, cluster, Files.createDirectory(directory.resolve("crashing")));
        assertEquals(new Orders.Count(19_995, 5, 0, 0, 0), outcome.count());
        assertEquals(0, outcome.restored());
        assertEquals(0, outcome.ended());
    }
}
