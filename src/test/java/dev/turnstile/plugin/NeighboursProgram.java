package dev.turnstile.plugin;

import java.nio.file.Path;

/** Loads a copy of a library and says what it answers, or why it is not loaded. */
final class NeighboursProgram {
    private NeighboursProgram() {}

    public static void main(String[] arguments) {
        try (NativePlugin plugin = NativePlugin.load(Path.of(arguments[0]))) {
            System.out.println("answers " + plugin.call("any", "1"));
        } catch (PluginLoadException refused) {
            System.out.println(refused.getMessage());
        }
    }
}
