package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.turnstile.testing.ChildJvm;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Promise 4: carriers stay free while native calls run; seen where there is only one carrier. */
class CarrierTest {
    @Test
    void nativeCallThroughTheGate_leavesTheOnlyCarrierToOthers() throws Exception {
        ChildJvm.Result result = ChildJvm.run(
                List.of("-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1"),
                CarrierProgram.class);

        assertEquals(0, result.exitCode(), result.output());
        assertEquals(
                List.of("direct: [call returned, ticked]", "gate: [ticked, call returned]"),
                result.output()
                        .lines()
                        .filter(line -> line.matches("(direct|gate): .*"))
                        .toList(),
                result.output());
    }
}
