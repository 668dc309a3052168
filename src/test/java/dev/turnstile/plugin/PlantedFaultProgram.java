package dev.turnstile.plugin;

import dev.turnstile.testing.TestPlugins;

/** Makes one call of a mistake in {@code src/test/c/planted.c}: a sanitizer under the JVM must end it ({@code scripts/sanitize}). */
final class PlantedFaultProgram {
    private PlantedFaultProgram() {}

    /** As long as the binding's smallest buffer, so that the byte behind it is nobody's. */
    private static final String REQUEST = "x".repeat(256);

    public static void main(String[] arguments) {
        try (NativePlugin plugin = NativePlugin.load(TestPlugins.library("planted"))) {
            System.out.println("nothing happened, the answer is " + plugin.call(arguments[0], REQUEST));
        }
    }
}
