package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

/** Log lines reach the listener whole and in order, from any thread and at any time, and what it does harms nobody. */
@ParameterizedClass
@MethodSource("dev.turnstile.plugin.Host#contract")
class PluginLogTest {
    @Parameter
    Host host;

    private static final PluginLogLine STARTED = PluginLogLine.of(LogLevel.INFO, "turnstile_demo", "started");

    @RegisterExtension
    final Audit audit = new Audit();

    @TempDir
    Path directory;

    private final Heard heard = new Heard();
    private Path library;

    /** A listener that remembers what it was told, and how. */
    private static class Heard implements PluginLogListener {
        final Queue<PluginLogLine> lines = new ConcurrentLinkedQueue<>();
        final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
        final Map<String, String> callers =
                new HashMap<>(); // by message; one thread at a time writes, before it adds the line

        @Override
        public void onLine(PluginLogLine line) {
            threads.add(Thread.currentThread());
            callers.put(line.message(), String.valueOf(MDC.get("caller")));
            lines.add(line);
        }

        void await(int count) {
            Eventually.isTrue(count + " lines", () -> lines.size() >= count);
        }

        List<String> messages() {
            return lines.stream().map(PluginLogLine::message).toList();
        }
    }

    @BeforeEach
    void copyThePlugin() {
        library = TestPlugins.privateCopy("turnstile_demo", directory);
    }

    @AfterEach
    void clearTheContext() {
        MDC.clear();
    }

    private SynchronizedPlugin load(PluginLogListener listener) throws InterruptedException {
        return load(listener, PluginConfig.defaults());
    }

    private SynchronizedPlugin load(PluginLogListener listener, PluginConfig config) throws InterruptedException {
        return audit.watch(
                SynchronizedPlugin.load(library, config, host.inPlace(library).withLogListener(listener)));
    }

    /** Has the plugin log; members and their values in turn. */
    private static void log(SynchronizedPlugin plugin, Object... members) throws InterruptedException {
        Map<String, Object> request = new HashMap<>();
        for (int i = 0; i < members.length; i += 2) {
            request.put((String) members[i], members[i + 1]);
        }
        assertNotNull(plugin.call("log", request, Map.class));
    }

    // ---- whence and when ----

    @ParameterizedTest
    @ValueSource(strings = {"caller", "thread"})
    void line_fromAnyThread_arrivesAsItWasLogged(String from) throws Exception {
        SynchronizedPlugin plugin = load(heard);
        log(plugin, "from", from, "level", 3, "target", "a::b", "message", "größer als\n\"nötig\" 🎟");
        heard.await(2);

        PluginLogLine line = PluginLogLine.of(LogLevel.WARN, "a::b", "größer als\n\"nötig\" 🎟");
        assertEquals(List.of(STARTED, from.equals("caller") ? line.withTag("log") : line), List.copyOf(heard.lines));
    }

    @Test
    void line_duringACall_carriesItsTagAlsoInTheMdc_andNoOtherDoes() throws Exception {
        List<String> tags = new CopyOnWriteArrayList<>();
        SynchronizedPlugin plugin = load(line -> {
            tags.add(line.message() + " " + line.tag() + " " + MDC.get(PluginLogListener.TAG));
            heard.onLine(line);
        });
        log(plugin, "message", "called");
        log(plugin, "from", "thread", "message", "elsewhere");
        heard.await(3);
        plugin.close();
        heard.await(4);

        assertEquals(List.of("started null null", "called log log", "elsewhere null null", "stopping null null"), tags);
    }

    @Test
    void lines_whileThePluginStartsAndStops_arrive() throws Exception {
        load(heard).close();
        heard.await(2);

        assertEquals(List.of("started", "stopping"), heard.messages());
    }

    @Test
    void lines_ofAStartThatFails_areInTheExceptionAndArrive() {
        PluginLoadException thrown = assertThrows(
                PluginLoadException.class,
                () -> load(heard, PluginConfig.defaults().withInitParams(Map.of("fail_init", true))));
        heard.await(1);

        assertEquals(thrown.logLines(), List.copyOf(heard.lines));
        assertEquals(LogLevel.ERROR, thrown.logLines().getFirst().level());
        assertTrue(thrown.getMessage().contains("init failed: init_params.fail_init is true"), thrown.getMessage());
    }

    /** In the library that rustbridge ships for Java this is a SIGSEGV. */
    @Test
    void line_afterTheShutdown_harmsNobody() throws Exception {
        NativeProbe probe = host.probe(library);
        SynchronizedPlugin first = load(heard);
        log(first, "from", "after_shutdown", "message", "late");
        first.close();
        if (host == Host.THIS_PROCESS) {
            heard.await(3);
            assertEquals(List.of("started", "stopping", "late"), heard.messages());
            assertEquals(3, probe.count("log_lines"));
        } else { // a process ends when its plugin has been shut down, and that line may come too late
            heard.await(2);
            assertTrue(
                    List.of(List.of("started", "stopping"), List.of("started", "stopping", "late"))
                            .contains(heard.messages()),
                    heard.messages()::toString);
        }
        Heard second = new Heard();
        log(load(second), "message", "from the next instance");
        second.await(2);
        assertEquals(List.of("started", "from the next instance"), second.messages());
    }

    @Test
    void lines_ofTwoCopies_goToTheirOwnListeners() throws Exception {
        SynchronizedPlugin one = load(heard);
        library = TestPlugins.privateCopy("turnstile_demo", directory);
        Heard other = new Heard();
        SynchronizedPlugin two = load(other);
        for (String from : List.of("caller", "thread")) {
            log(one, "from", from, "message", "one");
            log(two, "from", from, "message", "two");
        }
        heard.await(3);
        other.await(3);

        assertEquals(List.of("started", "one", "one"), heard.messages());
        assertEquals(List.of("started", "two", "two"), other.messages());
    }

    /** The instances of a file share its callback, and still a line that a caller's thread logs is its own instance's. */
    @Test
    void lines_ofTwoInstancesOfAFile_duringACallGoToTheirOwnListeners() throws Exception {
        SynchronizedPlugin one = load(heard);
        Heard other = new Heard();
        SynchronizedPlugin two = load(other);
        log(one, "message", "one");
        log(two, "message", "two");
        heard.await(2);
        other.await(2);

        assertEquals(List.of("started", "one"), heard.messages());
        assertEquals(List.of("started", "two"), other.messages());
    }

    @Test
    void lines_arriveInTheOrderInWhichTheyWereLogged() throws Exception {
        SynchronizedPlugin plugin = load(heard);
        List<String> expected =
                IntStream.range(0, 1000).mapToObj(i -> "line " + i).toList();
        for (String message : expected) {
            log(plugin, "message", message);
        }
        heard.await(1001);

        assertEquals(expected, heard.messages().subList(1, 1001));
    }

    // ---- what is in a line ----

    @Test
    void message_endsWhereItsLengthSays() throws Exception {
        SynchronizedPlugin plugin = load(heard);
        String[] messages = {"", "x", "with a \0 inside", "x".repeat(1 << 16)};
        for (String message : messages) {
            log(plugin, "message", message);
        }
        heard.await(5);

        assertEquals(Arrays.asList(messages), heard.messages().subList(1, 5));
    }

    @Test
    void message_longerThanAMebibyte_saysHowMuchIsMissing() throws Exception {
        int limit = 1 << 20;
        SynchronizedPlugin plugin = load(heard);
        log(plugin, "message", "x".repeat(limit));
        log(plugin, "message", "x".repeat(limit + 3));
        log(plugin, "message", "x".repeat(limit - 1) + "é and more"); // whose second byte is over the limit
        heard.await(4);

        assertEquals(
                List.of(
                        "x".repeat(limit),
                        "x".repeat(limit) + "… (3 bytes more)",
                        "x".repeat(limit - 1) + "… (11 bytes more)"),
                heard.messages().subList(1, 4));
    }

    @Test
    void message_thatIsNotUtf8_isReplacedAndArrives() throws Exception {
        SynchronizedPlugin plugin = load(heard);
        log(plugin, "message", "caf\u00e9 \u00ff\u00fe", "latin1", true);
        heard.await(2);

        assertEquals("caf\ufffd \ufffd\ufffd", heard.messages().getLast());
    }

    @Test
    void pointersThatAreNull_areEmptyTexts() throws Exception {
        SynchronizedPlugin plugin = load(heard);
        log(plugin, "target", null, "message", "no target");
        log(plugin, "message", null);
        log(plugin, "target", null, "message", null, "from", "thread");
        heard.await(4);

        assertEquals(
                List.of(
                        STARTED,
                        PluginLogLine.of(LogLevel.INFO, "", "no target").withTag("log"),
                        PluginLogLine.of(LogLevel.INFO, "turnstile_demo", "").withTag("log"),
                        PluginLogLine.of(LogLevel.INFO, "", "")),
                List.copyOf(heard.lines));
    }

    @ParameterizedTest
    @CsvSource({"0, TRACE", "1, DEBUG", "2, INFO", "3, WARN", "4, ERROR", "5, INFO", "6, INFO", "128, INFO", "255, INFO"
    })
    void levelNumber_isReadAsLevel_andAnUnknownOneAsInfo(int number, LogLevel level) throws Exception {
        SynchronizedPlugin plugin = load(heard, PluginConfig.defaults().withLogLevel(LogLevel.TRACE));
        log(plugin, "level", number, "message", "line");
        heard.await(2);

        assertEquals(
                PluginLogLine.of(level, "turnstile_demo", "line").withTag("log"),
                List.copyOf(heard.lines).getLast());
    }

    // ---- the limit ----

    @ParameterizedTest
    @CsvSource({
        "TRACE, started 0 1 2 3 4",
        "DEBUG, started 1 2 3 4",
        "INFO, started 2 3 4",
        "WARN, 3 4",
        "ERROR, 4",
        "OFF, ''"
    })
    void logLevelOfTheConfig_holdsBackWhatIsLessSevere(LogLevel limit, String expected) throws Exception {
        SynchronizedPlugin plugin = load(heard, PluginConfig.defaults().withLogLevel(limit));
        logEachLevelThenTheEnd(plugin);

        assertEquals((expected + " end").strip(), String.join(" ", heard.messages()));
    }

    @ParameterizedTest
    @CsvSource({"TRACE, 0 1 2 3 4", "DEBUG, 1 2 3 4", "INFO, 2 3 4", "WARN, 3 4", "ERROR, 4", "OFF, ''"})
    void setLogLevel_holdsBackWhatIsLessSevere(LogLevel limit, String expected) throws Exception {
        SynchronizedPlugin plugin = load(heard, PluginConfig.defaults().withLogLevel(LogLevel.OFF));
        plugin.setLogLevel(limit);
        logEachLevelThenTheEnd(plugin);

        assertEquals((expected + " end").strip(), String.join(" ", heard.messages()));
    }

    private void logEachLevelThenTheEnd(SynchronizedPlugin plugin) throws InterruptedException {
        for (int level = 0; level <= 4; level++) {
            log(plugin, "level", level, "message", String.valueOf(level));
        }
        plugin.setLogLevel(LogLevel.INFO);
        log(plugin, "message", "end");
        Eventually.isTrue("the last line", () -> heard.messages().contains("end"));
    }

    // ---- the listener ----

    @Test
    void listener_runsOnVirtualThreadsOnly() throws Exception {
        SynchronizedPlugin plugin = load(heard);
        log(plugin, "message", "from the worker");
        log(plugin, "from", "thread", "message", "from a thread of the plugin");
        heard.await(3); // a process ends with its plugin, whatever its threads were about to do
        plugin.close();
        heard.await(4);

        assertTrue(heard.threads.stream().allMatch(Thread::isVirtual), heard.threads.toString());
    }

    /** All lines are queued when the listener first throws: nothing but the delivery itself brings it the next ones. */
    @Test
    void listenerThatThrows_harmsNobody() throws Exception {
        NativeProbe probe = host.probe(library);
        SynchronizedPlugin plugin = load(line -> {
            Eventually.isTrue("all lines logged", () -> probe.count("log_lines") >= 9);
            heard.onLine(line);
            switch (line.message()) {
                case "exception" -> throw new IllegalStateException("as asked");
                case "error" -> throw new AssertionError("as asked");
                case "overflow" -> throw new StackOverflowError("as asked");
                default -> {}
            }
        });
        List<String> messages = List.of("exception", "error", "overflow", "none");
        for (String message : messages) {
            log(plugin, "message", message);
        }
        for (String message : messages) {
            log(plugin, "from", "thread", "message", message);
        }
        heard.await(9);

        assertEquals(messages, heard.messages().subList(1, 5));
        assertEquals(
                messages.stream().sorted().toList(),
                heard.messages().subList(5, 9).stream().sorted().toList());
        assertEquals(PluginState.ACTIVE, plugin.state());
    }

    @Test
    void listenerThatCallsThePluginAgain_getsItsAnswer() throws Exception {
        Queue<Object> answers = new ConcurrentLinkedQueue<>();
        SynchronizedPlugin[] plugin = new SynchronizedPlugin[1];
        plugin[0] = load(line -> {
            if (line.message().equals("call again")) {
                try {
                    answers.add(plugin[0].call("echo", "{\"message\":\"again\"}"));
                    answers.add(
                            plugin[0].submit("echo", "{\"message\":\"future\"}").join());
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        });
        log(plugin[0], "message", "call again");
        Eventually.isTrue("two answers", () -> answers.size() == 2);

        assertEquals(
                "[{\"message\":\"again\",\"length\":5}, {\"message\":\"future\",\"length\":6}]", answers.toString());
    }

    // ---- the caller's context ----

    @Test
    void callersContext_isThereForTheLinesOfItsCallAndForNoOthers() throws Exception {
        SynchronizedPlugin plugin = load(heard);
        MDC.put("caller", "first");
        log(plugin, "message", "of the first");
        log(plugin, "from", "thread", "message", "of a thread");
        MDC.put("caller", "second");
        log(plugin, "message", "of the second");
        MDC.clear();
        log(plugin, "message", "of nobody");
        heard.await(5);

        assertEquals(
                Map.of(
                        "started", "null",
                        "of the first", "first",
                        "of a thread", "null",
                        "of the second", "second",
                        "of nobody", "null"),
                heard.callers);
    }

    @Test
    void contextThatTheListenerSets_isGoneForTheNextLine() throws Exception {
        SynchronizedPlugin plugin = load(line -> {
            heard.onLine(line);
            MDC.put("caller", "the listener");
        });
        log(plugin, "message", "line", "count", 100);
        heard.await(101);

        assertEquals(Map.of("started", "null", "line", "null"), heard.callers);
    }

    /**
     * An MDC may be inherited by new threads: the delivering thread, which the worker started, must not take a caller's
     * context along to the line of a plugin's thread that was first in the queue.
     */
    @Test
    void lineWithoutContext_deliveredByAThreadThatInheritsOne_hasNone() {
        MDC.put("caller", "the thread that starts the delivery");
        new LogDelivery(heard).offer(STARTED, null);
        heard.await(1);

        assertEquals(Map.of("started", "null"), heard.callers);
    }
}
