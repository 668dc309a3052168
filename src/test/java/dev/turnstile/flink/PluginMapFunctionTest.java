package dev.turnstile.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.RestartPolicy;
import dev.turnstile.plugin.Isolation;
import dev.turnstile.plugin.PluginException;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.testing.TestPlugins;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.apache.flink.util.function.SerializableFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

/** The direct function, with the demo plugin itself, which belongs to the thread that opens it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SAME_THREAD)
class PluginMapFunctionTest {
    private static final OutputTag<DeadLetter<String>> LETTERS =
            new OutputTag<>("letters", new DeadLetterType<>(Types.STRING));

    /** The record is the tag and, after a space, the request; the rest of it is what the response is read as. */
    private static final DirectCall<String, String> CALL = (plugin, record) -> {
        String[] words = record.split(" ", 2);
        return words[0].equals("null")
                ? plugin.call("null", "{}", String.class)
                : words[0].equals("odd")
                        ? String.valueOf(plugin.call("echo", words[1], Integer.class))
                        : plugin.call(words[0], words[1]);
    };

    private final Subtask subtask = new Subtask(0, 1);
    private final List<String> results = new ArrayList<>();
    private final List<DeadLetter<String>> letters = new ArrayList<>();
    private PluginMapFunction<String, String, String> function;

    private void open(PluginOperator operator) throws Exception {
        function = new PluginMapFunction<>(operator, CALL, PluginAsyncFunction.alone(), LETTERS);
        function.setRuntimeContext(subtask.context());
        function.open(Subtask.proxy(OpenContext.class, (self, method, arguments) -> null));
    }

    private static PluginDescription plugin(SerializableFunction<PluginOptions, PluginOptions> options) {
        return PluginDescription.bundle(TestPlugins.bundle().toString())
                .withUnsigned()
                .withOptions(options);
    }

    private static PluginOperator operator() {
        return PluginOperator.of("ask", plugin(options -> options));
    }

    @AfterEach
    void close() {
        if (function != null) {
            function.close();
        }
    }

    private void process(String record) throws Exception {
        ProcessFunction<String, String> asFlink = function;
        ProcessFunction<String, String>.Context context = asFlink.new Context() {
            @Override
            public Long timestamp() {
                return null;
            }

            @Override
            public TimerService timerService() {
                throw new UnsupportedOperationException();
            }

            @Override
            public <X> void output(OutputTag<X> tag, X value) {
                assertEquals(LETTERS, tag);
                @SuppressWarnings("unchecked")
                DeadLetter<String> letter = (DeadLetter<String>) value;
                letters.add(letter);
            }
        };
        function.processElement(record, context, new Collector<>() {
            @Override
            public void collect(String result) {
                results.add(result);
            }

            @Override
            public void close() {}
        });
    }

    private List<DeadLetter.Reason> reasons() {
        return letters.stream().map(DeadLetter::reason).toList();
    }

    @Test
    void records_areResultsOrDeadLetters() throws Exception {
        open(operator());
        process("echo {\"message\":\"hi\"}");
        process("fail {\"code\":7}");
        process("odd {\"message\":\"hi\"}");
        process("null");
        process("echo {\"message\":\"there\"}");
        assertEquals(2, results.size());
        assertEquals(
                List.of(DeadLetter.Reason.PLUGIN_ERROR, DeadLetter.Reason.CODEC, DeadLetter.Reason.NO_RESPONSE),
                reasons());
        assertEquals(3, subtask.counter("turnstile.deadLetters").getCount());
    }

    @Test
    void failures_failTheJob_ifThatIsChosen() throws Exception {
        open(operator().withErrorPolicy(ErrorPolicy.FAIL_JOB));
        assertThrows(PluginException.class, () -> process("fail {\"code\":7}"));
        assertThrows(IllegalStateException.class, () -> process("null"));
    }

    @ParameterizedTest
    @EnumSource
    void panic_isADeadLetter_andThePluginIsReplaced(ErrorPolicy policy) throws Exception {
        open(operator().withErrorPolicy(policy));
        process("panic {}");
        process("echo {\"message\":\"hi\"}");
        assertEquals(List.of(DeadLetter.Reason.PANIC), reasons());
        assertEquals(1, results.size());
        assertEquals(1, subtask.counter("turnstile.restarts").getCount());
    }

    @Test
    void panics_beyondTheRestarts_failTheJob() throws Exception {
        open(PluginOperator.of(
                "ask",
                plugin(options ->
                        options.withGate(options.gate().withRestarts(RestartPolicy.limited(2, Duration.ofHours(1)))))));
        process("panic {}");
        process("panic {}");
        IllegalStateException end = assertThrows(IllegalStateException.class, () -> process("panic {}"));
        assertTrue(end.getMessage().contains("2 times"), end::getMessage);
    }

    @Test
    void settings_thatADirectCallCannotHave_areRefused() {
        PluginDescription plugin = plugin(options -> options);
        List<PluginDescription> wrong = List.of(
                plugin.withInstances(2),
                plugin.sharedInProcess("one", Duration.ZERO),
                plugin(options -> options.withIsolation(Isolation.process())),
                plugin(options -> options.withMapper(new JsonMapper())),
                PluginDescription.javaPlugin(StagedPlugin.class));
        for (PluginDescription each : wrong) {
            IllegalArgumentException refusal =
                    assertThrows(IllegalArgumentException.class, () -> open(PluginOperator.of("ask", each)));
            assertTrue(refusal.getMessage().contains("use ordered"), refusal::getMessage);
        }
    }
}
