package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.CallListener;
import dev.turnstile.Health;
import dev.turnstile.InstanceStats;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.ExtractionPlace;
import dev.turnstile.testing.ProcessesGone;
import dev.turnstile.testing.TestPlugins;
import dev.turnstile.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A fresh process takes over when one has done enough; no call notices, and nothing counts it as a loss. There are no restarts here, so a loss would be seen. */
class RecyclingTest {
    @RegisterExtension
    @Order(1)
    final ExtractionPlace place = new ExtractionPlace();

    @RegisterExtension
    @Order(2)
    final ProcessesGone processes = new ProcessesGone();

    @RegisterExtension
    @Order(3)
    final Audit audit = new Audit();

    private final LinkedBlockingQueue<Integer> renewed = new LinkedBlockingQueue<>();

    private PluginOptions options(Isolation isolation) {
        CallListener listener = new CallListener() {
            @Override
            public void onRenewed(int instance) {
                renewed.add(instance);
            }
        };
        return PluginOptions.defaults()
                .withIsolation(isolation)
                .withGate(TurnstileOptions.defaults().withListeners(listener));
    }

    private SynchronizedPlugin load(PluginOptions options) throws InterruptedException {
        return audit.watch(SynchronizedPlugin.load(TestPlugins.library("crashes"), PluginConfig.defaults(), options));
    }

    private static long pid(SynchronizedPlugin plugin) throws InterruptedException {
        return Long.parseLong(plugin.call("pid", "{}"));
    }

    private static Set<Long> running() {
        return ProcessesGone.running().stream().map(ProcessHandle::pid).collect(Collectors.toSet());
    }

    private static void assertNoLoss(GuardedPlugin plugin) {
        for (InstanceStats instance : plugin.instances()) {
            assertEquals(0, instance.restarts());
            assertNull(instance.lostBy());
        }
        assertEquals(Health.Status.UP, plugin.health().status());
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void manyCalls_areEnough(Host host) throws Exception {
        SynchronizedPlugin plugin = load(options(host.isolation().withRecycleAfterCalls(5)));
        for (int round = 0; round < 3; round++) {
            List<CompletableFuture<String>> futures = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                futures.add(plugin.submit("pid", "{}"));
            }
            Map<String, Integer> calls = new HashMap<>();
            for (CompletableFuture<String> future : futures) {
                calls.merge(future.join(), 1, Integer::sum);
            }
            assertEquals(50, calls.values().stream().mapToInt(Integer::intValue).sum(), "each was answered");
            assertEquals(1, Eventually.next("renewal", renewed));
            assertNoLoss(plugin);
        }
        Eventually.isTrue("the old ones have ended", () -> running().size() <= 2);
    }

    @Test
    void fewerCalls_areNotEnough() throws Exception {
        SynchronizedPlugin plugin =
                load(options(Host.NATIVE_BY_FUTEX.isolation().withRecycleAfterCalls(6)));
        long first = pid(plugin);
        assertThrows(UnsupportedOperationException.class, plugin::rejectedCount); // no call of the plugin's
        for (int i = 0; i < 4; i++) {
            assertEquals(first, pid(plugin));
        }
        assertEquals(Set.of(first), running());
        plugin.call("echo", "1");
        Eventually.next("renewal", renewed);
        assertNotEquals(first, pid(plugin));
    }

    @Test
    void pool_isRecycledOneByOne() throws Exception {
        PluginPool pool = audit.watch(PluginPool.load(
                TestPlugins.library("crashes"),
                3,
                PluginConfig.defaults(),
                options(Host.NATIVE_BY_FUTEX.isolation().withRecycleAfterCalls(20))));
        List<CompletableFuture<String>> futures = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            futures.add(pool.withKey(i % 100).submit("echo", Integer.toString(i)));
        }
        for (int i = 0; i < 2000; i++) {
            assertEquals(Integer.toString(i), futures.get(i).join());
        }
        Eventually.next("renewal", renewed);
        assertNoLoss(pool);
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void muchMemory_isEnough(Host host) throws Exception {
        SynchronizedPlugin plugin = load(options(host.isolation().withRecycleAboveMemory(200L << 20)));
        long first = pid(plugin);
        assertEquals(first, pid(plugin));
        for (int i = 0; i < 20; i++) {
            plugin.call("leak", "{}");
        }
        while (renewed.isEmpty()) { // it is measured now and then
            plugin.call("echo", "1");
        }
        assertNotEquals(first, pid(plugin));
        assertNoLoss(plugin);
    }

    @Test
    void longRest_isEnough() throws Exception {
        VirtualTime time = new VirtualTime();
        PluginOptions options = options(Host.NATIVE_BY_FUTEX.isolation().withRecycleAfterRest(Duration.ofMinutes(10)));
        SynchronizedPlugin plugin = load(options.withGate(options.gate().withTimeSource(time)));
        long first = pid(plugin);
        time.awaitParked(1);
        time.advance(Duration.ofMinutes(10));
        Eventually.next("renewal", renewed);
        Eventually.isTrue("the old one has ended", () -> !running().contains(first));
        assertNotEquals(first, pid(plugin));
        assertNoLoss(plugin);
    }

    @Test
    void spareProcess_isTaken() throws Exception {
        SynchronizedPlugin plugin = load(options(
                Host.NATIVE_BY_FUTEX.isolation().withRecycleAfterCalls(1).withSpareProcess(true)));
        Eventually.isTrue("there are two", () -> running().size() == 2);
        Set<Long> both = running();
        long first = pid(plugin);
        Eventually.next("renewal", renewed);
        long second = pid(plugin);
        assertTrue(both.contains(second), "it was there before");
        assertNotEquals(first, second);
    }

    @Test
    void swap_takesTheRuleAlong() throws Exception {
        SynchronizedPlugin plugin =
                load(options(Host.NATIVE_BY_FUTEX.isolation().withRecycleAfterCalls(3)));
        plugin.swap(TestPlugins.library("crashes"), PluginConfig.defaults(), PluginWarmUp.none(), Audit.PATIENCE);
        assertFalse(plugin.call("pid", "{}").isEmpty());
        plugin.call("echo", "1");
        plugin.call("echo", "1");
        assertEquals(1, Eventually.next("renewal", renewed));
    }
}
