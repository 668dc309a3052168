package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnstile.testing.ChildJvm;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Native memory does not grow with the number of calls. {@code scripts/sanitize --growth} makes 10 million of them. */
@Tag("slow")
class NativeGrowthTest {
    private static final int CALLS = 100_000;

    /** In a JVM of its own, where nothing else allocates; it is to compile little. */
    @Test
    void manyCalls_ofAllKindsAndSizes_leaveNoMemoryBehind() throws Exception {
        assumeTrue(
                new NativeProbe(TestPlugins.library("heap")).call("heap_bytes_in_use") > 0,
                "this C library tells how much memory is in use");
        ChildJvm.Result result = ChildJvm.run(
                List.of("-Xmx64m", "-XX:TieredStopAtLevel=1"), NativeGrowthProgram.class, Integer.toString(CALLS));

        assertEquals(0, result.exitCode(), result.output());
    }
}
