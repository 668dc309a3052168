package dev.turnstile.plugin;

import java.nio.file.Path;

/** What comes of loading a plugin, in words, for programs whose output a test reads. */
final class LoadOutcome {
    private LoadOutcome() {}

    /** Loads a plugin and closes it. */
    static String of(Path library) {
        try {
            NativePlugin.load(library).close();
            return "loaded";
        } catch (PluginLoadException refused) {
            return "not loaded, " + refused.getMessage();
        }
    }
}
