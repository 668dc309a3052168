package dev.turnstile.versions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The library is compiled once, and runs with the versions of others' libraries that a framework manages, or says which it needs. */
@Tag("slow")
class FrameworkVersionsTest {
    private static final Path BROUGHT =
            Path.of(System.getProperty("turnstile.framework.versions", "target/framework-versions"));

    private static final String ANNOTATIONS = "jackson-annotations";

    /** What each manages, by its bill of materials; what it leaves to the application is {@code ""}. */
    enum Framework {
        FLINK_2("1.7.36", "", "", ""),
        SPRING_BOOT_3_5_8("2.0.17", "2.19.4", "", "1.15.6"),
        SPRING_BOOT_4_0_0("2.0.17", "2.20", "3.0.2", "1.16.0"),
        SPRING_BOOT_4_1_0("2.0.18", "2.21", "3.1.4", "1.17.0"),
        QUARKUS_3_33_2("2.0.17", "2.21", "", "1.16.3"),
        MICRONAUT_4_10_0("2.0.17", "2.19.2", "", "1.15.4");

        private final String slf4j;
        private final String annotations;
        private final String jackson;
        private final String micrometer;

        Framework(String slf4j, String annotations, String jackson, String micrometer) {
            this.slf4j = slf4j;
            this.annotations = annotations;
            this.jackson = jackson;
            this.micrometer = micrometer;
        }

        /** Whether its annotations are those of the Jackson 2 that it uses itself. */
        boolean hasAnnotationsOfJackson2() {
            return !annotations.isEmpty() && jackson.isEmpty();
        }

        /** By the names of the libraries. */
        Map<String, String> versions() {
            Map<String, String> versions = versionsButForAnnotations();
            if (!annotations.isEmpty()) {
                versions.put(ANNOTATIONS, annotations);
            }
            return versions;
        }

        /** Jackson 3 needs the annotations of its time. */
        Map<String, String> versionsButForAnnotations() {
            Map<String, String> versions = new TreeMap<>();
            for (String library : List.of("slf4j-api", "slf4j-simple")) {
                versions.put(library, slf4j);
            }
            for (String library : List.of("jackson-core", "jackson-databind")) {
                versions.put(library, jackson);
            }
            for (String library : List.of("micrometer-commons", "micrometer-core", "micrometer-observation")) {
                versions.put(library, micrometer);
            }
            versions.values().removeIf(String::isEmpty);
            return versions;
        }
    }

    /** Runs the program with other versions of some libraries than those of the build. */
    private static ChildJvm.Result runWith(Map<String, String> versions) throws IOException, InterruptedException {
        List<String> classPath =
                new ArrayList<>(List.of(System.getProperty("java.class.path").split(File.pathSeparator)));
        versions.forEach((library, version) -> {
            assertTrue(
                    classPath.removeIf(
                            entry -> Path.of(entry).getFileName().toString().matches(library + "-[0-9].*\\.jar")),
                    library);
            classPath.add(BROUGHT.resolve(library + "-" + version + ".jar").toString());
        });
        return ChildJvm.run(List.of(), String.join(File.pathSeparator, classPath), VersionsProgram.class.getName());
    }

    private static void assertWorks(ChildJvm.Result result) {
        assertEquals(0, result.exitCode(), result.output());
        for (String said : List.of("Echo[message=hello, length=5]", "completed 1.0", "restarts 0.0")) {
            assertTrue(result.output().contains(said), result.output());
        }
        assertTrue(result.output().contains("turnstile_demo - started"), "the plugin's log line: " + result.output());
    }

    private static Stream<Framework> withAnnotationsOfJackson2() {
        return Stream.of(Framework.values()).filter(Framework::hasAnnotationsOfJackson2);
    }

    private static Stream<Framework> others() {
        return Stream.of(Framework.values()).filter(framework -> !framework.hasAnnotationsOfJackson2());
    }

    @Test
    void versionsOfTheBuild_work() throws Exception {
        assertWorks(runWith(Map.of()));
    }

    @ParameterizedTest
    @MethodSource("others")
    void versionsOfAFramework_work(Framework framework) throws Exception {
        assertWorks(runWith(framework.versions()));
    }

    @ParameterizedTest
    @MethodSource("withAnnotationsOfJackson2")
    void annotationsThatAreTooOld_areNamed_andWithOthersItWorks(Framework framework) throws Exception {
        ChildJvm.Result result = runWith(framework.versions());

        assertEquals(1, result.exitCode(), result.output());
        String older = ANNOTATIONS + "-" + framework.versions().get(ANNOTATIONS) + ".jar";
        for (String said : List.of(
                "java.lang.LinkageError: The versions of Jackson do not fit together",
                older,
                "Jackson 3.2 needs jackson-annotations 2.22 or newer")) {
            assertTrue(result.output().contains(said), result.output());
        }
        assertWorks(runWith(framework.versionsButForAnnotations()));
    }
}
