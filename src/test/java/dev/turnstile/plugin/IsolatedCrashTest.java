package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.TurnstileOptions;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.ExtractionPlace;
import dev.turnstile.testing.ProcessesGone;
import dev.turnstile.testing.TestPlugins;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a plugin does to its process: one call fails and says why, the next one works, and nothing is left. */
@Tag("slow")
class IsolatedCrashTest {
    private static final Duration KILL_AFTER = Duration.ofMillis(300);

    @RegisterExtension
    @Order(1)
    final ExtractionPlace place = new ExtractionPlace();

    @RegisterExtension
    @Order(2)
    final ProcessesGone processes = new ProcessesGone();

    @RegisterExtension
    @Order(3)
    final Audit audit = new Audit();

    private final List<PluginLogLine> logged = new CopyOnWriteArrayList<>();

    private SynchronizedPlugin load(PluginConfig config, Isolation isolation) throws InterruptedException {
        return audit.watch(SynchronizedPlugin.load(
                TestPlugins.library("crashes"),
                config,
                PluginOptions.defaults()
                        .withLogListener(logged::add)
                        .withIsolation(isolation)
                        .withGate(TurnstileOptions.defaults().withRestarts(Restarts.AT_ONCE))));
    }

    static Stream<Arguments> crashes() {
        return Host.processes().flatMap(host -> Stream.of(Crash.values()).map(crash -> Arguments.of(crash, host)));
    }

    @ParameterizedTest
    @MethodSource("crashes")
    void crash_failsItsCallAlone_andSaysWhy(Crash crash, Host host) throws Exception {
        boolean isKilled = crash.reason().isEmpty();
        Isolation isolation = host.isolation();
        SynchronizedPlugin plugin =
                load(PluginConfig.defaults(), isKilled ? isolation.withKillAfter(KILL_AFTER) : isolation);
        long pid = Long.parseLong(plugin.call("pid", "{}"));
        PluginLostException lost = assertThrows(PluginLostException.class, () -> plugin.call(crash.way(), "{}"));

        assertEquals(pid, lost.pid());
        assertEquals(crash.way(), lost.target());
        assertTrue(lost.started());
        assertEquals("1", plugin.call("echo", "1"));
        if (isKilled) {
            assertInstanceOf(PluginKilledException.class, lost);
            assertTrue(lost.getMessage().contains("the call took longer than 300 ms"), lost::getMessage);
        } else {
            PluginCrashedException crashed = assertInstanceOf(PluginCrashedException.class, lost);
            assertEquals(crash.reason().orElseThrow(), crashed.reason(), lost::getMessage);
            assertEquals(crash.hasFrame() && !host.isNative(), lost.frame().isPresent(), lost::getMessage);
        }
        if (lost.frame().isPresent()) {
            assertTrue(lost.frame().orElseThrow().contains("crashes"), lost::getMessage);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void lastWords_areInTheException_andReachTheListenerBefore(Host host) throws Exception {
        SynchronizedPlugin plugin = load(PluginConfig.defaults(), host.isolation());
        PluginLostException lost = assertThrows(PluginLostException.class, () -> plugin.call("log_and_segv", "{}"));

        assertEquals(
                List.of("the last words"),
                lost.logLines().stream().map(PluginLogLine::message).toList());
        assertEquals(
                Optional.of("log_and_segv"),
                lost.logLines().stream().map(PluginLogLine::tag).findFirst());
        assertEquals("", lost.output(), "what a JVM says of its crash is in the exception already");
        assertTrue(plugin.flushLog(Audit.PATIENCE));
        assertEquals(lost.logLines(), logged);
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void output_isInTheException(Host host) throws Exception {
        SynchronizedPlugin plugin = load(PluginConfig.defaults(), host.isolation());
        PluginLostException lost = assertThrows(PluginLostException.class, () -> plugin.call("print_and_abort", "{}"));

        assertTrue(lost.output().contains("to standard output\nto standard error"), lost::output);
    }

    @ParameterizedTest
    @EnumSource(names = {"NATIVE_BY_FUTEX", "NATIVE_BY_BYTES"})
    void processKilledFromOutside_hasCrashed_howeverItsDeathIsNoticed(Host host) throws Exception {
        SynchronizedPlugin plugin = load(PluginConfig.defaults(), host.isolation());
        for (int i = 0; i < 30; i++) {
            long pid = Long.parseLong(plugin.call("pid", "{}"));
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
            PluginCrashedException crashed = assertThrows(PluginCrashedException.class, () -> {
                while (true) {
                    plugin.call("echo", "1");
                }
            });

            assertEquals("SIGKILL", crashed.reason());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NATIVE_BY_FUTEX", "NATIVE_BY_BYTES"})
    void shortLimit_isForTheAnswer_notForReadingItsLines(Host host) throws Exception {
        SynchronizedPlugin plugin =
                load(PluginConfig.defaults(), host.isolation().withKillAfter(Duration.ofMillis(1)));
        for (int i = 0; i < 5000; i++) {
            try {
                plugin.call("log", "{}");
            } catch (PluginKilledException killed) { // by an answer that came late
                assertTrue(killed.getMessage().contains("took longer"), killed::getMessage);
            }
        }
    }

    static Stream<Arguments> crashesAtTheStart() {
        return Host.processes()
                .flatMap(host -> Stream.of(Crash.SEGV, Crash.ABORT, Crash.EXIT, Crash.LOG_AND_SEGV)
                        .map(crash -> Arguments.of(crash, host)));
    }

    @ParameterizedTest
    @MethodSource("crashesAtTheStart")
    void crashAtTheStart_isALoadFailure(Crash crash, Host host) {
        PluginConfig config = PluginConfig.defaults().withData("end", "init:" + crash.way());
        PluginLoadException failure = assertThrows(PluginLoadException.class, () -> load(config, host.isolation()));

        assertTrue(failure.getMessage().contains(crash.reason().orElseThrow()), failure::getMessage);
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void refusalAtTheStart_isTheSameAsInThisProcess(Host host) {
        PluginConfig config = PluginConfig.defaults().withData("end", "init:refuse");
        String isolated = assertThrows(PluginLoadException.class, () -> load(config, host.isolation()))
                .getMessage();

        assertEquals(
                assertThrows(PluginLoadException.class, () -> load(config, Isolation.none()))
                        .getMessage(),
                isolated);
    }

    @ParameterizedTest
    @EnumSource(names = {"SEGV", "EXIT", "HANG"})
    void crashInTheShutdown_isTheCloseFailure(Crash crash) throws Exception {
        SynchronizedPlugin plugin = load(
                PluginConfig.defaults().withData("end", "shutdown:" + crash.way()),
                Isolation.process().withKillAfter(KILL_AFTER));
        assertEquals("1", plugin.call("echo", "1"));

        PluginLostException failure = assertInstanceOf(
                PluginLostException.class, plugin.close(Audit.PATIENCE).closeFailure());
        assertEquals("plugin_shutdown", failure.target());
    }

    @Test
    void crashesUnderLoad_failAsManyCalls_andKeepTheOrder() throws Exception {
        SynchronizedPlugin plugin = load(PluginConfig.defaults(), Isolation.process());
        int failures = 0;
        for (int round = 0; round < 10; round++) {
            List<CompletableFuture<String>> futures = new ArrayList<>();
            for (int i : IntStream.range(0, 50).toArray()) {
                futures.add(plugin.submit(i == 25 ? "segv" : "echo", Integer.toString(i)));
            }
            for (int i = 0; i < 50; i++) {
                if (i == 25) {
                    failures += assertThrows(ExecutionException.class, futures.get(i)::get)
                                            .getCause()
                                    instanceof PluginCrashedException
                            ? 1
                            : 0;
                } else {
                    assertEquals(Integer.toString(i), futures.get(i).get());
                }
            }
        }
        assertEquals(10, failures);
    }
}
