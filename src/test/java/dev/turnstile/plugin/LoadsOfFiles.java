package dev.turnstile.plugin;

import dev.turnstile.RestartPolicy;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.ExtractionPlace;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What tests have that load bare libraries: a directory for those, and the place of the copies, in which nothing is left. */
abstract class LoadsOfFiles {
    static final PluginConfig CONFIG = PluginConfig.defaults();

    @RegisterExtension
    @Order(1)
    final ExtractionPlace place = new ExtractionPlace();

    @RegisterExtension
    @Order(2)
    final Audit audit = new Audit();

    @TempDir
    Path directory;

    static PluginOptions healing(PluginOptions options) {
        return options.withGate(options.gate().withRestarts(RestartPolicy.limited(1, Duration.ofMinutes(1))));
    }
}
