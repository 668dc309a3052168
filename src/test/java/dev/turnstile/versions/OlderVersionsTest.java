package dev.turnstile.versions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The library is compiled once, and runs with the versions of others' libraries that an application brings, or says which it needs. */
@Tag("slow")
class OlderVersionsTest {
    private static final Path OLDER = Path.of(System.getProperty("turnstile.older.versions", "target/older-versions"));

    /** Runs the program with the older one of each library whose name begins so. */
    private static ChildJvm.Result runWith(String... older) throws IOException, InterruptedException {
        List<String> classPath =
                new ArrayList<>(List.of(System.getProperty("java.class.path").split(File.pathSeparator)));
        for (String name : older) {
            assertTrue(classPath.removeIf(entry -> isVersionOf(name, Path.of(entry))), name);
            try (Stream<Path> files = Files.list(OLDER)) {
                classPath.add(files.filter(file -> isVersionOf(name, file))
                        .findFirst()
                        .orElseThrow()
                        .toString());
            }
        }
        return ChildJvm.run(List.of(), String.join(File.pathSeparator, classPath), VersionsProgram.class.getName());
    }

    private static boolean isVersionOf(String library, Path file) {
        return file.getFileName().toString().matches(library + "-[0-9].*\\.jar");
    }

    private static void assertWorks(ChildJvm.Result result) {
        assertEquals(0, result.exitCode(), result.output());
        for (String said : List.of("Echo[message=hello, length=5]", "completed 1.0", "restarts 0.0")) {
            assertTrue(result.output().contains(said), result.output());
        }
        assertTrue(result.output().contains("turnstile_demo - started"), "the plugin's log line: " + result.output());
    }

    @Test
    void versionsOfTheBuild_work() throws Exception {
        assertWorks(runWith());
    }

    /** As Flink brings it. */
    @Test
    void slf4j17_works() throws Exception {
        assertWorks(runWith("slf4j-api", "slf4j-simple"));
    }

    /** As Spring Boot 3.5 manages it. */
    @Test
    void micrometer115_works() throws Exception {
        assertWorks(runWith("micrometer-core", "micrometer-commons", "micrometer-observation"));
    }

    /** As Spring Boot 3.5 manages them: Jackson 3 does not run with them. */
    @Test
    void olderAnnotationsOfJackson_areNamed() throws Exception {
        ChildJvm.Result result = runWith("jackson-annotations");

        assertEquals(1, result.exitCode());
        assertTrue(
                result.output().contains("java.lang.LinkageError: The versions of Jackson do not fit together"),
                result.output());
        assertTrue(result.output().contains("jackson-annotations-2.19.4.jar"), result.output());
        assertTrue(result.output().contains("2.22 or newer"), result.output());
    }
}
