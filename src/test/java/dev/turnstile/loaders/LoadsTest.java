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
    /** Of each of four kinds. */
    private static final int TIMES = Integer.getInteger("turnstile.test.loads", 100);

    /**
     * Two things are the Rust plugin's own. Tokio, which it runs on, keeps a pair of sockets for signals in a static: one for each load. Rust's runtime takes one
     * of the process's 1,024 thread-local keys for each load, and ends the JVM if there is none left; hence the most loads of each kind.
     */
    @ParameterizedTest
    @CsvSource({"turnstile_demo, turnstile-demo.rbp, 0, 1000", "sync_demo, sync-demo.rbp, 2, 200"})
    void endedLoads_leaveTheirCodeAlone(
            String library, String bundle, String ownDescriptors, int most, @TempDir Path place) throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/maps")), "this system tells what a process has");
        Path file = TestPlugins.library(library);
        assumeTrue(Files.exists(file), () -> file + " is there");
        ChildJvm.Result result = ChildJvm.run(
                List.of("-Xmx256m", "-D" + ExtractedLibrary.DIRECTORY_PROPERTY + "=" + place),
                LoadsProgram.class,
                file.toString(),
                file.resolveSibling(bundle).toString(),
                Integer.toString(Math.min(TIMES, most)),
                ownDescriptors);

        assertEquals(0, result.exitCode(), result.output());
    }
}
