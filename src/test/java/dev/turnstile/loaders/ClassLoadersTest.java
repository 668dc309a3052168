package dev.turnstile.loaders;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.turnstile.testing.ChildJvm;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An application that has closed its plugins lets its class loader go: neither the log callback of a library, which is never freed, nor a thread, nor a cache
 * holds it; not while a flight recording runs either.
 */
@Tag("slow")
class ClassLoadersTest {
    /** In a JVM of its own, since other tests' frameworks keep classes. */
    @ParameterizedTest
    @EnumSource
    void loaderOfAnApplicationThatHasClosedItsPlugins_isCollected(LoaderKind kind) throws Exception {
        ChildJvm.Result result = ChildJvm.run(
                List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"), LoadersProgram.class, kind.name());

        assertEquals(0, result.exitCode(), result.output());
        assertEquals(
                List.of("collected", "collected, recorded"),
                result.output()
                        .lines()
                        .filter(line -> line.startsWith("collected"))
                        .toList(),
                result.output());
    }
}
