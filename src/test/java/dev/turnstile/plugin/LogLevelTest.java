package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.RestartPolicy;
import dev.turnstile.SwapException;
import dev.turnstile.SwapReport;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.ExtractionPlace;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The level that was set last is that of every instance, however it comes while the level is set. */
class LogLevelTest {
    private static final Duration LIMIT = Audit.PATIENCE;
    private static final String LOG = "{\"level\":2,\"message\":\"info\"}";
    private static final int ROUNDS = 300;

    @RegisterExtension
    @Order(1)
    final ExtractionPlace place = new ExtractionPlace();

    @RegisterExtension
    @Order(2)
    final Audit audit = new Audit();

    private final Queue<PluginLogLine> lines = new ConcurrentLinkedQueue<>();
    private final LeveledPlugin.Script script = new LeveledPlugin.Script();

    private PluginPool natives(Host host, int instances) throws InterruptedException {
        return audit.watch(PluginPool.load(
                TestPlugins.demo(),
                instances,
                PluginConfig.defaults(),
                host.options().withLogListener(lines::add)));
    }

    private PluginPool leveled(int instances) throws InterruptedException {
        TurnstileOptions healing = TurnstileOptions.defaults()
                .withRestarts(
                        RestartPolicy.limited(1000, Duration.ofMinutes(1)).withDelays(Duration.ZERO, Duration.ZERO));
        return audit.watch(PluginPool.open(
                script::start, instances, PluginOptions.defaults().withGate(healing)));
    }

    private List<NativeProbe> probes() {
        return place.extracted().stream()
                .map(directory ->
                        new NativeProbe(directory.resolve(TestPlugins.demo().getFileName())))
                .toList();
    }

    /** Has each instance log at INFO; returns how many lines came in all. */
    private long logged(Host host, PluginPool pool) throws Exception {
        Eventually.isTrue(
                "the old ones have gone",
                () -> place.extracted().size() == pool.instances().size() * host.directoriesOfAnInstance());
        long before = counted(host, pool);
        for (int key = 0; key < 60; key++) {
            pool.withKey(key).call("log", LOG);
        }
        return counted(host, pool) - before;
    }

    /** What the plugin has logged; of processes of their own, what has come of that. */
    private long counted(Host host, PluginPool pool) throws InterruptedException {
        if (host == Host.THIS_PROCESS) {
            return probes().stream()
                    .mapToLong(probe -> probe.count("log_lines"))
                    .sum();
        }
        assertTrue(pool.flushLog(LIMIT));
        return lines.stream().filter(line -> line.message().equals("info")).count();
    }

    private Set<LogLevel> levels() {
        return script.started().stream()
                .filter(plugin -> !plugin.isClosed())
                .map(LeveledPlugin::level)
                .collect(Collectors.toSet());
    }

    private static SwapReport swap(GuardedPlugin plugin, PluginWarmUp warmUp)
            throws InterruptedException, SwapException {
        return plugin.swap(TestPlugins.demo(), PluginConfig.defaults().withLogLevel(LogLevel.INFO), warmUp, LIMIT);
    }

    // ---- swaps ----

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#contract")
    void level_setWhileTheNewOneWarmsUp_isItsLevel(Host host) throws Exception {
        PluginPool pool = natives(host, 1);
        CountDownLatch warming = new CountDownLatch(1);
        CountDownLatch go = audit.latch();
        Caller<SwapReport> swapper = Caller.start(() -> swap(pool, plugin -> {
            warming.countDown();
            go.await();
        }));
        warming.await();
        pool.setLogLevel(LogLevel.OFF);
        go.countDown();
        assertEquals(1, swapper.result().switched());

        assertEquals(0, logged(host, pool));
    }

    /** Its warm-up is over, and that of another one is not: it has not taken over, and is not asked for its level any more. */
    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#contract")
    void level_setWhileTheNewOneWaitsForOthers_isItsLevel(Host host) throws Exception {
        PluginPool pool = natives(host, 2);
        CountDownLatch warming = new CountDownLatch(1);
        CountDownLatch go = audit.latch();
        AtomicBoolean isSecond = new AtomicBoolean();
        Caller<SwapReport> swapper = Caller.start(() -> swap(pool, plugin -> {
            if (isSecond.getAndSet(true)) {
                warming.countDown();
                go.await();
            }
        }));
        warming.await();
        pool.setLogLevel(LogLevel.OFF);
        go.countDown();
        assertEquals(2, swapper.result().switched());

        assertEquals(0, logged(host, pool));
    }

    /** The call that sets the level may run in the old instance or in the new one. */
    @Test
    void level_setWhileTheOldOneIsInACall_isThatOfTheNewOne() throws Exception {
        PluginPool pool = natives(Host.THIS_PROCESS, 1);
        NativeProbe old = probes().getFirst();
        audit.watch(pool.submit("block", "{\"gate\":0}"));
        old.awaitEntered(0, 1);
        CountDownLatch warmedUp = new CountDownLatch(1);
        Caller<SwapReport> swapper = Caller.start(() -> swap(pool, plugin -> warmedUp.countDown()));
        warmedUp.await();
        Caller<String> setter = Caller.start(() -> {
            pool.setLogLevel(LogLevel.OFF);
            return "set";
        });
        Eventually.isTrue("it waits its turn", () -> pool.pendingCount() == 1);
        old.openGate(0);
        assertEquals("set", setter.result());
        assertEquals(1, swapper.result().switched());

        assertEquals(0, logged(Host.THIS_PROCESS, pool));
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#contract")
    void level_setBeforeASwap_isThatOfTheNewOne_alsoIfItsConfigurationSaysOtherwise(Host host) throws Exception {
        PluginPool pool = natives(host, 2);
        pool.setLogLevel(LogLevel.OFF);
        swap(pool, PluginWarmUp.none());
        assertEquals(0, logged(host, pool));
        swap(pool, plugin -> plugin.setLogLevel(LogLevel.TRACE));
        assertEquals(0, logged(host, pool), "whatever its warm-up set");
        pool.setLogLevel(LogLevel.INFO);
        assertEquals(60, logged(host, pool));
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#contract")
    void level_setInTheMidstOfSwapsAndResizes_isThatOfAllInTheEnd(Host host) throws Exception {
        PluginPool pool = natives(host, 2);
        CyclicBarrier together = new CyclicBarrier(4);
        List<Caller<String>> changing = new ArrayList<>();
        for (int swapper = 0; swapper < 2; swapper++) {
            changing.add(Caller.start(() -> {
                together.await();
                for (int i = 0; i < 5; i++) {
                    swap(pool, PluginWarmUp.none());
                }
                return "done";
            }));
        }
        changing.add(Caller.start(() -> {
            together.await();
            for (int i = 0; i < 5; i++) {
                pool.resize(1 + i % 3);
            }
            return "done";
        }));
        together.await();
        LogLevel last = LogLevel.INFO;
        while (!changing.stream().allMatch(Caller::isDone)) {
            last = last == LogLevel.INFO ? LogLevel.OFF : LogLevel.INFO;
            pool.setLogLevel(last);
        }
        for (Caller<String> change : changing) {
            assertEquals("done", change.result());
        }

        assertEquals(last == LogLevel.OFF ? 0 : 60, logged(host, pool));
    }

    // ---- instances that come ----

    @Test
    void level_setWhileAnInstanceComes_isItsLevel() throws Exception {
        PluginPool pool = leveled(1);
        LeveledPlugin.Hold hold = script.holdAtState();
        Caller<String> resizer = Caller.start(() -> {
            pool.resize(2);
            return "done";
        });
        hold.await(); // it has been told its level
        pool.setLogLevel(LogLevel.WARN);
        hold.release();
        assertEquals("done", resizer.result());

        assertEquals(Set.of(LogLevel.WARN), levels());
    }

    /** Nobody need call it: its own threads log, too. */
    @Test
    void level_setWhileAnInstanceWaitsForAnother_isItsLevelWithoutACall() throws Exception {
        PluginPool pool = leveled(1);
        LeveledPlugin.Hold second = script.holdAtState();
        Caller<String> resizer = Caller.start(() -> {
            pool.resize(3);
            return "done";
        });
        second.await();
        Eventually.isTrue("all have come", () -> script.started().size() == 3);
        pool.setLogLevel(LogLevel.WARN);
        second.release();
        assertEquals("done", resizer.result());

        Eventually.isTrue("all have the level", () -> levels().equals(Set.of(LogLevel.WARN)));
    }

    @Test
    void level_setWhileALostInstanceIsReplaced_isThatOfItsReplacement() throws Exception {
        PluginPool pool = leveled(1);
        LeveledPlugin.Hold askedForItsLoss = script.holdAtState();
        LeveledPlugin.Hold replacement = script.holdAtState();
        askedForItsLoss.release();
        assertThrows(PluginException.class, () -> pool.call("die", "{}"));
        replacement.await();
        pool.setLogLevel(LogLevel.WARN); // nobody is there to be told
        replacement.release();

        assertEquals("\"WARN\"", pool.call("level", "{}"));
    }

    /** The level changes once more after the replacement has looked for the last time, and before it has taken its place. */
    @ParameterizedTest
    @EnumSource(names = {"TEXT_CALL", "TEXT_SUBMIT", "CLASS_CALL", "CLASS_TRY_SUBMIT"})
    void level_setInTheLastMoment_isThatOfItsFirstCall(JsonEntry entry) throws Throwable {
        PluginPool pool = leveled(1);
        pool.setLogLevel(LogLevel.DEBUG);
        LeveledPlugin.Hold askedForItsLoss = script.holdAtState();
        LeveledPlugin.Hold replacement = script.holdAtState();
        askedForItsLoss.release();
        assertThrows(PluginException.class, () -> pool.call("die", "{}"));
        replacement.await();
        LeveledPlugin.Hold lastLook = script.holdAtLevel();
        replacement.release();
        lastLook.await();
        pool.setLogLevel(LogLevel.ERROR);
        lastLook.release();

        assertEquals("ERROR", entry.call(pool, "level", Map.of()));
    }

    @Test
    void instanceThatFailsToTakeALevelItMissed_answersItsCallAllTheSame() throws Exception {
        PluginPool pool = leveled(1);
        pool.setLogLevel(LogLevel.DEBUG);
        LeveledPlugin.Hold askedForItsLoss = script.holdAtState();
        LeveledPlugin.Hold replacement = script.holdAtState();
        askedForItsLoss.release();
        assertThrows(PluginException.class, () -> pool.call("die", "{}"));
        replacement.await();
        LeveledPlugin.Hold lastLook = script.holdAtLevel();
        replacement.release();
        lastLook.await();
        pool.setLogLevel(LogLevel.ERROR);
        script.onLevel(level -> {
            if (level == LogLevel.ERROR) {
                throw new IllegalStateException("no such level");
            }
        });
        lastLook.release();

        assertEquals("\"DEBUG\"", pool.call("level", "{}"));
        assertEquals("\"DEBUG\"", pool.call("level", "{}"));
    }

    /** An instance that cannot be told what it is to log is of no use, and is not left behind. */
    @Test
    void instanceThatFailsToTakeItsLevelAtItsStart_isClosed() throws Exception {
        PluginPool pool = leveled(1);
        pool.setLogLevel(LogLevel.WARN);
        script.onLevel(level -> {
            throw new IllegalStateException("no such level");
        });
        assertThrows(IllegalStateException.class, () -> pool.resize(2));

        assertEquals(2, script.started().size());
        assertEquals(true, script.started().get(1).isClosed());
    }

    // ---- several who set it ----

    /** Whose was the last one is decided once, and not by each instance. */
    @Test
    void levels_setAtOnce_areTheSameForAll_alsoForThoseThatCome() throws Exception {
        PluginPool pool = leveled(2);
        for (int round = 0; round < ROUNDS; round++) {
            CyclicBarrier together = new CyclicBarrier(2);
            List<Caller<String>> setters = new ArrayList<>();
            for (LogLevel level : List.of(LogLevel.DEBUG, LogLevel.ERROR)) {
                setters.add(Caller.start(() -> {
                    together.await();
                    pool.setLogLevel(level);
                    return "set";
                }));
            }
            setters.forEach(Caller::result);
            pool.resize(3);
            assertEquals(1, levels().size(), () -> "one level for all: " + levels());
            pool.resize(2);
            Eventually.isTrue(
                    "the third one has gone", () -> script.started().getLast().isClosed());
        }
    }
}
