package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.testing.LibraryLog;
import dev.turnstile.testing.TestPlugins;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A logger that always throws keeps no bundle from being opened, and no plugin from being loaded, called, swapped and closed. */
class NoLogTest {
    private static final String HI = "{\"message\":\"hi\"}";

    @RegisterExtension
    final LibraryLog log = new LibraryLog();

    @Test
    void loggerThatAlwaysThrows_harmsNoPlugin() throws Exception {
        log.failAlways();
        Bundle bundle = Bundle.open(TestPlugins.bundle(), BundleTrust.signedBy(TestPlugins.key()));

        try (var plugin = SynchronizedPlugin.load(bundle, PluginConfig.defaults(), PluginOptions.defaults())) {
            String answer = plugin.call("echo", HI);
            plugin.setLogLevel(LogLevel.TRACE);
            assertEquals(1, plugin.swap(bundle).switched());
            assertEquals(answer, plugin.call("echo", HI));
            assertTrue(plugin.close(Duration.ofSeconds(10)).resourceClosed());
        }

        assertTrue(log.failures() > 0, "it was asked to log something");
    }
}
