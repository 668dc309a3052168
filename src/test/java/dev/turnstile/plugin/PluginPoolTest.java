package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.Health;
import dev.turnstile.InstanceStats;
import dev.turnstile.Lane;
import dev.turnstile.RestartPolicy;
import dev.turnstile.SwapException;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.ExtractionPlace;
import dev.turnstile.testing.TestPlugins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several instances of a native plugin: each for itself, replaced when dead, swapped while calls go on. */
@ParameterizedClass
@MethodSource("dev.turnstile.plugin.Host#contract")
class PluginPoolTest {
    @Parameter
    Host host;

    private static final String ECHO = "{\"message\":\"m\"}";
    private static final String ECHOED = "{\"message\":\"m\",\"length\":1}";
    private static final byte[] BYTES = {1, 2, 3};
    private static final RestartPolicy AT_ONCE =
            RestartPolicy.limited(1000, Duration.ofMinutes(1)).withDelays(Duration.ZERO, Duration.ZERO);
    private static final Duration LIMIT = Audit.PATIENCE;

    @RegisterExtension
    @Order(1)
    final ExtractionPlace place = new ExtractionPlace();

    @RegisterExtension
    @Order(2)
    final Audit audit = new Audit();

    private final Queue<PluginLogLine> lines = new ConcurrentLinkedQueue<>();
    private final Bundle bundle = Bundle.open(TestPlugins.bundle(), BundleTrust.signedBy(TestPlugins.key()));

    private PluginOptions options() {
        return host.options().withLogListener(lines::add);
    }

    private PluginOptions healing() {
        return options().withGate(TurnstileOptions.defaults().withRestarts(AT_ONCE));
    }

    private PluginPool load(int instances, PluginOptions with) throws InterruptedException {
        return audit.watch(PluginPool.load(TestPlugins.demo(), instances, PluginConfig.defaults(), with));
    }

    private static List<Long> returned(PluginPool pool) {
        return pool.instances().stream().map(InstanceStats::returned).toList();
    }

    @Test
    void instanceThatGoes_leavesTheOthersTheirRawCallsAndLogs() throws Exception {
        PluginPool pool = load(3, options());
        pool.resize(1);
        Eventually.isTrue("two have gone", () -> hasDirectoriesOf(1));
        lines.clear();
        assertArrayEquals(BYTES, pool.callRaw(1, BYTES));
        pool.call("log", "{\"from\":\"thread\",\"message\":\"still here\"}");
        awaitLine("still here");
    }

    private boolean hasDirectoriesOf(int instances) {
        return place.extracted().size() == instances * host.directoriesOfAnInstance();
    }

    private void awaitLine(String message) {
        Eventually.isTrue(
                "its line has come",
                () -> lines.stream().anyMatch(line -> line.message().equals(message)));
    }

    private static PluginException panic(PluginCalls plugin) {
        return assertThrows(PluginException.class, () -> plugin.call("panic", "{}"));
    }

    /** Callers in a crowd: those who did not ask for a panic do not see one. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void poisonCalls_underLoad_failAloneAndOnce(int instances) throws Exception {
        PluginPool pool = load(instances, healing());
        int poisons = 5;
        List<Caller<Integer>> callers = new ArrayList<>();
        for (int caller = 0; caller < 50; caller++) {
            callers.add(Caller.start(() -> {
                for (int i = 0; i < 40; i++) {
                    assertEquals(ECHOED, pool.call("echo", ECHO));
                }
                return 40;
            }));
        }
        for (int i = 0; i < poisons; i++) {
            assertEquals(ErrorCode.INTERNAL, panic(pool).errorCode());
        }
        for (Caller<Integer> caller : callers) {
            assertEquals(40, caller.result());
        }
        assertEquals(poisons, pool.stats().failed());
        Eventually.isTrue(
                "all are back",
                () -> pool.instances().stream()
                                        .mapToLong(InstanceStats::restarts)
                                        .sum()
                                == poisons
                        && pool.health().status() == Health.Status.UP);
        Eventually.isTrue("the dead ones have gone", () -> hasDirectoriesOf(instances));
    }

    @Test
    void handlersErrors_loseNothing() throws Exception {
        PluginPool pool = load(1, healing());
        for (int code = 1; code <= 13; code++) {
            String request = "{\"code\":" + code + ",\"message\":\"no\"}";
            assertThrows(PluginException.class, () -> pool.call("fail", request));
        }
        assertEquals(ECHOED, pool.call("echo", ECHO));
        assertEquals(0, pool.instances().getFirst().restarts());
    }

    /** A single plugin of a bare library heals as well, from a copy of its own. */
    @Test
    void singlePlugin_heals() throws Exception {
        SynchronizedPlugin plugin =
                audit.watch(SynchronizedPlugin.load(TestPlugins.demo(), PluginConfig.defaults(), healing()));
        assertEquals(ErrorCode.INTERNAL, panic(plugin).errorCode());
        assertEquals(ECHOED, plugin.call("echo", ECHO));
        assertEquals(PluginState.ACTIVE, plugin.state());
        assertArrayEquals(BYTES, plugin.callRaw(1, BYTES));
    }

    /** The real one, on the published crate. */
    @Test
    void rustPlugin_heals() throws Exception {
        Path built = TestPlugins.library("sync_demo");
        Assumptions.assumeTrue(Files.exists(built), () -> built + " was not built");
        SynchronizedPlugin plugin = audit.watch(
                SynchronizedPlugin.load(built, PluginConfig.defaults().withWorkerThreads(1), healing()));
        for (int i = 0; i < 3; i++) {
            assertEquals(ErrorCode.INTERNAL, panic(plugin).errorCode());
            assertTrue(plugin.call("echo", ECHO).contains("\"length\""));
        }
        assertEquals(3, plugin.instances().getFirst().restarts());
    }

    @Test
    void logLevel_isThatOfAllInstances_andOfThoseThatCome() throws Exception {
        PluginPool pool = load(2, options());
        pool.setLogLevel(LogLevel.OFF);
        pool.resize(4);
        for (int key = 0; key < 40; key++) {
            pool.withKey(key).call("log", "{\"from\":\"caller\",\"message\":\"no\"}");
        }
        assertTrue(returned(pool).stream().allMatch(count -> count > 0));
        pool.close(); // after its last line
        assertEquals(
                List.of(),
                lines.stream().map(PluginLogLine::message).filter("no"::equals).toList());
    }

    @Test
    void rejectedCount_isThatOfAllInstances() throws Exception {
        assertEquals(0, load(3, options()).rejectedCount());
    }

    @Test
    void swap_replacesThePlugin_andItsFileGoes() throws Exception {
        SynchronizedPlugin plugin = audit.watch(SynchronizedPlugin.load(bundle, PluginConfig.defaults(), options()));
        Path before = place.extracted().getFirst();
        assertEquals(ECHOED, plugin.call("echo", ECHO));
        assertEquals(1, plugin.swap(bundle).switched());
        assertEquals(ECHOED, plugin.call("echo", ECHO));
        Eventually.isTrue("the old one has gone", () -> hasDirectoriesOf(1));
        assertTrue(!place.extracted().contains(before));
        assertArrayEquals(BYTES, plugin.inLane(Lane.HIGH).callRaw(1, BYTES));
    }

    @Test
    void swap_whoseWarmUpFails_isRolledBack_andSaysWhatThePluginAnswered() throws Exception {
        PluginPool pool = load(2, options());
        SwapException failure = assertThrows(
                SwapException.class,
                () -> pool.swap(
                        TestPlugins.demo(),
                        PluginConfig.defaults(),
                        PluginWarmUp.call("fail", "{\"code\":7,\"message\":\"not yet\"}"),
                        LIMIT));
        assertTrue(failure.getMessage().contains("not yet"), failure::toString);
        assertEquals(ECHOED, pool.call("echo", ECHO));
        Eventually.isTrue("what was loaded has gone", () -> hasDirectoriesOf(2));
        assertEquals(
                2,
                pool.swap(TestPlugins.demo(), PluginConfig.defaults(), PluginWarmUp.call("echo", ECHO), LIMIT)
                        .switched());
    }

    @Test
    void swap_toWhatIsNoPlugin_saysSo() throws Exception {
        PluginPool pool = load(1, options());
        SwapException failure = assertThrows(
                SwapException.class,
                () -> pool.swap(
                        place.path().resolve("missing.so"), PluginConfig.defaults(), PluginWarmUp.none(), LIMIT));
        assertTrue(failure.getMessage().contains("missing.so"), failure::toString);
        assertEquals(ECHOED, pool.call("echo", ECHO));
    }
}
