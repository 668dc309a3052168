package dev.turnstile.plugin;

import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.testing.TestPlugins;
import java.util.List;

/** Run in a JVM that denies native access: prints how the load of a good plugin, or a bundle with it, ended. */
final class LoadingProgram {
    private LoadingProgram() {}

    public static void main(String[] arguments) {
        boolean bundle = List.of(arguments).contains("bundle");
        for (int i = 1; i <= 2; i++) { // the second try must not meet a class that the first has broken
            try (NativePlugin plugin = bundle ? load() : NativePlugin.load(TestPlugins.demo())) {
                System.out.println("try " + i + ": loaded " + plugin);
            } catch (PluginLoadException denied) {
                System.out.println("try " + i + ": refused: " + denied.getMessage());
            }
        }
    }

    private static NativePlugin load() {
        return NativePlugin.load(Bundle.open(TestPlugins.bundle(), BundleTrust.signedBy(TestPlugins.key())));
    }
}
