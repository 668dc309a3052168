package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.turnstile.RestartPolicy;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.ExtractionPlace;
import dev.turnstile.testing.Holdings;
import dev.turnstile.testing.Leftovers;
import dev.turnstile.testing.ProcessesGone;
import dev.turnstile.testing.TestPlugins;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Processes come and go, and leave nothing: no process, descriptor, file or mapping. {@code -Dturnstile.test.cycles=1000} has them do so more often.
 */
@Tag("slow")
@Tag("any-java")
class IsolatedCyclesTest {
    private static final RestartPolicy RESTARTS =
            RestartPolicy.limited(1_000_000, Duration.ofDays(1)).withDelays(Duration.ZERO, Duration.ZERO);

    @RegisterExtension
    @Order(1)
    final ExtractionPlace place = new ExtractionPlace();

    @RegisterExtension
    @Order(2)
    final ProcessesGone processes = new ProcessesGone();

    @RegisterExtension
    @Order(3)
    final Audit audit = new Audit();

    private static int cycles(Host host) {
        return Integer.getInteger("turnstile.test.cycles", host.isNative() ? 50 : 2);
    }

    private static SynchronizedPlugin load(Host host) throws InterruptedException {
        PluginOptions options = PluginOptions.defaults()
                .withIsolation(host.isolation())
                .withGate(TurnstileOptions.defaults().withRestarts(RESTARTS));
        return SynchronizedPlugin.load(TestPlugins.library("crashes"), PluginConfig.defaults(), options);
    }

    private static void startAndClose(Host host) throws InterruptedException {
        try (SynchronizedPlugin plugin = load(host)) {
            assertEquals("1", plugin.call("echo", "1"));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void startedAndClosed_leavesNothing(Host host) throws Exception {
        startAndClose(host);
        Holdings before = Holdings.of(place.path());
        for (int i = 0; i < cycles(host); i++) {
            startAndClose(host);
            assertEquals(List.of(), place.extracted());
            assertEquals(List.of(), Leftovers.openFiles(place.path()));
        }
        Holdings.awaitNoMoreThan(before, place.path());
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void crashedAndReplaced_leavesNothing(Host host) throws Exception {
        startAndClose(host);
        Holdings before = Holdings.of(place.path());
        try (SynchronizedPlugin plugin = load(host)) {
            for (int i = 0; i < cycles(host); i++) {
                assertThrows(PluginCrashedException.class, () -> plugin.call("segv", "{}"));
                assertEquals("1", plugin.call("echo", "1"));
                assertEquals(2, place.extracted().size(), "the copy of the library, and the process's own directory");
                assertEquals(1, ProcessesGone.running().size());
            }
        }
        Holdings.awaitNoMoreThan(before, place.path());
    }
}
