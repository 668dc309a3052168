package dev.turnstile.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.faults.play.Plays;
import dev.turnstile.testing.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Promises 6, 7, 8, 10 and 11 wherever something may throw: the log, a listener, an action, a source of resources or of time, and whatever needs
 * memory. The points are found in the gate's own code, and each one that a scenario passes throws in a run of its own; see {@link FaultRuns}, which plays
 * all scenarios in one other JVM, in this order.
 */
@Tag("slow")
@Tag("any-java")
class ThrowingPointsTest {
    private static final Path REPORT =
            Path.of(System.getProperty("turnstile.basedir", "."), "target", "throwing-points.txt");

    /** How each scenario ended, as soon as it has. */
    private static final Map<String, CompletableFuture<String>> ENDS = new ConcurrentHashMap<>();

    private static Process runs;

    static List<String> scenarios() {
        return new Plays().scenarios();
    }

    @BeforeAll
    static void begin() throws IOException {
        Files.createDirectories(REPORT.getParent());
        scenarios().forEach(scenario -> ENDS.put(scenario, new CompletableFuture<>()));
        runs = ChildJvm.start(
                List.of(
                        "-XX:TieredStopAtLevel=1", // its classes are loaded anew again and again
                        "-Dslf4j.provider=" + SilentLogging.class.getName(),
                        "-Dslf4j.internal.verbosity=WARN",
                        "-Djdk.trackAllThreads=false", // so that what hangs, and nobody knows, is collected
                        "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED"),
                FaultRuns.class,
                REPORT.toString());
        Thread.ofPlatform().daemon().name("reads the ends of scenarios").start(ThrowingPointsTest::read);
    }

    @AfterAll
    static void end() {
        runs.destroyForcibly();
    }

    private static void read() {
        try (BufferedReader lines = runs.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(FaultRuns.END + " ")) {
                    String[] words = line.split(" ", 3);
                    ENDS.get(words[1]).complete(words[2]);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            String end = "the runs ended before that, with exit code "
                    + runs.onExit().join().exitValue();
            ENDS.values().forEach(scenario -> scenario.complete(end));
        }
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void scenario_whereEachPointThrows_breaksNoPromise(String scenario) throws Exception {
        String end = ENDS.get(scenario).get();
        assertTrue(end.startsWith("0 findings"), () -> end + "; all of it is in " + REPORT + ":\n" + head());
    }

    private static String head() {
        try {
            return Files.readAllLines(REPORT).stream().limit(200).collect(Collectors.joining("\n"));
        } catch (IOException none) {
            return "";
        }
    }
}
