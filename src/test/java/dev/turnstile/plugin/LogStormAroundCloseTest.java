package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Threads of the plugin that log while it is called, while it is shut down and when it is gone: no call suffers, no line is
 * damaged, and the JVM lives. In rustbridge's own Java library a line after the close is a SIGSEGV.
 */
class LogStormAroundCloseTest {
    private static final int THREADS = 6;
    private static final int LINES = 5_000; // of each thread
    private static final int CALLERS = 96;
    private static final String MESSAGE = "Sturm über \"der\" See 🌊";
    private static final String TARGET = "foreign";

    @RegisterExtension
    final Audit audit = new Audit();

    @TempDir
    Path directory;

    private final LongAdder delivered = new LongAdder();
    private final LongAdder damaged = new LongAdder();

    private Path library;
    private NativeProbe probe;

    @BeforeEach
    void copyThePlugin() {
        library = TestPlugins.privateCopy("turnstile_demo", directory);
        probe = new NativeProbe(library);
    }

    /** Every thousandth line it takes amiss. */
    private void listen(PluginLogLine line) {
        if (line.target().equals("turnstile_demo")) {
            return; // the plugin's own: started, stopping
        }
        delivered.increment();
        if (!line.equals(PluginLogLine.of(LogLevel.INFO, TARGET, MESSAGE))) {
            damaged.increment();
        }
        if (delivered.sum() % 1000 == 0) {
            throw new StackOverflowError("as asked");
        }
    }

    private SynchronizedPlugin load() throws InterruptedException {
        return audit.watch(SynchronizedPlugin.load(
                library, PluginConfig.defaults(), TestPlugins.IN_PLACE.withLogListener(this::listen)));
    }

    private static void startStorm(SynchronizedPlugin plugin, String from) throws InterruptedException {
        Map<String, Object> storm = Map.of("from", from, "count", LINES, "target", TARGET, "message", MESSAGE);
        for (int i = 0; i < THREADS; i++) {
            assertEquals(Map.of("lines", LINES), plugin.call("log", storm, Map.class));
        }
    }

    private void awaitLines(long threads, int own) {
        Eventually.isTrue("all lines are logged", () -> probe.count("log_lines") == threads * LINES + own);
        Eventually.isTrue("lines are delivered", () -> delivered.sum() > 0);
    }

    @RepeatedTest(5)
    void stormDuringAndAfterClose_harmsNobody() throws Exception {
        SynchronizedPlugin plugin = load();
        startStorm(plugin, "after_shutdown");
        startStorm(plugin, "thread");
        Crowd crowd = new Crowd(plugin);
        IntStream.range(0, CALLERS).forEach(unused -> crowd.send(Crowd::healthy));
        assertEquals(IntStream.range(0, CALLERS).mapToObj(Crowd::healthyOutcome).toList(), crowd.outcomes());
        assertTrue(plugin.close(Audit.PATIENCE).resourceClosed());
        assertEquals(1, probe.count("shutdowns"));
        awaitLines(2 * THREADS, 2); // started, stopping

        assertEquals(0, damaged.sum());
        assertTrue(delivered.sum() <= 2L * THREADS * LINES, () -> "delivered: " + delivered);
        assertEquals(2L * THREADS + CALLERS, plugin.stats().completed());
        assertEquals(0, probe.count("outstanding_buffers"));
        assertEquals(0, probe.count("overlaps"));
        assertEquals(1, probe.count("threads"));
    }

    /** Lines of an instance that is gone reach the one that lives, of the same file; its calls do not suffer. */
    @RepeatedTest(5)
    void stormAfterTheCloseOfOneInstance_besideAnother_harmsNobody() throws Exception {
        SynchronizedPlugin gone = load();
        SynchronizedPlugin living = load();
        startStorm(gone, "after_shutdown");
        Crowd crowd = new Crowd(living);
        IntStream.range(0, CALLERS / 2).forEach(unused -> crowd.send(Crowd::healthy));
        assertTrue(gone.close(Audit.PATIENCE).resourceClosed());
        IntStream.range(0, CALLERS / 2).forEach(unused -> crowd.send(Crowd::healthy));

        assertEquals(IntStream.range(0, CALLERS).mapToObj(Crowd::healthyOutcome).toList(), crowd.outcomes());
        assertTrue(living.close(Audit.PATIENCE).resourceClosed());
        awaitLines(THREADS, 3); // started, twice; and the first shutdown takes the callback away
        assertEquals(0, damaged.sum());
        assertTrue(delivered.sum() <= (long) THREADS * LINES, () -> "delivered: " + delivered);
        assertEquals(0, probe.count("outstanding_buffers"));
    }
}
