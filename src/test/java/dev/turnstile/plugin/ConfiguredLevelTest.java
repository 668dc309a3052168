package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.TestPlugins;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The level of the configuration holds from the start on, also where the plugin does not look at it then. */
class ConfiguredLevelTest {
    private static String level(GuardedPlugin plugin) throws InterruptedException {
        return plugin.call("level", "{}");
    }

    /** The plugin's start does not look at it. */
    @Test
    void levelOfTheConfiguration_isThatOfAPluginThatIgnoresItAtItsStart(@TempDir Path directory) throws Exception {
        Path library = TestPlugins.privateCopy("late_level", directory);
        PluginConfig config = PluginConfig.defaults().withLogLevel(LogLevel.WARN);
        try (NativePlugin plugin = NativePlugin.load(library, config, PluginLogListener.slf4j())) {
            assertEquals("3", plugin.call("level", "{}"));
        }
    }

    @Test
    void levelOfTheConfiguration_isThatOfAFileThatWasLoadedBefore(@TempDir Path directory) throws Exception {
        Path library = TestPlugins.privateCopy("late_level", directory);
        try (SynchronizedPlugin before = TestPlugins.loadInPlace(library)) {
            before.setLogLevel(LogLevel.ERROR);
            assertEquals("4", level(before));
        }
        try (SynchronizedPlugin plugin = SynchronizedPlugin.load(
                library, PluginConfig.defaults().withLogLevel(LogLevel.DEBUG), TestPlugins.IN_PLACE)) {
            assertEquals("1", level(plugin));
        }
    }

    @Test
    void configurationWithoutALevel_leavesItToThePlugin(@TempDir Path directory) throws Exception {
        Path library = TestPlugins.privateCopy("late_level", directory);
        try (SynchronizedPlugin plugin = SynchronizedPlugin.load(library)) {
            assertEquals("2", level(plugin));
        }
    }

    @Test
    void levelOfTheConfiguration_ofAPluginThatCannotBeToldOne_isNoError() throws Exception {
        PluginConfig config = PluginConfig.defaults().withLogLevel(LogLevel.WARN);
        try (SynchronizedPlugin plugin =
                SynchronizedPlugin.load(TestPlugins.library("minimal"), config, PluginOptions.defaults())) {
            assertEquals("{}", plugin.call("any", "{}"));
        }
    }

    @Test
    void levelOfTheConfiguration_isThatOfASwappedInPlugin_ifNoneWasSet() throws Exception {
        try (SynchronizedPlugin plugin = SynchronizedPlugin.load(TestPlugins.demo())) {
            plugin.swap(
                    TestPlugins.library("late_level"),
                    PluginConfig.defaults().withLogLevel(LogLevel.ERROR),
                    PluginWarmUp.none(),
                    Audit.PATIENCE);
            assertEquals("4", level(plugin));
            plugin.setLogLevel(LogLevel.WARN);
            plugin.swap(
                    TestPlugins.library("late_level"),
                    PluginConfig.defaults().withLogLevel(LogLevel.ERROR),
                    PluginWarmUp.none(),
                    Audit.PATIENCE);
            assertEquals("3", level(plugin));
        }
    }
}
