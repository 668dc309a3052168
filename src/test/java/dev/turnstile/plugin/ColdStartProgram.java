package dev.turnstile.plugin;

import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.bundle.MinisignPublicKey;
import java.nio.file.Path;
import java.util.Map;

/** Opens a signed bundle and makes a text call; then, if it is told to, a typed one. */
final class ColdStartProgram {
    private ColdStartProgram() {}

    public static void main(String[] arguments) throws Exception {
        BundleTrust trust = BundleTrust.signedBy(MinisignPublicKey.read(Path.of(arguments[1])));
        PluginConfig config =
                PluginConfig.defaults().withLogLevel(LogLevel.WARN).withWorkerThreads(1);
        try (SynchronizedPlugin plugin =
                SynchronizedPlugin.load(Bundle.open(Path.of(arguments[0]), trust), config, PluginOptions.defaults())) {
            System.out.println(plugin.call("echo", "{\"message\":\"hi\"}"));
            if (arguments.length > 2) {
                System.out.println(plugin.call("echo", Map.of("message", "hi"), Map.class));
            }
        }
    }
}
