package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.CallCancelledException;
import dev.turnstile.CallTimeoutException;
import dev.turnstile.Fork;
import dev.turnstile.JoinPolicy;
import dev.turnstile.SwapException;
import dev.turnstile.TimeLimit;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.ExtractionPlace;
import dev.turnstile.testing.ProcessesGone;
import dev.turnstile.testing.TestPlugins;
import dev.turnstile.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What ends a call, or changes the instances, together with a process that hangs, crashes or is killed meanwhile. */
@Tag("slow")
class IsolatedPairsTest {
    private static final Duration KILL_AFTER = Duration.ofMillis(300);
    private static final Duration LIMIT = Duration.ofHours(1);
    private static final Duration SHORT = Duration.ofMillis(1);

    @RegisterExtension
    @Order(1)
    final ExtractionPlace place = new ExtractionPlace();

    @RegisterExtension
    @Order(2)
    final ProcessesGone processes = new ProcessesGone();

    @RegisterExtension
    @Order(3)
    final Audit audit = new Audit();

    private PluginPool load(Isolation isolation, int instances) throws InterruptedException {
        return load(isolation, instances, TurnstileOptions.defaults());
    }

    private PluginPool load(Isolation isolation, int instances, TurnstileOptions gate) throws InterruptedException {
        return audit.watch(PluginPool.load(
                TestPlugins.library("crashes"),
                instances,
                PluginConfig.defaults(),
                PluginOptions.defaults().withIsolation(isolation).withGate(gate.withRestarts(Restarts.AT_ONCE))));
    }

    private static void awaitRunning(GuardedPlugin plugin) {
        Eventually.isTrue("it runs", () -> plugin.stats().running() == 1);
    }

    // ---- a call that is given up while its process hangs ----

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#kinds")
    void limitThatPasses_endsTheWaiting_andTheKillTheCall(Host host) throws Exception {
        VirtualTime time = new VirtualTime();
        PluginPool plugin = load(
                host.isolation().withKillAfter(KILL_AFTER),
                1,
                TurnstileOptions.defaults().withTimeSource(time));
        Caller<String> caller = Caller.start(() -> TimeLimit.within(LIMIT, () -> plugin.call("hang", "{}")));
        awaitRunning(plugin);
        time.advance(LIMIT);
        assertTrue(
                assertInstanceOf(CallTimeoutException.class, caller.failure()).started());

        assertEquals("1", plugin.call("echo", "1"), "by the process that came after the kill");
        assertEquals(1, plugin.stats().expired());
        assertEquals(0, plugin.stats().failed(), "nobody waited for it any more");
        assertEquals(1, plugin.instances().getFirst().restarts());
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#kinds")
    void cancelledCall_isKilledAllTheSame(Host host) throws Exception {
        PluginPool plugin = load(host.isolation().withKillAfter(KILL_AFTER), 1);
        CompletableFuture<String> hanging = audit.watch(plugin.submit("hang", "{}"));
        CompletableFuture<String> behind = audit.watch(plugin.submit("echo", "2"));
        CompletableFuture<String> cancelledBefore = audit.watch(plugin.submit("segv", "{}"));
        awaitRunning(plugin);
        assertTrue(cancelledBefore.cancel(true));
        assertTrue(hanging.cancel(true));

        assertTrue(assertInstanceOf(CallCancelledException.class, Caller.failureOf(hanging))
                .started());
        assertEquals("2", behind.get());
        assertEquals("3", plugin.call("echo", "3"));
        assertFalse(assertInstanceOf(CallCancelledException.class, Caller.failureOf(cancelledBefore))
                .started());
        assertEquals(1, plugin.instances().getFirst().restarts(), "it never came to crash");
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#kinds")
    void close_whileTheProcessHangs_comesBack_andTheKillClosesIt(Host host) throws Exception {
        PluginPool plugin = load(host.isolation().withKillAfter(Duration.ofSeconds(1)), 1);
        CompletableFuture<String> hanging = audit.watch(plugin.submit("hang", "{}"));
        awaitRunning(plugin);
        assertFalse(plugin.close(SHORT).resourceClosed());
        assertTrue(plugin.awaitTermination(Audit.PATIENCE));

        assertTrue(plugin.close(SHORT).resourceClosed());
        assertTrue(hanging.isCompletedExceptionally());
        assertEquals(List.of(), ProcessesGone.running());
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#kinds")
    void close_whileTheProcessHangsForEver_isDone_whenSomebodyKillsIt(Host host) throws Exception {
        PluginPool plugin = load(host.isolation(), 1);
        ProcessHandle process = ProcessesGone.running().getFirst();
        audit.watch(plugin.submit("hang", "{}"));
        awaitRunning(plugin);
        assertFalse(plugin.close(SHORT).resourceClosed());
        process.destroyForcibly();

        assertTrue(plugin.awaitTermination(Audit.PATIENCE));
        assertTrue(plugin.close(SHORT).resourceClosed());
    }

    // ---- a block of which one call crashes ----

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#kinds")
    void fork_thatCrashes_failsABlockThatNeedsAll(Host host) throws Exception {
        PluginPool pool = load(host.isolation(), 2);
        try (PluginFanOut<String> block = pool.fanOut(JoinPolicy.ALL_OR_CANCEL)) {
            block.fork("echo", "1");
            Fork<String> crashing = block.fork("segv", "{}");
            block.fork("echo", "2");
            ExecutionException failed = assertThrows(ExecutionException.class, block::join);
            assertInstanceOf(PluginCrashedException.class, failed.getCause());
            assertInstanceOf(PluginCrashedException.class, crashing.failure());
        }
        assertEquals("3", pool.call("echo", "3"));
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#kinds")
    void forksBesideOnesThatCrash_haveTheirAnswers(Host host) throws Exception {
        PluginPool pool = load(host.isolation(), 2);
        try (PluginFanOut<String> block = pool.fanOut(JoinPolicy.ALL_OUTCOMES)) {
            List<Fork<String>> forks = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                forks.add(block.fork(i % 20 == 10 ? "segv" : "echo", Integer.toString(i)));
            }
            block.join();
            for (int i = 0; i < forks.size(); i++) {
                if (i % 20 == 10) {
                    assertInstanceOf(PluginCrashedException.class, forks.get(i).failure());
                } else {
                    assertEquals(Integer.toString(i), forks.get(i).get());
                }
            }
        }
    }

    // ---- another plugin, meanwhile ----

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#kinds")
    void swap_besideCrashes_losesNoOtherCall(Host host) throws Exception {
        PluginPool pool = load(host.isolation(), 2);
        List<CompletableFuture<String>> futures = new ArrayList<>();
        Caller<Integer> crashing = Caller.start(() -> {
            for (int i = 0; i < 60; i++) {
                futures.add(audit.watch(pool.submit(i % 20 == 10 ? "segv" : "echo", Integer.toString(i))));
            }
            return 3;
        });
        pool.swap(TestPlugins.library("crashes"), PluginConfig.defaults(), PluginWarmUp.none(), Audit.PATIENCE);
        assertEquals(3, crashing.result());
        for (int i = 0; i < futures.size(); i++) {
            if (i % 20 == 10) {
                assertInstanceOf(PluginCrashedException.class, Caller.failureOf(futures.get(i)));
            } else {
                assertEquals(Integer.toString(i), futures.get(i).get());
            }
        }
        assertEquals("1", pool.call("echo", "1"));
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#kinds")
    void swap_toAPluginThatCrashesInItsWarmUp_leavesTheOldOneAtWork(Host host) throws Exception {
        PluginPool pool = load(host.isolation(), 2);
        List<ProcessHandle> before = ProcessesGone.running();
        SwapException refused = assertThrows(
                SwapException.class,
                () -> pool.swap(
                        TestPlugins.library("crashes"),
                        PluginConfig.defaults(),
                        fresh -> fresh.exchange("segv", new byte[] {'1'}),
                        Audit.PATIENCE));
        assertInstanceOf(PluginCrashedException.class, refused.getCause());
        assertEquals("1", pool.call("echo", "1"));
        Eventually.isTrue(
                "the fresh ones are gone", () -> ProcessesGone.running().size() == before.size());
        assertTrue(ProcessesGone.running().containsAll(before));
    }
}
