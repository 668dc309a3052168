package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.turnstile.bundle.ExtractedLibrary;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.ChildJvm;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.ExtractionPlace;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** However the application ends, the process of its plugin ends as well, whatever that is doing, and so does a spare one, and they leave nothing. */
@Tag("slow")
@Tag("any-java")
class OrphanTest {
    @RegisterExtension
    final ExtractionPlace place = new ExtractionPlace();

    static Stream<Arguments> ends() {
        return Host.processes()
                .flatMap(host -> Stream.of("echo", "loop", "hang", "exit", "crash")
                        .filter(what -> isByFutex(host) || what.equals("hang")) // what it waits for matters
                        .map(what -> Arguments.of(host, what)));
    }

    private static boolean isByFutex(Host host) {
        return host == Host.JAVA_BY_FUTEX || host == Host.NATIVE_BY_FUTEX;
    }

    @ParameterizedTest
    @MethodSource("ends")
    void process_endsWithTheApplication(Host host, String what) throws Exception {
        Process application = ChildJvm.start(
                List.of(
                        "-D" + ExtractedLibrary.DIRECTORY_PROPERTY + "=" + place.path(),
                        "-XX:-CreateCoredumpOnCrash",
                        "-XX:ErrorFile=/dev/null"),
                OrphanProgram.class,
                host.name(),
                what);
        try (BufferedReader output = application.inputReader()) {
            ProcessHandle child =
                    ProcessHandle.of(Long.parseLong(output.readLine())).orElseThrow();
            if (Files.exists(Path.of("/proc/self/stat"))) {
                assertNotEquals(session(application.pid()), session(child.pid()), "Ctrl-C does not reach it");
            }
            if (!what.equals("exit") && !what.equals("crash")) {
                application.destroyForcibly();
            }
            child.onExit().get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } finally {
            application.destroyForcibly();
        }
        Eventually.isTrue("nothing is left", () -> place.extracted().isEmpty());
    }

    /** The sixth field; the second one, a name in parentheses, has no blanks here. */
    private static String session(long pid) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/stat")).split(" ", -1)[5];
    }
}
