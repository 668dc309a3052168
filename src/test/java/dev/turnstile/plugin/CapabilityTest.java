package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.turnstile.testing.TestPlugins;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** The optional exports: a plugin without them loads and answers JSON calls, and says what it lacks when that is wanted. */
class CapabilityTest {
    private static final String JSON = "{\"a\":1}";

    @TempDir
    private Path directory;

    @Test
    void completePlugin_hasEveryCapability() {
        try (NativePlugin plugin = NativePlugin.load(TestPlugins.demo())) {
            assertEquals(EnumSet.allOf(Capability.class), plugin.capabilities());
        }
    }

    @Test
    void capabilities_cannotBeChanged() {
        try (NativePlugin plugin = NativePlugin.load(TestPlugins.demo())) {
            Set<Capability> capabilities = plugin.capabilities();

            assertThrows(UnsupportedOperationException.class, capabilities::clear);
        }
    }

    @Test
    void minimalPlugin_hasNoCapabilityAndAnswersJsonCalls() {
        try (NativePlugin plugin = NativePlugin.load(TestPlugins.library("minimal"))) {
            assertEquals(Set.of(), plugin.capabilities());
            assertEquals(JSON, plugin.call("any", JSON));
        }
    }

    @Test
    void missingCapability_whenUsed_namesItsExports() {
        try (NativePlugin plugin = NativePlugin.load(TestPlugins.library("minimal"))) {
            assertMissing("plugin_call_raw with rb_response_free", () -> plugin.callRaw(1, new byte[0]));
            assertMissing("plugin_set_log_level", () -> plugin.setLogLevel(LogLevel.WARN));
            assertMissing("plugin_get_state", plugin::state);
            assertMissing("plugin_get_rejected_count", plugin::rejectedCount);

            assertEquals(JSON, plugin.call("any", JSON), "and it still answers");
        }
    }

    /** What a raw call returned could not be given back: so there are none. */
    @Test
    void rawCallsWithoutTheirFree_areMissing() {
        try (NativePlugin plugin = NativePlugin.load(TestPlugins.library("raw_without_free"))) {
            assertEquals(Set.of(), plugin.capabilities());
            UnsupportedOperationException missing =
                    assertThrows(UnsupportedOperationException.class, () -> plugin.callRaw(1, new byte[0]));
            assertEquals(
                    "The plugin " + System.mapLibraryName("raw_without_free")
                            + " does not export plugin_call_raw with rb_response_free",
                    missing.getMessage());
            assertEquals(JSON, plugin.call("any", JSON));
        }
    }

    @Test
    void factoryPlugin_isCreatedAndInitialisedWithTheConfig() {
        PluginConfig config = PluginConfig.defaults()
                .withData(Map.of("greeting", "h\u00e9llo"))
                .withInitParams(Map.of("size", 3))
                .withWorkerThreads(2)
                .withLogLevel(LogLevel.WARN)
                .withMaxConcurrentOps(0);
        String json = "{\"data\":{\"greeting\":\"h\u00e9llo\"},\"init_params\":{\"size\":3},\"worker_threads\":2,"
                + "\"log_level\":\"warn\",\"max_concurrent_ops\":0}";

        assertEquals(created("plugin_create_with_config", json), configSeenByTheFactory(config));
    }

    @Test
    void factoryPlugin_withDefaults_isCreatedWithAnEmptyObject() {
        assertEquals(created("plugin_create_with_config", "{}"), configSeenByTheFactory(PluginConfig.defaults()));
    }

    private String configSeenByTheFactory(PluginConfig config) {
        Path library = TestPlugins.privateCopy("factory", directory);
        try (NativePlugin plugin = NativePlugin.load(library, config, PluginLogListener.slf4j())) {
            return plugin.call("config", "{}");
        }
    }

    private static String created(String by, String config) {
        return "{\"created_by\":\"" + by + "\",\"create_config\":" + config + ",\"init_config\":" + config + "}";
    }

    private static void assertMissing(String exports, Executable use) {
        UnsupportedOperationException missing = assertThrows(UnsupportedOperationException.class, use);
        assertEquals(
                "The plugin " + System.mapLibraryName("minimal") + " does not export " + exports, missing.getMessage());
    }
}
