package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The settings of a plugin's process. */
class IsolationTest {
    private static final Path FILE = Path.of("file");

    @Test
    void settings_areThoseThatWereSet() {
        Isolation isolation = Isolation.process()
                .withKillAfter(Duration.ofSeconds(3))
                .withJvmArguments("-Xmx64m", "-ea")
                .withClassPath(FILE)
                .withCommandPrefix("nice", "-n5")
                .withEnvironment("A", "1")
                .withEnvironment("B", null)
                .withWorkingDirectory(FILE)
                .withCrashFiles(FILE)
                .withNativeHost(FILE)
                .withSpareProcess(true)
                .withMemoryLimit(64)
                .withRecycleAfterCalls(7)
                .withRecycleAfterRest(Duration.ofHours(1))
                .withRecycleAboveMemory(65);

        assertTrue(isolation.isProcess());
        assertEquals(Optional.of(Duration.ofSeconds(3)), isolation.killAfter());
        assertEquals(List.of("-Xmx64m", "-ea"), isolation.jvmArguments());
        assertEquals(List.of(FILE), isolation.classPath());
        assertEquals(List.of("nice", "-n5"), isolation.commandPrefix());
        assertEquals("1", isolation.environment().get("A"));
        assertTrue(isolation.environment().containsKey("B"));
        assertEquals(Optional.of(FILE), isolation.workingDirectory());
        assertEquals(Optional.of(FILE), isolation.crashFiles());
        assertEquals(Optional.of(FILE), isolation.nativeHost());
        assertTrue(isolation.hasSpareProcess());
        assertEquals(OptionalLong.of(64), isolation.memoryLimit());
        assertEquals(OptionalLong.of(7), isolation.recycleAfterCalls());
        assertEquals(Optional.of(Duration.ofHours(1)), isolation.recycleAfterRest());
        assertEquals(OptionalLong.of(65), isolation.recycleAboveMemory());
    }

    @Test
    void defaults_areNoneOfThat() {
        assertFalse(Isolation.none().isProcess());
        assertEquals("Isolation[none]", Isolation.none().toString());
        assertEquals(Optional.empty(), Isolation.process().killAfter());
        assertEquals(Long.MAX_VALUE, Isolation.process().killAfterNanos());
        assertEquals(Map.of(), Isolation.process().environment());
        assertEquals(List.of(), Isolation.process().jvmArguments());
        assertFalse(Isolation.process().hasSpareProcess());
        assertEquals(OptionalLong.empty(), Isolation.process().memoryLimit());
        assertEquals(OptionalLong.empty(), Isolation.process().recycleAfterCalls());
        assertEquals(Optional.empty(), Isolation.process().recycleAfterRest());
        assertEquals(OptionalLong.empty(), Isolation.process().recycleAboveMemory());
    }

    @Test
    void limitOfNothing_isRefused() {
        assertEquals(
                "killAfter is PT0S, but must be more than zero",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Isolation.process().withKillAfter(Duration.ZERO))
                        .getMessage());
        assertEquals(
                "memoryLimit is 0, but must be more than zero bytes",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Isolation.process().withMemoryLimit(0))
                        .getMessage());
        assertEquals(
                "recycleAfterCalls is 0, but must be 1 or more",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Isolation.process().withRecycleAfterCalls(0))
                        .getMessage());
        assertEquals(
                "recycleAfterRest is PT0S, but must be more than zero",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Isolation.process().withRecycleAfterRest(Duration.ZERO))
                        .getMessage());
        assertEquals(
                "recycleAboveMemory is -1, but must be more than zero bytes",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Isolation.process().withRecycleAboveMemory(-1))
                        .getMessage());
        assertEquals(
                Long.MAX_VALUE,
                Isolation.process()
                        .withKillAfter(Duration.ofSeconds(Long.MAX_VALUE))
                        .killAfterNanos());
    }
}
