package dev.turnstile.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.turnstile.RestartPolicy;
import dev.turnstile.TurnstileClosedException;
import dev.turnstile.plugin.CodecException;
import dev.turnstile.plugin.ErrorCode;
import dev.turnstile.plugin.PluginException;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.Leftovers;
import dev.turnstile.testing.OwnClasses;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.util.function.SerializableFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The asynchronous function, as Flink's operator drives it: no record is lost, whatever becomes of its call, and the task's thread never waits. */
@Timeout(60)
class PluginAsyncFunctionTest {
    private final StagedPlugin.Stage stage = new StagedPlugin.Stage();
    private final Subtask subtask = new Subtask(0, 1);
    private final List<PluginAsyncFunction<?, ?, ?>> opened = new ArrayList<>();

    @BeforeEach
    void setStage() {
        StagedPlugin.stage = stage;
    }

    @AfterEach
    void closeAll() {
        stage.held.countDown();
        opened.forEach(PluginAsyncFunction::close);
        Leftovers.awaitNoThreads();
    }

    private static PluginDescription plugin(SerializableFunction<PluginOptions, PluginOptions> options) {
        return PluginDescription.javaPlugin(StagedPlugin.class).withOptions(options);
    }

    private static PluginDescription plugin() {
        return plugin(options -> options);
    }

    /** Static, as a lambda that is sent has nothing of the test. */
    private static volatile CountDownLatch slowBegun;

    private static volatile CountDownLatch slowHeld;

    /** The record is the tag and, after a space, the JSON of the request. */
    private static final PluginCall<String, String> CALL = (calls, record) -> {
        String[] words = record.split(" ", 2);
        return calls.request(words[0], words[1]);
    };

    private static final PluginCall<String, Integer> TYPED = (calls, record) -> {
        String[] words = record.split(" ", 2);
        return calls.request(words[0], words[1]).as(Integer.class).within(Duration.ofMinutes(1));
    };

    private <R> PluginAsyncFunction<String, R, R> open(PluginOperator operator, PluginCall<String, R> call)
            throws Exception {
        return open(operator, call, null, false);
    }

    private <R> PluginAsyncFunction<String, R, R> open(
            PluginOperator operator, PluginCall<String, R> call, KeySelector<String, ?> key, boolean isRestored)
            throws Exception {
        PluginAsyncFunction<String, R, R> function = new PluginAsyncFunction<>(
                operator, call, PluginAsyncFunction.alone(), key, null); // which is for the building of the job
        function.setRuntimeContext(subtask.context());
        function.initializeState(Subtask.proxy(
                FunctionInitializationContext.class, (self, method, arguments) -> switch (method.getName()) {
                    case "isRestored" -> isRestored;
                    default -> throw new AssertionError(method);
                }));
        function.open(Subtask.proxy(OpenContext.class, (self, method, arguments) -> {
            throw new AssertionError(method);
        }));
        opened.add(function);
        return function;
    }

    private static PluginOperator operator(PluginDescription plugin) {
        return PluginOperator.of("ask", plugin);
    }

    private static <R> Answers<R> ask(PluginAsyncFunction<String, R, R> function, String record) throws Exception {
        Answers<R> answers = new Answers<>();
        function.asyncInvoke(record, answers);
        return answers;
    }

    @Test
    void record_whoseCallIsAnswered_isAResult() throws Exception {
        assertEquals(
                "{\"a\":1}",
                ask(open(operator(plugin()), CALL), "echo {\"a\":1}").result());
        assertEquals(1L, subtask.gauge("turnstile.instancesServing"));
        assertEquals(1L, subtask.gauge("turnstile.completed"));
        assertEquals(0L, subtask.gauge("turnstile.deadLetters"));
    }

    @Test
    void records_whileTheLineIsFull_doNotHoldUpTheTask_andAreCalledForInTheirOrder() throws Exception {
        stage.held = new CountDownLatch(1);
        PluginAsyncFunction<String, String, String> function =
                open(operator(plugin(options -> options.withCapacity(2))), CALL);
        List<Answers<String>> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            all.add(ask(function, "echo " + i)); // returns, though the plugin is held
        }
        assertTrue((Integer) subtask.gauge("turnstile.backlog") >= 50 - 4);
        stage.held.countDown();
        List<String> results = new ArrayList<>();
        for (Answers<String> each : all) {
            results.add(each.result());
        }
        List<String> expected = IntStream.range(0, 50).mapToObj(String::valueOf).toList();
        assertEquals(expected, results);
        assertEquals(expected, List.copyOf(stage.requests));
    }

    /** The thread that waits for places has taken the last record from the backlog, and has no place for it yet: later ones must not overtake it. */
    @Test
    void record_whileAnEarlierOneWaitsForItsPlace_doesNotOvertakeIt() throws Exception {
        PluginAsyncFunction<String, String, String> function =
                open(operator(plugin(options -> options.withCapacity(1))), CALL);
        List<Answers<String>> all = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            all.add(ask(function, "echo " + i));
            if (i % 4 == 0) {
                assertEquals(String.valueOf(i), all.get(i).result()); // so that the backlog becomes empty at times
            }
        }
        for (int i = 0; i < all.size(); i++) {
            if (i % 4 != 0) {
                assertEquals(String.valueOf(i), all.get(i).result());
            }
        }
        assertEquals(IntStream.range(0, 20_000).mapToObj(String::valueOf).toList(), List.copyOf(stage.requests));
    }

    /** A request that takes long to be written where the thread that waits for places does it. */
    private record Slow(int number, CountDownLatch begun, CountDownLatch held) {
        @JsonValue
        int written() throws InterruptedException {
            if (number == 2 && Thread.currentThread().isVirtual()) {
                begun.countDown();
                held.await();
            }
            return number;
        }
    }

    @Test
    void record_whileAnEarlierOneIsWritten_doesNotOvertakeIt_thoughThereIsAPlace() throws Exception {
        slowBegun = new CountDownLatch(1);
        slowHeld = new CountDownLatch(1);
        stage.held = new CountDownLatch(1);
        PluginAsyncFunction<String, String, String> function = open(
                operator(plugin(options -> options.withCapacity(1))),
                (calls, record) -> calls.request("echo", new Slow(Integer.parseInt(record), slowBegun, slowHeld)));
        List<Answers<String>> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            all.add(ask(function, String.valueOf(i))); // one runs or is pending, the others wait
        }
        slowBegun.await();
        stage.held.countDown();
        assertEquals("0", all.get(0).result());
        assertEquals("1", all.get(1).result());
        all.add(ask(function, "3"));
        slowHeld.countDown();
        assertEquals("3", all.get(3).result());
        assertEquals(List.of("0", "1", "2", "3"), List.copyOf(stage.requests));
    }

    @Test
    void recordsOfAKey_areCalledForByOneInstance_inTheirOrder() throws Exception {
        PluginAsyncFunction<String, String, String> function =
                open(operator(plugin().withInstances(4)), CALL, record -> record.substring(record.length() - 1), false);
        List<Answers<String>> all = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            all.add(ask(function, "echo " + i));
        }
        for (Answers<String> each : all) {
            each.result();
        }
        assertEquals(4, stage.opened.get());
        for (int key = 0; key < 10; key++) {
            int last = -1;
            for (String request : stage.requests) {
                if (Integer.parseInt(request) % 10 == key) {
                    assertTrue(Integer.parseInt(request) > last, () -> stage.requests.toString());
                    last = Integer.parseInt(request);
                }
            }
        }
    }

    @Test
    void failures_areDeadLetters_withTheirReasons() throws Exception {
        PluginAsyncFunction<String, Integer, Integer> function = open(operator(plugin()), TYPED);
        DeadLetter<String> error = ask(function, "fail 1").letter();
        assertEquals("fail 1", error.record());
        assertEquals(DeadLetter.Reason.PLUGIN_ERROR, error.reason());
        assertEquals(ErrorCode.HANDLER, error.errorCode().orElseThrow());
        assertTrue(error.message().contains("as asked"), error::message);
        assertEquals(DeadLetter.Reason.CODEC, ask(function, "odd 1").letter().reason());
        assertEquals(
                DeadLetter.Reason.NO_RESPONSE, ask(function, "null 1").letter().reason());
        assertEquals(3L, subtask.gauge("turnstile.deadLetters"));
        assertEquals(7, ask(function, "echo 7").result());
    }

    @Test
    void failures_failTheJob_ifThatIsChosen() throws Exception {
        PluginAsyncFunction<String, Integer, Integer> function =
                open(operator(plugin()).withErrorPolicy(ErrorPolicy.FAIL_JOB), TYPED);
        assertInstanceOf(PluginException.class, ask(function, "fail 1").failure());
        assertInstanceOf(CodecException.class, ask(function, "odd 1").failure());
        assertInstanceOf(IllegalStateException.class, ask(function, "null 1").failure());
    }

    @Test
    void limitThatPasses_isADeadLetter_alsoOutsideTheLine() throws Exception {
        stage.held = new CountDownLatch(1);
        PluginAsyncFunction<String, String, String> function = open(
                operator(plugin(options -> options.withCapacity(1))),
                (calls, record) -> calls.request("echo", record)
                        .within(record.equals("1") ? Duration.ofMinutes(1) : Duration.ofMillis(1)));
        Answers<String> first = ask(function, "1");
        List<Answers<String>> late = List.of(ask(function, "2"), ask(function, "3"), ask(function, "4"));
        for (Answers<String> each : late) {
            assertEquals(DeadLetter.Reason.LIMIT, each.letter().reason());
        }
        assertFalse(stage.requests.contains("4"));
        stage.held.countDown();
        assertEquals("1", first.result());
    }

    @ParameterizedTest
    @EnumSource
    void panic_isADeadLetter_andThePluginIsReplaced(ErrorPolicy policy) throws Exception {
        PluginAsyncFunction<String, String, String> function =
                open(operator(plugin()).withErrorPolicy(policy), CALL);
        Answers<String> poison = ask(function, "panic 1");
        Answers<String> next = ask(function, "echo 2");
        assertEquals(DeadLetter.Reason.PANIC, poison.letter().reason());
        assertEquals("2", next.result());
        assertEquals(2, stage.opened.get());
    }

    @Test
    void recordAfterALossThatNothingReplaces_failsTheJob() throws Exception {
        PluginAsyncFunction<String, String, String> function = open(
                operator(plugin(options -> options.withGate(options.gate().withRestarts(RestartPolicy.never())))),
                CALL);
        assertEquals(DeadLetter.Reason.PANIC, ask(function, "panic 1").letter().reason());
        assertInstanceOf(PluginException.class, ask(function, "echo 2").failure());
    }

    /** The plugin has not done it, whatever becomes of the plugin then: the record is called for again. */
    @ParameterizedTest
    @EnumSource
    void recordForAPluginThatWasFoundDead_failsTheJob_alsoIfThatIsReplaced(ErrorPolicy policy) throws Exception {
        for (int i = 0; i < 20; i++) {
            PluginAsyncFunction<String, String, String> function =
                    open(operator(plugin()).withErrorPolicy(policy), CALL);
            Answers<String> last = ask(function, "dies 1");
            Answers<String> found = ask(function, "echo 2");
            assertEquals("1", last.result());
            assertInstanceOf(PluginException.class, found.failure());
            assertEquals("3", ask(function, "echo 3").result());
        }
    }

    @Test
    void exceptionOfAPluginInJava_isADeadLetter_unlessItIsToFailTheJob() throws Exception {
        for (String tag : List.of("throw", "reject", "cancel", "complete")) {
            DeadLetter<String> letter =
                    ask(open(operator(plugin()), CALL), tag + " 1").letter();
            assertEquals(DeadLetter.Reason.PLUGIN_ERROR, letter.reason());
            assertTrue(letter.errorCode().isEmpty());
            assertEquals("as asked", letter.message());
        }
        PluginOperator strict = operator(plugin()).withErrorPolicy(ErrorPolicy.FAIL_JOB);
        assertInstanceOf(
                NumberFormatException.class, ask(open(strict, CALL), "throw 1").failure());
    }

    /** A record that leaves the mark of an interrupt while it is written fails the job, in which those behind it would be called for again; none is forgotten. */
    @Test
    void recordThatInterruptsWhoWritesIt_doesNotStopThoseBehindIt() throws Exception {
        stage.held = new CountDownLatch(1);
        PluginAsyncFunction<String, String, String> function = open(
                operator(plugin(options -> options.withCapacity(1))),
                (calls, record) -> calls.request("echo", new Interrupting(Integer.parseInt(record))));
        List<Answers<String>> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.add(ask(function, String.valueOf(i)));
        }
        stage.held.countDown();
        for (int i = 0; i < all.size(); i++) {
            if (i == Interrupting.NUMBER) {
                assertInstanceOf(InterruptedException.class, all.get(i).failure());
            } else {
                assertEquals(String.valueOf(i), all.get(i).result());
            }
        }
        assertEquals("11", ask(function, "11").result());
    }

    private record Interrupting(int number) {
        static final int NUMBER = 5;

        @JsonValue
        int written() {
            if (number == NUMBER) {
                Thread.currentThread().interrupt();
            }
            return number;
        }
    }

    /** Named in JSON by its class. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
    public interface Shape {}

    public record Circle() implements Shape {}

    /** The library may be Flink's, and the classes that a response names are the job's. */
    @Test
    void classThatAResponseNames_isTheJobs() throws Exception {
        ClassLoader job = new OwnClasses(Circle.class);
        subtask.withClassLoader(job);
        PluginAsyncFunction<String, Shape, Shape> function = open(
                operator(plugin()),
                (calls, record) -> calls.request("echo", record).as(Shape.class));
        String json = "{\"@class\":\"" + Circle.class.getName() + "\"}";
        assertSame(job, ask(function, json).result().getClass().getClassLoader());
    }

    @Test
    void recordForAClosedPlugin_failsTheJob() throws Exception {
        PluginAsyncFunction<String, String, String> function =
                open(operator(plugin().sharedInProcess("closed", Duration.ZERO)), CALL);
        SharedPlugins.OF_PROCESS.find("closed").close(Audit.PATIENCE);
        assertInstanceOf(TurnstileClosedException.class, ask(function, "echo 1").failure());
    }

    @Test
    void close_givesUpItsOwnCallsFirst_andTellsFlinkNothing() throws Exception {
        stage.held = new CountDownLatch(1);
        PluginAsyncFunction<String, String, String> function = open(
                operator(plugin(options -> options.withCapacity(3)
                        .withGate(options.gate().withCapacity(3).withCloseLimit(Duration.ofMillis(50))))),
                CALL);
        List<Answers<String>> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.add(ask(function, "echo " + i));
        }
        stage.begun.await();
        function.close(); // returns though the first call hangs
        stage.held.countDown();
        Eventually.isTrue("the plugin is closed when the call has returned", () -> stage.closed.get() == 1);
        assertEquals(List.of("0"), List.copyOf(stage.requests));
        for (Answers<String> each : all) {
            assertTrue(each.isEmpty());
        }
    }

    @Test
    void close_ofOneThatShares_leavesTheCallsOfOthers() throws Exception {
        stage.held = new CountDownLatch(1);
        PluginDescription shared = plugin().sharedInProcess("two", Duration.ZERO);
        PluginAsyncFunction<String, String, String> one = open(operator(shared), CALL);
        PluginAsyncFunction<String, String, String> other = open(operator(shared), CALL);
        Answers<String> given = ask(one, "echo 0");
        Answers<String> pending = ask(one, "echo 1");
        Answers<String> kept = ask(other, "echo 2");
        stage.begun.await();
        one.close();
        stage.held.countDown();
        assertEquals("2", kept.result());
        assertEquals(List.of("0", "2"), List.copyOf(stage.requests));
        assertTrue(given.isEmpty() && pending.isEmpty());
        assertEquals(1, stage.opened.get());
        assertEquals(0, stage.closed.get());
        other.close();
        assertEquals(1, stage.closed.get());
    }

    @Test
    void restoredRecord_whoseKeyIsAnothersSubtask_isRefused() throws Exception {
        Subtask first = new Subtask(0, 2);
        String own = keyOf(0);
        String foreign = keyOf(1);
        PluginAsyncFunction<String, String, String> function =
                open(first, operator(plugin()), record -> record.substring(record.indexOf(' ') + 1), true);
        assertEquals(own, ask(function, "echo " + own).result());
        IllegalStateException refusal =
                assertThrows(IllegalStateException.class, () -> ask(function, "echo " + foreign));
        assertTrue(refusal.getMessage().contains("--drain"), refusal::getMessage);
        PluginAsyncFunction<String, String, String> fresh =
                open(first, operator(plugin()), record -> record.substring(record.indexOf(' ') + 1), false);
        assertEquals(foreign, ask(fresh, "echo " + foreign).result());
    }

    private PluginAsyncFunction<String, String, String> open(
            Subtask as, PluginOperator operator, KeySelector<String, ?> key, boolean isRestored) throws Exception {
        PluginAsyncFunction<String, String, String> function = open(operator, CALL, key, isRestored);
        function.close();
        function.setRuntimeContext(as.context());
        function.open(Subtask.proxy(OpenContext.class, (self, method, arguments) -> null));
        return function;
    }

    private static String keyOf(int subtask) {
        return IntStream.range(0, 1_000)
                .mapToObj(String::valueOf)
                .filter(key -> KeyGroupRangeAssignment.assignKeyToParallelOperator(key, 128, 2) == subtask)
                .findFirst()
                .orElseThrow();
    }
}
