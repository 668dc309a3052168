package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.ChildJvm;
import dev.turnstile.testing.TestPlugins;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A load that could end the JVM, since the process has no thread-local keys for it, is refused. */
@EnabledOnOs(OS.LINUX)
class ThreadLocalKeysTest {
    @Test
    void load_withTooFewKeys_isRefused_withTheWayOut_andKeepsNone() throws Exception {
        ChildJvm.Result result = ChildJvm.run(
                List.of(), ThreadLocalKeysProgram.class, TestPlugins.demo().toString());

        assertEquals(0, result.exitCode(), result.output());
        for (String said : List.of(
                "none left: not loaded, The plugin is not loaded: the process has fewer than 16 thread-local keys"
                        + " left.",
                "Restart the JVM",
                "15 left: not loaded",
                "16 left: loaded",
                "all loaded")) {
            assertTrue(result.output().contains(said), said + " in " + result.output());
        }
    }
}
