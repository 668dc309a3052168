package dev.turnstile.loaders;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnstile.bundle.ExtractedLibrary;
import dev.turnstile.testing.ChildJvm;
import dev.turnstile.testing.TestPlugins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a load leaves in the process when it has ended is bounded: the code, which is never unloaded, and nothing else. */
@Tag("slow")
class LoadsTest {
    private static final String TIMES = System.getProperty("turnstile.test.loads", "100");

    /** Tokio, which the Rust plugin runs on, keeps a pair of sockets for signals in a static: one for each load. */
    @ParameterizedTest
    @CsvSource({"turnstile_demo, turnstile-demo.rbp, 0", "sync_demo, sync-demo.rbp, 2"})
    void endedLoads_leaveTheirCodeAlone(String library, String bundle, String ownDescriptors, @TempDir Path place)
            throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/maps")), "this system tells what a process has");
        Path file = TestPlugins.library(library);
        assumeTrue(Files.exists(file), () -> file + " is there");
        ChildJvm.Result result = ChildJvm.run(
                List.of("-Xmx256m", "-D" + ExtractedLibrary.DIRECTORY_PROPERTY + "=" + place),
                LoadsProgram.class,
                file.toString(),
                file.resolveSibling(bundle).toString(),
                TIMES,
                ownDescriptors);

        assertEquals(0, result.exitCode(), result.output());
    }
}
