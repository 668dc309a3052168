package dev.turnstile.plugin;

import dev.turnstile.testing.TestPlugins;
import java.nio.file.Path;

/** Loads an isolated plugin in the way of a {@link Host}, and prints what comes of a call. */
public final class IsolatedProgram {
    private IsolatedProgram() {}

    public static void main(String[] arguments) throws Exception {
        PluginOptions options = Host.valueOf(arguments[0]).options().withLibraryInPlace(true);
        Path library = TestPlugins.library("crashes");
        try (SynchronizedPlugin plugin = SynchronizedPlugin.load(library, PluginConfig.defaults(), options)) {
            System.out.println("answered: " + plugin.call("echo", "1"));
        } catch (PluginLoadException refused) {
            System.out.println("refused: " + refused.getMessage());
        }
    }
}
