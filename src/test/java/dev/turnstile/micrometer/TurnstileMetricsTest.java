package dev.turnstile.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.RestartPolicy;
import dev.turnstile.Turnstile;
import dev.turnstile.TurnstileFullException;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.plugin.Isolation;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginCrashedException;
import dev.turnstile.plugin.PluginKilledException;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.PluginPool;
import dev.turnstile.plugin.SynchronizedPlugin;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Copies;
import dev.turnstile.testing.Copies.Copy;
import dev.turnstile.testing.Copies.Poison;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.HeldGate;
import dev.turnstile.testing.TestPlugins;
import dev.turnstile.testing.VirtualTime;
import dev.turnstile.testing.Witness;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.search.RequiredSearch;
import io.micrometer.core.instrument.search.Search;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The meters say what the stats say. */
class TurnstileMetricsTest {
    @RegisterExtension
    final Audit audit = new Audit();

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private RequiredSearch meter(String name) {
        return registry.get(name).tag("gate", "g");
    }

    private double calls(String outcome) {
        return meter("turnstile.calls")
                .tag("outcome", outcome)
                .functionCounter()
                .count();
    }

    @Test
    void meters_followTheGate() {
        HeldGate held = HeldGate.open(audit, 2);
        Turnstile<Witness> gate = held.gate();
        TurnstileMetrics.of(gate, "g").bindTo(registry);
        held.fill().get(0).cancel(false);
        held.fill();
        assertThrows(TurnstileFullException.class, () -> gate.trySubmit(resource -> 0));

        assertEquals(2, meter("turnstile.capacity").gauge().value());
        assertEquals(2, meter("turnstile.pending").gauge().value());
        assertEquals(0, meter("turnstile.waiting").gauge().value());
        assertEquals(1, meter("turnstile.running").gauge().value());
        assertTrue(meter("turnstile.in.flight").timeGauge().value(TimeUnit.NANOSECONDS) > 0);
        assertTrue(meter("turnstile.oldest.wait").timeGauge().value(TimeUnit.NANOSECONDS) > 0);
        assertEquals(1, meter("turnstile.not.admitted").functionCounter().count());
        assertEquals(1, calls("cancelled"));

        held.release();
        gate.close();
        assertEquals(3, calls("completed"));
        assertEquals(0, calls("failed") + calls("expired") + calls("refused"));
        assertEquals(3, meter("turnstile.wait").functionTimer().count());
        assertEquals(3, meter("turnstile.run").functionTimer().count());
        assertEquals(
                (double) gate.stats().times().totalRun().toNanos(),
                meter("turnstile.run").functionTimer().totalTime(TimeUnit.NANOSECONDS),
                1.0);
    }

    @Test
    void plugin_hasTheSameMeters() throws Exception {
        SynchronizedPlugin plugin = audit.watch(SynchronizedPlugin.load(TestPlugins.demo()));
        TurnstileMetrics.of(plugin, "g").bindTo(registry);
        plugin.call("echo", "{\"message\":\"hi\"}");
        assertEquals(1, calls("completed"));
    }

    @Test
    void timers_haveEachCall_byTagAndOutcome() throws Exception {
        Turnstile<Witness> gate = audit.watch(Turnstile.<Witness, RuntimeException>open(
                Witness::new,
                Witness::close,
                TurnstileOptions.defaults().withListeners(TurnstileMetrics.timers(registry, "g"))));
        for (int i = 0; i < 3; i++) {
            gate.request((Witness resource) -> resource.use(1)).tagged("use").call();
        }
        gate.call(resource -> resource.use(2));
        Eventually.isTrue("all are timed", () -> count("use") == 3 && count("none") == 1);
        for (Meter each : Search.in(registry)
                .name(name -> name.startsWith("turnstile.call."))
                .meters()) {
            assertEquals("completed", each.getId().getTag("outcome"));
        }
    }

    /** As applications do that measure a period. */
    @Test
    void timersThatTheRegistryHasRemoved_areMadeAnew() throws Exception {
        Turnstile<Witness> gate = audit.watch(Turnstile.<Witness, RuntimeException>open(
                Witness::new,
                Witness::close,
                TurnstileOptions.defaults().withListeners(TurnstileMetrics.timers(registry, "g"))));
        gate.request((Witness resource) -> resource.use(1)).tagged("use").call();
        Eventually.isTrue("it is timed", () -> count("use") == 1);
        registry.clear();
        for (int i = 0; i < 2; i++) {
            gate.request((Witness resource) -> resource.use(1)).tagged("use").call();
        }
        Eventually.isTrue("both are timed", () -> count("use") == 2);
        assertEquals(
                2, registry.get("turnstile.call.run").tag("tag", "use").timer().count());
    }

    @Test
    void lossesAndSwapsOfInstances_areCounted_andHowManyServe() throws Exception {
        VirtualTime time = new VirtualTime();
        Turnstile<Copy> pool = audit.watch(Turnstile.open(
                new Copies("old"),
                TurnstileOptions.defaults()
                        .withPoolSize(2)
                        .withTimeSource(time)
                        .withStuckAfter(Duration.ofSeconds(1))
                        .withRestarts(RestartPolicy.limited(1, Duration.ofMinutes(1)))
                        .withListeners(TurnstileMetrics.timers(registry, "g"))));
        TurnstileMetrics.of(pool, "g").bindTo(registry);
        assertEquals(List.of(2.0, 0.0, 0.0), instances());

        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch latch = audit.latch();
        CompletableFuture<Void> poison = audit.watch(pool.submit(copy -> {
            copy.witness().hold(entered, latch);
            throw new Poison();
        }));
        entered.await();
        time.advance(Duration.ofSeconds(1));
        Eventually.isTrue("stuck", () -> counted("stuck") == 1);
        latch.countDown();
        assertInstanceOf(Poison.class, Caller.failureOf(poison));
        time.awaitParked(1);
        assertEquals(List.of(1.0, 0.0, 1.0), instances());

        time.advance(Duration.ofMinutes(1));
        Eventually.isTrue("replaced", () -> counted("restarts") == 1);
        pool.swap(new Copies("new"), Duration.ofDays(1));
        Eventually.isTrue("swapped", () -> counted("swaps") == 2);
        assertEquals(1, counted("lost"));
        assertEquals(List.of(2.0, 0.0, 0.0), instances());
    }

    @Test
    void processes_areMeasured_andTheirCrashesAndKillsCounted() throws Exception {
        PluginPool pool = audit.watch(PluginPool.load(
                TestPlugins.library("crashes"),
                2,
                PluginConfig.defaults(),
                PluginOptions.defaults()
                        .withIsolation(Isolation.process().withKillAfter(Duration.ofSeconds(1)))
                        .withGate(TurnstileOptions.defaults()
                                .withRestarts(RestartPolicy.limited(3, Duration.ofMinutes(1))
                                        .withDelays(Duration.ZERO, Duration.ZERO))
                                .withListeners(TurnstileMetrics.timers(registry, "g")))));
        TurnstileMetrics.of(pool, "g").bindTo(registry);
        assertEquals(2, meter("turnstile.processes").gauge().value());
        assertEquals(
                OS.LINUX.isCurrentOs(),
                meter("turnstile.process.memory").gauge().value() > 1 << 20);
        assertEquals("bytes", meter("turnstile.process.memory").gauge().getId().getBaseUnit());

        assertThrows(PluginCrashedException.class, () -> pool.call("segv", "{}"));
        assertThrows(PluginCrashedException.class, () -> pool.call("abort", "{}"));
        assertThrows(PluginKilledException.class, () -> pool.call("hang", "{}"));
        Eventually.isTrue("all are replaced", () -> counted("restarts") == 3);
        assertEquals(2, counted("process.crashes"));
        assertEquals(1, counted("process.kills"));
        assertEquals(3, counted("lost"));
        pool.close();
        assertEquals(0, meter("turnstile.processes").gauge().value());
        assertEquals(0, meter("turnstile.process.memory").gauge().value());
    }

    @Test
    void wornOutProcess_isCountedWhenAFreshOneHasTakenOver() throws Exception {
        SynchronizedPlugin plugin = audit.watch(SynchronizedPlugin.load(
                TestPlugins.library("crashes"),
                PluginConfig.defaults(),
                PluginOptions.defaults()
                        .withIsolation(Isolation.process().withRecycleAfterCalls(1))
                        .withGate(TurnstileOptions.defaults().withListeners(TurnstileMetrics.timers(registry, "g")))));
        assertEquals(0, counted("renewals"));
        assertEquals("1", plugin.call("echo", "1"));
        Eventually.isTrue("replaced", () -> counted("renewals") == 1);
        assertEquals(0, counted("lost"));
    }

    private double counted(String what) {
        return meter("turnstile." + what).counter().count();
    }

    private List<Double> instances() {
        return Stream.of("serving", "leaving", "down")
                .map(state ->
                        meter("turnstile.instances").tag("state", state).gauge().value())
                .toList();
    }

    private long count(String tag) {
        return registry.find("turnstile.call.run").tag("tag", tag).timers().stream()
                .mapToLong(timer -> timer.count())
                .sum();
    }
}
