package dev.turnstile.flink.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The sample job in a real cluster, one of whose TaskManagers is killed in mid-run: no order is lost, doubled, or out of order within its customer. */
@Tag("slow")
@Tag("any-java")
@Timeout(300)
class FlinkClusterTest {
    @TempDir
    Path directory;

    @Test
    void orders_whileATaskManagerIsKilled_areAnsweredOnce_inTheirOrder() throws Exception {
        FlinkRun.Outcome outcome = FlinkRun.run(new FlinkOptions(200_000, true, 0, "", false, true), directory);
        assertEquals(new Orders.Count(200_000, 0, 0, 0, 0), outcome.count());
        assertEquals(1, outcome.killed());
        assertTrue(outcome.restored() >= 1, outcome::toString);
        assertEquals(0, outcome.ended());
    }

    @Test
    void orders_thatCrashTheIsolatedPlugin_areDeadLetters_andNoTaskManagerEnds() throws Exception {
        FlinkRun.Outcome outcome = FlinkRun.run(new FlinkOptions(20_000, false, 4_000, "", false, true), directory);
        assertEquals(new Orders.Count(19_995, 5, 0, 0, 0), outcome.count());
        assertEquals(0, outcome.restored());
        assertEquals(0, outcome.ended());
    }
}
