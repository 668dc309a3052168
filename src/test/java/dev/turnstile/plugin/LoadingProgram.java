package dev.turnstile.plugin;

import dev.turnstile.testing.TestPlugins;

/** Run by {@link LoadingTest} in a JVM that denies native access: prints how the load of a good plugin ended. */
final class LoadingProgram {
    private LoadingProgram() {}

    public static void main(String[] arguments) {
        for (int i = 1; i <= 2; i++) { // the second try must not meet a class that the first has broken
            try (NativePlugin plugin = NativePlugin.load(TestPlugins.demo())) {
                System.out.println("try " + i + ": loaded " + plugin);
            } catch (PluginLoadException denied) {
                System.out.println("try " + i + ": refused: " + denied.getMessage());
            }
        }
    }
}
