package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.ExtractionPlace;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads that are bound to one instance call it at once, each as if it was alone; the last one to go shuts it down. */
class SiblingsTest {
    private static final String ECHO = "{\"message\":\"m\"}";
    private static final String ECHOED = "{\"message\":\"m\",\"length\":1}";
    private static final String BLOCK = "{\"gate\":0}";
    private static final int ROUNDS = 500;
    private static final int STEPS = 50;

    @RegisterExtension
    final ExtractionPlace place = new ExtractionPlace();

    private final Queue<PluginLogLine> lines = new ConcurrentLinkedQueue<>();
    private final Deque<Worker> workers = new ArrayDeque<>();
    private Path library;
    private NativeProbe probe;

    /** A platform thread with a plugin that is bound to it. */
    private static final class Worker {
        private final ExecutorService thread = Executors.newSingleThreadExecutor();
        private final NativePlugin plugin;

        Worker(Supplier<NativePlugin> bind) {
            plugin = get(CompletableFuture.supplyAsync(bind, thread));
        }

        <T> CompletableFuture<T> start(Function<NativePlugin, T> use) {
            return CompletableFuture.supplyAsync(() -> use.apply(plugin), thread);
        }

        String call(String tag, String json) {
            return get(start(plugin -> plugin.call(tag, json)));
        }

        void close() {
            get(start(plugin -> {
                plugin.close();
                return true;
            }));
        }
    }

    private static <T> T get(CompletableFuture<T> future) {
        return future.orTimeout(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    @BeforeEach
    void copyThePlugin(@TempDir Path directory) {
        library = TestPlugins.privateCopy("turnstile_demo", directory);
        probe = new NativeProbe(library);
    }

    @AfterEach
    void letGo() {
        probe.openGate(0);
        workers.forEach(Worker::close);
        workers.forEach(worker -> worker.thread.close());
    }

    private Worker worker(Supplier<NativePlugin> bind) {
        Worker worker = new Worker(bind);
        workers.add(worker);
        return worker;
    }

    private Worker load() {
        return worker(() -> NativePlugin.loadInPlace(library, PluginConfig.defaults(), lines::add));
    }

    private Worker siblingOf(Worker other) {
        return worker(other.plugin::sibling);
    }

    private List<String> tagged(int count) {
        Eventually.isTrue(count + " lines", () -> lines.size() >= count);
        return lines.stream().map(line -> line.message() + " " + line.tag()).toList();
    }

    // ---- calls ----

    @Test
    void calls_ofTwo_areInThePluginAtOnce() {
        Worker first = load();
        Worker second = siblingOf(first);
        CompletableFuture<String> one = first.start(plugin -> plugin.call("block", BLOCK));
        CompletableFuture<String> two = second.start(plugin -> plugin.call("block", BLOCK));
        probe.awaitEntered(0, 2); // neither returns before the gate opens
        probe.openGate(0);

        assertEquals(BLOCK, get(one));
        assertEquals(BLOCK, get(two));
        assertEquals(2, probe.count("max_depth"));
        assertEquals(2, probe.count("threads"));
        assertEquals(1, probe.count("live_instances"));
    }

    @Test
    void calls_ofTwo_getTheirOwnAnswers() {
        Worker first = load();
        Worker second = siblingOf(first);
        CompletableFuture<Boolean> one = first.start(plugin -> callsAnswered(plugin, "first"));
        CompletableFuture<Boolean> two = second.start(plugin -> callsAnswered(plugin, "the second"));

        assertTrue(get(one));
        assertTrue(get(two));
        assertEquals(0, probe.count("outstanding_buffers"));
        assertEquals(0, probe.count("double_frees"));
    }

    private static boolean callsAnswered(NativePlugin plugin, String message) {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 2000; i++) {
            assertEquals(
                    "{\"message\":\"" + message + "\",\"length\":" + message.length() + "}",
                    plugin.call("echo", "{\"message\":\"" + message + "\"}"));
            assertArrayEquals(bytes, plugin.callRaw(1, bytes));
        }
        return true;
    }

    @Test
    void sibling_isConfinedToItsThread() {
        Worker second = siblingOf(load());
        String owner = get(second.start(plugin -> Thread.currentThread().getName()));
        probe.reset();

        for (Callable<?> use : List.<Callable<?>>of(
                () -> second.plugin.call("echo", ECHO),
                () -> second.plugin.callRaw(1, new byte[1]),
                second.plugin::state,
                () -> {
                    second.plugin.close();
                    return null;
                })) {
            Throwable refused = Caller.start(use).failure();
            assertInstanceOf(WrongThreadException.class, refused);
            assertTrue(refused.getMessage().contains("belongs to thread " + owner + ";"), refused::getMessage);
        }
        assertEquals(0, probe.count("threads"), "nothing entered the plugin");
        assertEquals(ECHOED, second.call("echo", ECHO));
    }

    // ---- log lines ----

    @Test
    void line_whileAnotherIsInACall_carriesTheTagOfItsOwnCall() {
        Worker first = load();
        Worker second = siblingOf(first);
        for (Worker blocking : List.of(first, second)) {
            Worker logging = blocking == first ? second : first;
            probe.closeGate(0);
            CompletableFuture<String> blocked = blocking.start(plugin -> plugin.call("block", BLOCK));
            probe.awaitEntered(0, 1);
            logging.call("log", "{\"message\":\"called\"}");
            logging.call("log", "{\"message\":\"elsewhere\",\"from\":\"thread\"}");
            int logged = blocking == first ? 3 : 5;
            Eventually.isTrue("the thread's line", () -> lines.size() == logged);
            probe.openGate(0);
            get(blocked);
        }

        assertEquals(
                List.of("started null", "called log", "elsewhere null", "called log", "elsewhere null"), tagged(5));
    }

    /** Calls that begin and end on another thread meanwhile take no line's tag, and give it none. */
    @Test
    void lines_whileAnotherMakesCalls_carryTheTagOfTheirOwnCall() {
        Worker first = load();
        Worker second = siblingOf(first);
        int count = LogDelivery.CAPACITY / 2;
        CompletableFuture<String> logged =
                first.start(plugin -> plugin.call("log", "{\"message\":\"line\",\"count\":" + count + "}"));
        get(second.start(plugin -> {
            while (!logged.isDone()) {
                assertEquals(ECHOED, plugin.call("echo", ECHO));
            }
            return true;
        }));

        assertEquals("{\"lines\":" + count + "}", get(logged));
        assertEquals(Collections.nCopies(count, "line log"), tagged(count + 1).subList(1, count + 1));
    }

    /** It need not be on another thread; then the lines are of the one that makes the call. */
    @Test
    void line_ofOneOfTwoOnAThread_carriesItsTag() {
        Queue<PluginLogLine> others = new ConcurrentLinkedQueue<>();
        try (NativePlugin plugin = NativePlugin.loadInPlace(library, PluginConfig.defaults(), lines::add);
                NativePlugin sibling = plugin.sibling();
                NativePlugin other = NativePlugin.loadInPlace(library, PluginConfig.defaults(), others::add)) {
            assertNotNull(plugin.call("log", "{\"message\":\"1\"}"));
            assertNotNull(sibling.call("log", "{\"message\":\"2\"}"));
            assertNotNull(other.call("log", "{\"message\":\"3\"}"));
            assertEquals(List.of("started null", "1 log", "2 log"), tagged(3));
            Eventually.isTrue("those of the other", () -> others.size() == 2);
        }
    }

    // ---- the end ----

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void close_ofOne_leavesTheOther_andTheLastShutsDownOnce(boolean firstGoes) {
        Worker first = load();
        Worker second = siblingOf(first);
        Worker gone = firstGoes ? first : second;
        Worker left = firstGoes ? second : first;
        gone.close();
        gone.close();

        assertEquals(0, probe.count("shutdowns"));
        assertEquals(ECHOED, left.call("echo", ECHO));
        left.call("log", "{\"message\":\"called\"}");
        left.call("log", "{\"message\":\"elsewhere\",\"from\":\"thread\"}");
        assertEquals(List.of("started null", "called log", "elsewhere null"), tagged(3));
        assertEquals(
                "The plugin " + library + " is closed",
                get(gone.start(plugin -> assertThrows(IllegalStateException.class, () -> plugin.call("echo", ECHO))
                        .getMessage())));

        left.close();
        assertEquals(1, probe.count("shutdowns"));
        assertEquals(0, probe.count("live_instances"));
        assertEquals("stopping null", tagged(4).getLast());
        gone.close();
        left.close();
        assertEquals(1, probe.count("shutdowns"));
        assertEquals(4, lines.size());
    }

    @Test
    void sibling_ofOneThatIsClosed_whileAnotherLives_isBound_andThenRefused() {
        Worker first = load();
        Worker second = siblingOf(first);
        first.close();
        Worker third = siblingOf(first);
        second.close();
        assertEquals(ECHOED, third.call("echo", ECHO));
        third.close();

        for (Worker closed : List.of(first, second, third)) {
            IllegalStateException refused = assertThrows(IllegalStateException.class, closed.plugin::sibling);
            assertEquals("The plugin " + library + " is closed", refused.getMessage());
        }
        assertEquals(1, probe.count("shutdowns"));
    }

    /** Whoever is bound has a living instance, and whoever is not is told; the instance ends once, whoever was last. */
    @Test
    void sibling_whileTheLastCloses_livesOrIsRefused() {
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            for (int round = 1; round <= ROUNDS; round++) {
                NativePlugin last = NativePlugin.loadInPlace(library, PluginConfig.defaults(), lines::add);
                AtomicInteger coming = new AtomicInteger(2);
                int step = round % STEPS;
                CompletableFuture<String> outcome = CompletableFuture.supplyAsync(
                        () -> {
                            meet(coming, step);
                            try (NativePlugin sibling = last.sibling()) {
                                return sibling.call("echo", ECHO);
                            } catch (IllegalStateException refused) {
                                return refused.getMessage();
                            }
                        },
                        thread);
                meet(coming, STEPS - step);
                last.close();

                String told = get(outcome);
                assertEquals(told.startsWith("{") ? ECHOED : "The plugin " + library + " is closed", told);
                assertEquals(round, probe.count("shutdowns"));
                assertEquals(0, probe.count("live_instances"));
            }
        }
    }

    /** Goes on when both have come, a little later than the other if told so. */
    private static void meet(AtomicInteger coming, int steps) {
        coming.decrementAndGet();
        while (coming.get() > 0) {
            Thread.onSpinWait();
        }
        for (int i = 0; i < steps; i++) {
            Thread.onSpinWait();
        }
    }

    @Test
    void fileOfItsOwn_staysUntilTheLastIsClosed() {
        Worker first = worker(() -> NativePlugin.load(library, PluginConfig.defaults(), PluginLogListener.slf4j()));
        Worker second = siblingOf(first);
        first.close();
        assertEquals(1, place.extracted().size());
        second.close();
        assertEquals(List.of(), place.extracted());
    }
}
