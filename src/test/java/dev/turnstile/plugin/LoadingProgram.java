package dev.turnstile.plugin;

import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.testing.TestPlugins;

/** Run in a JVM that denies native access: prints how the load of a good plugin, of a bundle with it, or of a copy, ended. */
final class LoadingProgram {
    private LoadingProgram() {}

    public static void main(String[] arguments) {
        String what = arguments.length == 0 ? "library" : arguments[0];
        for (int i = 1; i <= 2; i++) { // the second try must not meet a class that the first has broken
            try (NativePlugin plugin = load(what)) {
                System.out.println("try " + i + ": loaded " + plugin);
            } catch (PluginLoadException denied) {
                System.out.println("try " + i + ": refused: " + denied.getMessage());
            }
        }
    }

    private static NativePlugin load(String what) {
        return switch (what) {
            case "bundle" ->
                NativePlugin.load(Bundle.open(TestPlugins.bundle(), BundleTrust.signedBy(TestPlugins.key())));
            case "copy" -> NativePlugin.load(TestPlugins.demo());
            default -> NativePlugin.loadInPlace(TestPlugins.demo());
        };
    }
}
