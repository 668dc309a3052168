package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.RestartPolicy;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.TestPlugins;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A listener gets one line at a time, whichever instance logs; and who waits for the lines gets all of those that were logged before. */
@ParameterizedClass
@MethodSource("dev.turnstile.plugin.Host#contract")
class FlushLogTest {
    @Parameter
    Host host;

    @RegisterExtension
    final Audit audit = new Audit();

    private final Queue<String> heard = new ConcurrentLinkedQueue<>();
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void letGo() {
        release.countDown();
    }

    private void hear(PluginLogLine line) {
        heard.add(line.message());
    }

    private void holdThenHear(PluginLogLine line) {
        entered.countDown();
        try {
            release.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        hear(line);
    }

    private SynchronizedPlugin load(PluginLogListener listener) throws InterruptedException {
        return audit.watch(SynchronizedPlugin.load(
                TestPlugins.demo(), PluginConfig.defaults(), host.options().withLogListener(listener)));
    }

    private static void log(PluginCalls plugin, String message) throws InterruptedException {
        var unused = plugin.call("log", Map.of("message", message));
    }

    private List<String> heard() {
        return List.copyOf(heard);
    }

    // ---- one at a time ----

    @Test
    void linesOfSeveralInstances_reachTheListenerOneAtATime() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        PluginPool pool = audit.watch(PluginPool.load(
                TestPlugins.demo(), 2, PluginConfig.defaults(), host.options().withLogListener(line -> {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    holdThenHear(line);
                    inside.decrementAndGet();
                })));
        // Both instances have started, so each has logged; a thread that delivers had its chance.
        for (int i = 0; i < 100; i++) {
            Thread.ofVirtual().start(() -> {}).join();
        }
        release.countDown();

        assertTrue(pool.flushLog(Audit.PATIENCE));
        assertEquals(List.of("started", "started"), heard());
        assertEquals(1, most.get());
    }

    // ---- what has been logged has been heard ----

    @Test
    void flush_afterACall_hasItsLines() throws Exception {
        SynchronizedPlugin plugin = load(this::hear);
        for (int i = 0; i < 100; i++) {
            log(plugin, "line " + i);
            assertTrue(plugin.flushLog(Audit.PATIENCE));
            assertEquals("line " + i, heard().getLast());
        }
    }

    @Test
    void flush_ofWhatHasBeenHeard_neverWaits() throws Exception {
        SynchronizedPlugin plugin = load(this::hear);
        for (int i = 0; i < 5_000; i++) {
            log(plugin, "line");
            assertTrue(plugin.flushLog(Audit.PATIENCE));
            assertTrue(plugin.flushLog(Duration.ZERO), "nothing is left to wait for");
        }
    }

    @Test
    void flush_waitsForAListenerThatBlocks() throws Exception {
        SynchronizedPlugin plugin = load(this::holdThenHear);
        log(plugin, "line");
        entered.await();
        assertFalse(plugin.flushLog(Duration.ofNanos(1)));
        Caller<Boolean> flusher = Caller.start(() -> plugin.flushLog(Audit.PATIENCE));
        release.countDown();

        assertTrue(flusher.result());
        assertEquals(List.of("started", "line"), heard());
    }

    @Test
    void flush_afterClosing_hasTheLinesOfTheShutdown() throws Exception {
        SynchronizedPlugin plugin = load(this::hear);
        plugin.close();

        assertTrue(plugin.flushLog(Audit.PATIENCE));
        assertEquals(List.of("started", "stopping"), heard());
        assertTrue(plugin.flushLog(Duration.ZERO), "nothing is left to wait for");
    }

    @Test
    void flush_afterASwap_hasTheLinesOfBothPlugins_inOrder() throws Exception {
        SynchronizedPlugin plugin = load(this::hear);
        log(plugin, "before");
        plugin.swap(TestPlugins.demo(), PluginConfig.defaults(), PluginWarmUp.none(), Audit.PATIENCE);
        log(plugin, "after");
        plugin.close();

        assertTrue(plugin.flushLog(Audit.PATIENCE));
        List<String> lines = heard();
        assertEquals(
                Map.of("started", 2L, "stopping", 2L, "before", 1L, "after", 1L),
                lines.stream().collect(Collectors.groupingBy(line -> line, Collectors.counting())));
        assertTrue(lines.indexOf("before") < lines.lastIndexOf("started"), lines.toString());
        assertTrue(lines.lastIndexOf("started") < lines.indexOf("after"), lines.toString());
    }

    @Test
    void flush_afterARestart_hasTheLinesOfTheLostInstance() throws Exception {
        SynchronizedPlugin plugin = audit.watch(SynchronizedPlugin.load(
                TestPlugins.demo(),
                PluginConfig.defaults(),
                host.options()
                        .withLogListener(this::hear)
                        .withGate(TurnstileOptions.defaults()
                                .withRestarts(RestartPolicy.limited(10, Duration.ofMinutes(1))
                                        .withDelays(Duration.ZERO, Duration.ZERO)))));
        log(plugin, "before");
        assertThrows(PluginException.class, () -> plugin.call("panic", "{}"));
        log(plugin, "after");

        assertTrue(plugin.flushLog(Audit.PATIENCE));
        List<String> lines = heard();
        assertEquals("before", lines.get(1));
        assertTrue(lines.contains("after"), lines.toString()); // the lost instance may stop before or after that
    }

    @Test
    void flush_ofAPluginInJava_hasItsLines() throws Exception {
        SynchronizedPlugin plugin = audit.watch(SynchronizedPlugin.open(
                lines -> {
                    IntStream.range(0, 10)
                            .mapToObj(i -> PluginLogLine.of(LogLevel.INFO, "java", "line " + i))
                            .forEach(lines);
                    return NativePlugin.load(TestPlugins.demo(), PluginConfig.defaults(), this::hear);
                },
                PluginOptions.defaults().withLogListener(this::hear)));

        assertTrue(plugin.flushLog(Audit.PATIENCE));
        assertTrue(heard().contains("line 9"));
    }

    @Test
    void flush_withAListenerThatThrows_isDone() throws Exception {
        SynchronizedPlugin plugin = load(line -> {
            hear(line);
            throw new IllegalStateException("as asked");
        });
        log(plugin, "line");

        assertTrue(plugin.flushLog(Audit.PATIENCE));
        assertEquals(List.of("started", "line"), heard());
    }

    // ---- giving up ----

    @Test
    void flush_whoseLimitPasses_saysSo_andTakesNoPlaceInTheQueue() throws Exception {
        LogDelivery delivery = new LogDelivery(this::holdThenHear);
        delivery.offer(PluginLogLine.of(LogLevel.INFO, "", "held"), null);
        entered.await();
        for (int i = 0; i <= LogDelivery.CAPACITY; i++) {
            assertFalse(delivery.flush(Duration.ZERO));
        }
        for (int i = 0; i < LogDelivery.CAPACITY; i++) {
            delivery.offer(PluginLogLine.of(LogLevel.INFO, "", "line"), null);
        }
        assertFalse(delivery.flush(Duration.ofNanos(1)), "there is no place for a mark either");
        release.countDown();

        assertTrue(delivery.flush(Audit.PATIENCE));
        assertEquals(1 + LogDelivery.CAPACITY, heard.size());
    }

    @Test
    void flush_thatIsInterrupted_throws() throws Exception {
        SynchronizedPlugin plugin = load(this::holdThenHear);
        entered.await();
        Caller<Boolean> flusher = Caller.start(() -> plugin.flushLog(Audit.PATIENCE));
        flusher.interrupt();

        assertInstanceOf(InterruptedException.class, flusher.failure());
    }

    @Test
    void flush_byTheListenerItself_isRefused() throws Exception {
        Queue<Throwable> refusals = new ConcurrentLinkedQueue<>();
        SynchronizedPlugin[] plugin = new SynchronizedPlugin[1];
        plugin[0] = load(line -> {
            if (line.message().equals("flush")) {
                refusals.add(assertThrows(IllegalStateException.class, () -> plugin[0].flushLog(Audit.PATIENCE)));
            }
        });
        log(plugin[0], "flush");

        assertTrue(plugin[0].flushLog(Audit.PATIENCE));
        assertTrue(refusals.remove().getMessage().contains("it would wait for itself"));
        assertNull(refusals.peek());
    }
}
