package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.turnstile.CallTimeoutException;
import dev.turnstile.TurnstileStats;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Directories;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * The gate's promises as the native side sees them: whatever callers do, the plugin counts no overlap and one thread per
 * instance, gets every buffer back once, and is shut down once, not under a call.
 */
class PluginGateProperties {
    private static Path directory;
    private static Path library;

    @BeforeContainer
    static void copyThePlugin() throws IOException {
        directory = Files.createTempDirectory("turnstile-properties");
        library = TestPlugins.privateCopy("turnstile_demo", directory);
    }

    @AfterContainer
    static void deleteTheCopy() throws IOException {
        Directories.delete(directory);
    }

    @Property(tries = 100)
    void whateverCallersDo_thePluginSeesOneThreadAndNoOverlap(
            @ForAll @Size(min = 1, max = 50) List<@IntRange(min = 0, max = 11) Integer> program,
            @ForAll @IntRange(min = 1, max = 6) int capacity,
            @ForAll @IntRange(min = 0, max = 3) int closeLimitMillis,
            @ForAll("hosts") Host host)
            throws Exception {
        NativeProbe probe = host.probe(library);
        if (host == Host.THIS_PROCESS) { // each process has counters of its own
            probe.reset();
        }
        try (Audit audit = new Audit()) {
            SynchronizedPlugin plugin = audit.watch(SynchronizedPlugin.load(
                    library,
                    PluginConfig.defaults().withLogLevel(LogLevel.OFF),
                    host.inPlace(library).withCapacity(capacity)));
            List<Caller<Integer>> callers = new ArrayList<>();
            for (int i = 0; i < program.size(); i++) {
                int first = i;
                callers.add(Caller.start(() -> {
                    int outcomes = 0;
                    for (int n = 0; n < 10; n++) {
                        outcomes += make(plugin, program.get((first + n) % program.size()));
                    }
                    return outcomes;
                }));
            }
            if (closeLimitMillis > 0) {
                plugin.close(Duration.ofMillis(closeLimitMillis));
            }
            callers.forEach(caller -> assertEquals(10, caller.result()));
            plugin.close(Audit.PATIENCE);

            TurnstileStats stats = plugin.stats();
            long reached = probe.count("calls");
            assertEquals(0, probe.count("overlaps"));
            assertEquals(1, probe.count("threads"));
            assertEquals(1, probe.count("shutdowns"));
            assertEquals(0, probe.count("outstanding_buffers"));
            assertEquals(0, probe.count("double_frees"));
            long ended = stats.completed() + stats.failed();
            long dropped = stats.cancelled() + stats.expired() + stats.refused();
            if (reached < ended || reached > ended + dropped) {
                throw new AssertionError("The plugin saw " + reached + " calls: " + stats);
            }
        }
    }

    @Provide
    static Arbitrary<Host> hosts() {
        return Arbitraries.of(Host.contract().toList());
    }

    /** Makes one call of the kind and returns 1: it has exactly one outcome, of a kind that is allowed. */
    private static int make(SynchronizedPlugin plugin, int kind) throws Exception {
        Map<String, Object> echo = Map.of("message", "hello");
        try {
            switch (kind) {
                case 0 -> plugin.call("echo", "{\"message\":\"hello\"}");
                case 1 -> plugin.call("echo", echo, Map.class);
                case 2 -> plugin.callRaw(1, new byte[] {1, 2, 3});
                case 3 -> plugin.call("fail", Map.of("code", 7), Map.class);
                case 4 -> plugin.call("spin", Map.of("duration_us", 100), Map.class, Duration.ofNanos(50_000));
                case 5 -> plugin.request("echo", echo).as(Map.class).tryCall();
                case 6 -> outcome(plugin.submit("echo", echo, Map.class));
                case 7 ->
                    outcome(plugin.request("fail", Map.of("code", 3, "body", "text"))
                            .as(Map.class)
                            .trySubmit());
                case 8 -> {
                    CompletableFuture<?> future = plugin.submit("spin", Map.of("duration_us", 50), Map.class);
                    future.cancel(true);
                    outcome(future);
                }
                case 9 ->
                    outcome(plugin.requestRaw(3, new byte[0])
                            .within(Duration.ofNanos(20_000))
                            .submit());
                case 10 -> {
                    Thread.currentThread().interrupt();
                    plugin.call("echo", "{}");
                }
                default ->
                    outcome(plugin.requestRaw(2, new byte[0])
                            .submit()
                            .orTimeout(1, java.util.concurrent.TimeUnit.MICROSECONDS));
            }
        } catch (PluginException
                | RejectedExecutionException
                | CallTimeoutException
                | TimeoutException
                | java.util.concurrent.CancellationException
                | InterruptedException expected) {
            return 1;
        }
        return 1;
    }

    private static void outcome(CompletableFuture<?> future) throws Exception {
        try {
            future.get();
        } catch (java.util.concurrent.ExecutionException failed) {
            throw (Exception) failed.getCause();
        }
    }
}
