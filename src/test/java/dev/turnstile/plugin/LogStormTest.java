package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A listener that does not keep up costs lines, never calls: what is too much is dropped, and the newest lines at that. */
class LogStormTest {
    private static final int STORM = LogDelivery.CAPACITY + 1000;

    @RegisterExtension
    final Audit audit = new Audit();

    @TempDir
    Path directory;

    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final Queue<String> delivered = new ConcurrentLinkedQueue<>();
    private NativeProbe probe;
    private SynchronizedPlugin plugin;

    /** The listener has the plugin's first line in hand, and does not give it back. */
    @BeforeEach
    void load() throws InterruptedException {
        Path library = TestPlugins.privateCopy("turnstile_demo", directory);
        probe = new NativeProbe(library);
        plugin = audit.watch(SynchronizedPlugin.load(
                library, PluginConfig.defaults(), TestPlugins.IN_PLACE.withLogListener(this::holdThenRemember)));
        entered.await();
    }

    @AfterEach
    void letGo() {
        release.countDown();
    }

    private void holdThenRemember(PluginLogLine line) {
        entered.countDown();
        try {
            release.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        delivered.add(line.message());
    }

    private void log(String from, String message, int count) throws InterruptedException {
        Map<String, Object> request = Map.of("from", from, "message", message, "count", count);
        assertEquals(Map.of("lines", count), plugin.call("log", request, Map.class));
    }

    private void awaitDelivered(String message) {
        Eventually.isTrue(message, () -> delivered.contains(message));
    }

    @Test
    void stormFromTheCallersThread_keepsTheFirstLinesAndDropsTheRest() throws Exception {
        log("caller", "kept", LogDelivery.CAPACITY);
        log("caller", "dropped", 1000);
        assertEquals(
                Map.of("message", "calls go on", "length", 11),
                plugin.call("echo", Map.of("message", "calls go on"), Map.class));
        assertEquals(1 + STORM, probe.count("log_lines"));
        assertEquals(List.of(), List.copyOf(delivered));
        release.countDown();
        Eventually.isTrue("the kept lines", () -> delivered.size() == 1 + LogDelivery.CAPACITY);
        log("caller", "new", 1);
        awaitDelivered("new");

        assertEquals(1 + LogDelivery.CAPACITY + 1, delivered.size());
        assertEquals(
                LogDelivery.CAPACITY,
                delivered.stream().filter(message -> message.equals("kept")).count());
    }

    @Test
    void stormFromAThreadOfThePlugin_isBoundedToo() throws Exception {
        log("thread", "storm", STORM);
        Eventually.isTrue("all lines logged", () -> probe.count("log_lines") == 1 + STORM);
        assertEquals(
                Map.of("message", "calls go on", "length", 11),
                plugin.call("echo", Map.of("message", "calls go on"), Map.class));
        release.countDown();
        Eventually.isTrue("the kept lines", () -> delivered.size() >= 1 + LogDelivery.CAPACITY);
        log("caller", "new", 1);
        awaitDelivered("new");

        // The thread may have had its last line on the way when places became free.
        int inAll = delivered.size() - 2;
        assertTrue(inAll == LogDelivery.CAPACITY || inAll == LogDelivery.CAPACITY + 1, "delivered: " + inAll);
    }

    /** The plugin is shut down while its listener still has thousands of lines before it. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void close_duringAStorm_isNotHeldUpByTheListener(boolean fromThread) throws Exception {
        log(fromThread ? "thread" : "caller", "storm", STORM);
        assertTrue(plugin.close(Audit.PATIENCE).resourceClosed());

        assertEquals(1, probe.count("shutdowns"));
        assertEquals(List.of(), List.copyOf(delivered), "the listener still holds the first line");
    }
}
