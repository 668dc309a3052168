package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.InstanceStats;
import dev.turnstile.Lane;
import dev.turnstile.RestartPolicy;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.ExtractionPlace;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several instances of a native plugin in this process, as their native side sees them. */
class PluginPoolNativeSideTest {
    private static final String ECHO = "{\"message\":\"m\"}";
    private static final String ECHOED = "{\"message\":\"m\",\"length\":1}";
    private static final String BLOCK = "{\"gate\":0}";
    private static final byte[] BYTES = {1, 2, 3};
    private static final RestartPolicy AT_ONCE =
            RestartPolicy.limited(1000, Duration.ofMinutes(1)).withDelays(Duration.ZERO, Duration.ZERO);

    @RegisterExtension
    @Order(1)
    final ExtractionPlace place = new ExtractionPlace();

    @RegisterExtension
    @Order(2)
    final Audit audit = new Audit();

    private final Queue<PluginLogLine> lines = new ConcurrentLinkedQueue<>();
    private final PluginOptions options = PluginOptions.defaults().withLogListener(lines::add);
    private final Bundle bundle = Bundle.open(TestPlugins.bundle(), BundleTrust.signedBy(TestPlugins.key()));

    private PluginOptions healing() {
        return options.withGate(TurnstileOptions.defaults().withRestarts(AT_ONCE));
    }

    private PluginPool load(int instances, PluginOptions with) throws InterruptedException {
        return audit.watch(PluginPool.load(TestPlugins.demo(), instances, PluginConfig.defaults(), with));
    }

    private static List<Long> returned(PluginPool pool) {
        return pool.instances().stream().map(InstanceStats::returned).toList();
    }

    private List<NativeProbe> probes() {
        return place.extracted().stream()
                .map(directory ->
                        new NativeProbe(directory.resolve(TestPlugins.demo().getFileName())))
                .toList();
    }

    private static long sum(List<NativeProbe> probes, String count) {
        return probes.stream().mapToLong(probe -> probe.count(count)).sum();
    }

    /** Of each instance by a key that has its home there. */
    private static Map<Integer, Object> keysOfInstances(PluginPool pool) throws InterruptedException {
        Map<Integer, Object> keys = new HashMap<>();
        for (int key = 0; keys.size() < pool.instances().size(); key++) {
            List<Long> before = returned(pool);
            pool.withKey(key).call("echo", ECHO);
            List<Long> after = returned(pool);
            for (int i = 0; i < before.size(); i++) {
                if (after.get(i) > before.get(i)) {
                    keys.putIfAbsent(i, key);
                }
            }
        }
        return keys;
    }

    private void awaitLine(String message) {
        Eventually.isTrue(
                "its line has come",
                () -> lines.stream().anyMatch(line -> line.message().equals(message)));
    }

    /** Each worker is asked: one that has no call does not notice that its instance is dead. */
    private static boolean works(PluginPool pool) {
        try {
            for (int key = 0; key < 60; key++) {
                pool.withKey(key).call("echo", ECHO);
            }
            return pool.instances().stream().allMatch(instance -> instance.lostBy() == null);
        } catch (PluginException anotherWorkerStillHasTheDeadOne) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static PluginException panic(PluginCalls plugin) {
        return assertThrows(PluginException.class, () -> plugin.call("panic", "{}"));
    }

    @Test
    void instances_areIndependent_alsoOfABundle() throws Exception {
        PluginPool pool = audit.watch(PluginPool.load(bundle, 3, PluginConfig.defaults(), options));
        List<NativeProbe> probes = probes();
        assertEquals(3, probes.size());
        Map<Integer, Object> keys = keysOfInstances(pool);
        for (NativeProbe probe : probes) {
            probe.reset();
        }
        for (int i = 0; i < 3; i++) {
            PluginCalls one = pool.withKey(keys.get(i));
            for (int call = 0; call <= i; call++) {
                assertEquals(ECHOED, one.call("echo", ECHO));
                assertArrayEquals(BYTES, one.callRaw(1, BYTES));
            }
        }
        assertEquals(
                List.of(2L, 4L, 6L),
                probes.stream().map(probe -> probe.count("calls")).sorted().toList());
        assertEquals(
                List.of(1L, 2L, 3L),
                probes.stream().map(probe -> probe.count("raw_calls")).sorted().toList());
        assertEquals(0, sum(probes, "overlaps"));
        assertEquals(
                pool.stats().times().returned(),
                returned(pool).stream().mapToLong(Long::longValue).sum());
    }

    @Test
    void instances_runAtOnce_andAnInstanceThatHangsHoldsUpNobodyElse() throws Exception {
        PluginPool pool = load(3, options);
        List<NativeProbe> probes = probes();
        List<CompletableFuture<String>> blocked = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            blocked.add(audit.watch(pool.submit("block", BLOCK)));
        }
        Eventually.isTrue("two are in", () -> pool.stats().running() == 2);
        for (int i = 0; i < 50; i++) {
            assertEquals(ECHOED, pool.call("echo", ECHO));
        }
        probes.forEach(probe -> probe.openGate(0));
        blocked.forEach(CompletableFuture::join);
        assertEquals(0, sum(probes, "overlaps"));
    }

    /** One instance, several workers: two calls are inside at once, which the plugin itself sees. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void sharedInstance_isCalledByItsWorkersAtOnce(boolean bundled) throws Exception {
        PluginPool pool = audit.watch(
                bundled
                        ? PluginPool.loadShared(bundle, 3, PluginConfig.defaults(), options)
                        : PluginPool.loadShared(TestPlugins.demo(), 3, PluginConfig.defaults(), options));
        NativeProbe probe = probes().getFirst();
        assertEquals(1, place.extracted().size());
        List<CompletableFuture<String>> blocked = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            blocked.add(audit.watch(pool.submit("block", BLOCK)));
        }
        probe.awaitEntered(0, 3);
        probe.openGate(0);
        blocked.forEach(CompletableFuture::join);
        pool.close();
        assertEquals(1, probe.count("shutdowns"));
    }

    @Test
    void sharedInstanceThatDies_isReplacedForAllWorkers() throws Exception {
        PluginPool pool = audit.watch(PluginPool.loadShared(TestPlugins.demo(), 3, PluginConfig.defaults(), healing()));
        assertEquals(ErrorCode.INTERNAL, panic(pool).errorCode());
        Eventually.isTrue("works again", () -> works(pool));
        Eventually.isTrue("the dead one has gone", () -> place.extracted().size() == 1);
    }

    @Test
    void swap_replacesThePlugin_andItsLibraryGoes() throws Exception {
        SynchronizedPlugin plugin = audit.watch(SynchronizedPlugin.load(bundle, PluginConfig.defaults(), options));
        NativeProbe old = probes().getFirst();
        Path before = place.extracted().getFirst();
        assertEquals(ECHOED, plugin.call("echo", ECHO));
        assertEquals(1, plugin.swap(bundle).switched());
        assertEquals(ECHOED, plugin.call("echo", ECHO));
        Eventually.isTrue("the old one has gone", () -> place.extracted().size() == 1);
        assertTrue(!place.extracted().contains(before));
        assertEquals(1, old.count("calls"));
        assertEquals(1, old.count("shutdowns"));
        assertArrayEquals(
                BYTES, plugin.inLane(Lane.HIGH).callRaw(1, BYTES), "the shutdown of the old one took nothing along");
    }

    /** By then its library is a file that has gone, whose text is still there. */
    @Test
    void swap_andTheOldOneLogsAfterItsShutdown_bothLinesArrive() throws Exception {
        SynchronizedPlugin plugin = audit.watch(SynchronizedPlugin.load(bundle, PluginConfig.defaults(), options));
        NativeProbe old = probes().getFirst();
        plugin.call("log", "{\"from\":\"after_shutdown\",\"message\":\"late\"}");
        assertEquals(1, plugin.swap(bundle).switched());
        awaitLine("late");
        assertEquals(1, old.count("shutdowns"));
        plugin.call("log", "{\"from\":\"thread\",\"message\":\"of the new one\"}");
        awaitLine("of the new one");
        assertEquals(ECHOED, plugin.call("echo", ECHO));
    }

    @Test
    void singlePlugin_withAPoolSize_isRefused() {
        PluginOptions pool = options.withGate(TurnstileOptions.defaults().withPoolSize(2));
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> SynchronizedPlugin.load(TestPlugins.demo(), PluginConfig.defaults(), pool));
        assertTrue(refused.getMessage().contains("PluginPool"), refused::toString);
        assertThrows(
                IllegalArgumentException.class,
                () -> PluginPool.load(TestPlugins.demo(), 0, PluginConfig.defaults(), options));
    }
}
