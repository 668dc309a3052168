package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.TestPlugins;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The instances of one file share its log callback; no instance that comes or goes takes the lines of another. */
class SharedFileLogTest {
    private final Queue<String> first = new ConcurrentLinkedQueue<>();
    private final Queue<String> second = new ConcurrentLinkedQueue<>();
    private Path library;

    @BeforeEach
    void copyThePlugin(@TempDir Path directory) {
        library = TestPlugins.privateCopy("turnstile_demo", directory);
    }

    private NativePlugin load(Queue<String> lines, PluginConfig config) {
        return NativePlugin.loadInPlace(library, config, line -> lines.add(line.message()));
    }

    private static void log(NativePlugin plugin, String from, String message) {
        plugin.call("log", "{\"from\":\"" + from + "\",\"message\":\"" + message + "\"}");
    }

    private static void await(Queue<String> lines, String... expected) {
        Eventually.isTrue("so many lines: " + expected.length, () -> lines.size() >= expected.length);
        assertEquals(List.of(expected), List.copyOf(lines));
    }

    /** The listener of an instance that never started got the lines of the one that lived. */
    @ParameterizedTest
    @ValueSource(strings = {"caller", "thread"})
    void lines_afterAnotherInstanceFailedToStart_goToTheOneThatLives(String from) {
        PluginConfig failing = PluginConfig.defaults().withInitParams(Map.of("fail_init", true));
        try (NativePlugin plugin = load(first, PluginConfig.defaults())) {
            assertThrows(PluginLoadException.class, () -> load(second, failing));
            log(plugin, from, "mine");

            await(first, "started", "mine");
            await(second, "init failed: init_params.fail_init is true");
        }
    }

    /** The callback is the file's: the shutdown of one takes it away, so the next one brings it back. */
    @Test
    void lines_afterAnotherInstanceOfThisThreadWasClosed_goToTheOneThatLives() {
        Queue<String> third = new ConcurrentLinkedQueue<>();
        try (NativePlugin plugin = load(first, PluginConfig.defaults())) {
            load(second, PluginConfig.defaults()).close();
            NativePlugin last = load(third, PluginConfig.defaults());
            log(plugin, "thread", "of the last one");
            await(third, "started", "of the last one");
            await(second, "started", "stopping");
            last.close();
            await(third, "started", "of the last one", "stopping");
            await(first, "started");
        }
    }
}
