package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.ContextCarrier;
import dev.turnstile.EndedEarly;
import dev.turnstile.SwapReport;
import dev.turnstile.TurnstileClosedException;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.ExtractionPlace;
import dev.turnstile.testing.ProcessesGone;
import dev.turnstile.testing.TestPlugins;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.MDC;

/** Calls that wait while the plugin's process runs another one were handed over to it: nobody notices. */
@Tag("slow")
class HandedOverCallsTest {
    /** Long enough for the test to do what it does meanwhile; if it is not, nothing fails. */
    private static final Map<String, Integer> A_WHILE = Map.of("duration_ms", 300);

    @RegisterExtension
    @Order(1)
    final ExtractionPlace place = new ExtractionPlace();

    @RegisterExtension
    @Order(2)
    final ProcessesGone processes = new ProcessesGone();

    @RegisterExtension
    @Order(3)
    final Audit audit = new Audit();

    private final List<String> logged = new CopyOnWriteArrayList<>();

    private SynchronizedPlugin load(Host host) throws InterruptedException {
        return load(host.isolation());
    }

    private SynchronizedPlugin load(Isolation isolation) throws InterruptedException {
        PluginOptions options = PluginOptions.defaults()
                .withLogListener(line -> logged.add(line.message() + "/" + MDC.get("caller")))
                .withIsolation(isolation)
                .withGate(TurnstileOptions.defaults().withRestarts(Restarts.AT_ONCE));
        SynchronizedPlugin plugin =
                audit.watch(SynchronizedPlugin.load(TestPlugins.demo(), PluginConfig.defaults(), options));
        assertTrue(plugin.flushLog(Audit.PATIENCE));
        logged.clear();
        return plugin;
    }

    private static CompletableFuture<String> echo(PluginCalls plugin, String text) throws InterruptedException {
        return plugin.submit("echo", Map.of("message", text));
    }

    /** Makes the plugin busy with one call, and has another one wait, with which those that follow are handed over. */
    private static void occupy(SynchronizedPlugin plugin) throws InterruptedException {
        var first = plugin.submit("sleep", A_WHILE);
        var second = plugin.submit("sleep", Map.of("duration_ms", 1));
        assertTrue(!first.isCompletedExceptionally() && !second.isCompletedExceptionally());
    }

    private static void awaitStarted(SynchronizedPlugin plugin, long count) {
        Eventually.isTrue("started", () -> plugin.stats().times().started() >= count);
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void answers_ofAnyLength_goToTheirCallers(Host host) throws Exception {
        SynchronizedPlugin plugin = load(host);
        occupy(plugin);
        int[] lengths = {0, 20, 800, 900, 1000, 1100, 5000, 100_000, 300_000, 3};
        List<String> texts = IntStream.range(0, 90)
                .mapToObj(i -> i + ":" + "x".repeat(lengths[i % lengths.length]))
                .toList();
        List<CompletableFuture<String>> answers = new ArrayList<>();
        for (String text : texts) {
            answers.add(echo(plugin, text));
        }
        List<CompletableFuture<String>> shortTexts = new ArrayList<>(); // which the worker encodes
        for (int i = 0; i < 40; i++) {
            shortTexts.add(plugin.submit("echo", "{\"message\":\"short " + i + "\"}"));
        }
        for (int i = 0; i < shortTexts.size(); i++) {
            String answer = shortTexts.get(i).get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertTrue(answer.contains("\"short " + i + "\""), "the answer to the short text " + i);
        }
        byte[] longRaw = new byte[5000];
        List<CompletableFuture<byte[]>> raw = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            raw.add(plugin.requestRaw(1, i % 2 == 0 ? longRaw : new byte[950 + i])
                    .submit());
        }
        for (int i = 0; i < raw.size(); i++) {
            assertArrayEquals(
                    i % 2 == 0 ? longRaw : new byte[950 + i],
                    raw.get(i).get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS),
                    "the answer to the raw call " + i);
        }
        for (int i = 0; i < texts.size(); i++) {
            String answer = answers.get(i).get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertTrue(answer.contains("\"" + texts.get(i) + "\""), "the answer to " + i);
        }
    }

    /** Its process must not have run it by then. */
    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void callWhoseContextCannotBeRestored_doesNotRun(Host host) throws Exception {
        AtomicBoolean isBroken = new AtomicBoolean();
        ContextCarrier carrier = () -> isBroken.get()
                ? code -> {
                    throw new SecurityException("as it restores");
                }
                : null;
        SynchronizedPlugin plugin = audit.watch(SynchronizedPlugin.load(
                TestPlugins.demo(),
                PluginConfig.defaults(),
                PluginOptions.defaults()
                        .withLogListener(line -> logged.add(line.message()))
                        .withIsolation(host.isolation())
                        .withGate(TurnstileOptions.defaults().withContextCarriers(carrier))));
        occupy(plugin);
        isBroken.set(true);
        CompletableFuture<String> broken = audit.watch(plugin.submit("log", Map.of("message", "it has run")));
        isBroken.set(false);
        plugin.submit("log", Map.of("message", "the next one")).get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertInstanceOf(SecurityException.class, Caller.failureOf(broken));
        assertTrue(plugin.flushLog(Audit.PATIENCE));
        assertEquals(List.of("started", "the next one"), logged);
    }

    /** Those that an old process has been handed and has not begun go to the fresh one. */
    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void calls_overFreshProcesses_areMadeOnceAndInOrder(Host host) throws Exception {
        SynchronizedPlugin plugin = load(host.isolation().withRecycleAfterCalls(7));
        occupy(plugin);
        int fresh = 0;
        for (int round = 0; fresh < 3; round++) { // they come while calls are made
            List<CompletableFuture<String>> calls = new ArrayList<>();
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 80; i++) {
                String line = "line " + round + "." + i;
                calls.add(plugin.submit("log", Map.of("message", line)));
                expected.add(line + "/null");
            }
            for (CompletableFuture<String> call : calls) {
                var unused = call.get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
            assertTrue(plugin.flushLog(Audit.PATIENCE));
            List<String> lines = new ArrayList<>(logged);
            logged.clear();
            fresh += (int)
                    lines.stream().filter(line -> line.startsWith("started")).count();
            lines.removeIf(line -> !line.startsWith("line"));
            assertEquals(expected, lines);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void lines_areInOrder_inTheContextOfTheirCalls(Host host) throws Exception {
        SynchronizedPlugin plugin = load(host);
        occupy(plugin);
        List<CompletableFuture<String>> calls = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            MDC.put("caller", Integer.toString(i));
            calls.add(plugin.submit("log", Map.of("message", "line " + i)));
            expected.add("line " + i + "/" + i);
        }
        MDC.clear();
        for (CompletableFuture<String> call : calls) {
            var unused = call.get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        assertTrue(plugin.flushLog(Audit.PATIENCE));
        assertEquals(expected, logged);
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void crash_failsOneCall_andTheOthersHaveTheirAnswersInOrder(Host host) throws Exception {
        SynchronizedPlugin plugin = load(host);
        occupy(plugin);
        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            CompletableFuture<String> call = i == 10
                    ? plugin.submit("crash", Map.of())
                    : plugin.submit("log", Map.of("message", Integer.toString(i)));
            calls.add(call);
        }
        for (int i = 0; i < 60; i++) {
            CompletableFuture<String> call = calls.get(i);
            if (i == 10) {
                ExecutionException failed = assertThrows(
                        ExecutionException.class, () -> call.get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS));
                assertTrue(assertInstanceOf(PluginCrashedException.class, failed.getCause())
                        .started());
            } else {
                var unused = call.get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        }
        assertTrue(plugin.flushLog(Audit.PATIENCE));
        List<String> lines = logged.stream()
                .map(line -> line.replaceAll("/.*", ""))
                .filter(line -> line.matches("\\d+"))
                .toList();
        assertEquals(
                IntStream.range(0, 60)
                        .filter(i -> i != 10)
                        .mapToObj(Integer::toString)
                        .toList(),
                lines,
                "each ran once");
    }

    /** The plugin is asked for its state then, while calls with answers of any length wait. */
    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void errorThatMayMeanAPanic_failsItsCallAlone(Host host) throws Exception {
        SynchronizedPlugin plugin = load(host);
        occupy(plugin);
        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            calls.add(
                    i % 4 == 0
                            ? plugin.submit("fail", Map.of("code", i % 8 == 0 ? 11 : 1, "message", "as asked"))
                            : echo(plugin, i + "x".repeat(5000)));
        }
        for (int i = 0; i < 40; i++) {
            CompletableFuture<String> call = calls.get(i);
            if (i % 4 == 0) {
                assertInstanceOf(
                        PluginException.class,
                        assertThrows(
                                        ExecutionException.class,
                                        () -> call.get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                                .getCause());
            } else {
                assertTrue(
                        call.get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS).contains("\"" + i + "x"));
            }
        }
        assertEquals(0, plugin.instances().getFirst().restarts());
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void panic_failsItsCallAlone(Host host) throws Exception {
        SynchronizedPlugin plugin = load(host);
        occupy(plugin);
        CompletableFuture<String> panic = plugin.submit("panic", Map.of("message", "as asked"));
        List<CompletableFuture<String>> others = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            others.add(echo(plugin, "other"));
        }
        assertThrows(ExecutionException.class, () -> panic.get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS));
        for (CompletableFuture<String> other : others) {
            assertTrue(other.get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS).contains("other"));
        }
        assertEquals(1, plugin.instances().getFirst().restarts());
    }

    /** There is always a caller who waits, and whose call has begun when the one before ends. */
    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void swap_comesToItsEnd_underLoad(Host host) throws Exception {
        SynchronizedPlugin plugin = load(host);
        AtomicBoolean isOver = new AtomicBoolean();
        List<FutureTask<Long>> callers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            FutureTask<Long> caller = new FutureTask<>(() -> {
                long calls = 0;
                while (!isOver.get()) {
                    var unused = plugin.call("spin", Map.of("duration_us", 200));
                    calls++;
                }
                return calls;
            });
            Thread.ofVirtual().start(caller);
            callers.add(caller);
        }
        awaitStarted(plugin, 100);
        SwapReport report =
                plugin.swap(TestPlugins.demo(), PluginConfig.defaults(), PluginWarmUp.none(), Audit.PATIENCE);
        isOver.set(true);
        for (FutureTask<Long> caller : callers) {
            assertTrue(caller.get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS) > 0);
        }
        assertEquals(1, report.switched());
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void callThatLeaves_hasNotRun_unlessItsCallerIsToldSo(Host host) throws Exception {
        SynchronizedPlugin plugin = load(host);
        occupy(plugin);
        var third = plugin.submit("sleep", A_WHILE);
        Caller<String> late = Caller.start(() ->
                plugin.call("log", Map.of("message", "late"), Duration.ofMillis(A_WHILE.get("duration_ms") + 150)));
        awaitPending(plugin, 3);
        Caller<String> interrupted = Caller.start(() -> plugin.call("log", Map.of("message", "interrupted")));
        awaitPending(plugin, 4);
        awaitStarted(plugin, 3); // all are handed over by then
        interrupted.interrupt();

        boolean lateHasRun = started(late);
        boolean interruptedHasRun = started(interrupted);
        var unused = third.get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertTrue(echo(plugin, "last")
                .get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .contains("last"));
        assertTrue(plugin.flushLog(Audit.PATIENCE));
        assertEquals(lateHasRun, logged.contains("late/null"));
        assertEquals(interruptedHasRun, logged.contains("interrupted/null"));
    }

    /** Waits until so many calls wait; on a machine that stands still they may have been run by then. */
    private static void awaitPending(SynchronizedPlugin plugin, int count) {
        Eventually.isTrue(
                "pending",
                () -> plugin.stats().pending() >= count
                        || plugin.stats().times().started() > 2);
    }

    private static boolean started(Caller<String> caller) {
        try {
            return caller.result() != null;
        } catch (CompletionException early) {
            return assertInstanceOf(EndedEarly.class, early.getCause()).started();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void close_refusesWhatHasNotBegun(Host host) throws Exception {
        SynchronizedPlugin plugin = load(host);
        occupy(plugin);
        List<CompletableFuture<String>> calls = new ArrayList<>();
        calls.add(plugin.submit("sleep", A_WHILE));
        for (int i = 0; i < 20; i++) {
            calls.add(plugin.submit("log", Map.of("message", "refused")));
        }
        awaitStarted(plugin, 3);
        var unused = plugin.close(Duration.ZERO);
        long begun = 0;
        for (CompletableFuture<String> call : calls.subList(1, calls.size())) {
            try {
                var answer = call.get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS);
                begun += answer == null ? 0 : 1;
            } catch (ExecutionException refused) {
                begun += assertInstanceOf(TurnstileClosedException.class, refused.getCause())
                                .started()
                        ? 1
                        : 0;
            }
        }
        assertTrue(plugin.close(Audit.PATIENCE).resourceClosed());
        assertTrue(plugin.flushLog(Audit.PATIENCE));
        assertEquals(begun, logged.stream().filter("refused/null"::equals).count(), "as their callers were told");
    }
}
