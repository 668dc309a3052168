package dev.turnstile.flink.trial;

import dev.turnstile.RestartPolicy;
import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleLimits;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.flink.DirectCall;
import dev.turnstile.flink.PluginCall;
import dev.turnstile.flink.PluginDescription;
import dev.turnstile.flink.PluginOperator;
import dev.turnstile.flink.PluginStream;
import dev.turnstile.plugin.Isolation;
import dev.turnstile.plugin.NativePlugin;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginLogListener;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.serialization.SimpleStringEncoder;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.connector.file.src.reader.TextLineInputFormat;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.filesystem.rollingpolicies.OnCheckpointRollingPolicy;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.ParameterTool;

/** The job that {@code scripts/flink} measures: the sample's, with a choice of the call, and of who makes it. */
public final class TrialJob {
    private static final int CUSTOMERS = 1_000;

    /** A record. */
    public record Order(String customer, long number) {
        static Order parse(String line) {
            int space = line.indexOf(' ');
            return new Order(line.substring(0, space), Long.parseLong(line.substring(space + 1)));
        }

        @Override
        public String toString() {
            return customer + " " + number;
        }
    }

    /** The request of an echo. */
    public record Say(String message) {}

    /** Its response. */
    public record Echo(String message, int length) {}

    private TrialJob() {}

    /** What the plugin is asked for a record: {@code echo}, {@code sleep-MS}, {@code spin-US}; each so many records a crash. */
    private record Question(String kind, long number, long crashEvery) implements Serializable {
        static Question of(ParameterTool arguments) {
            String[] words = arguments.get("call", "echo").split("-");
            return new Question(
                    words[0], words.length == 1 ? 0 : Long.parseLong(words[1]), arguments.getLong("crash-every", 0));
        }

        String tag(Order order) {
            return crashEvery > 0 && order.number() % crashEvery == 0 ? "crash" : kind;
        }

        Object request(Order order) {
            return switch (kind) {
                case "sleep" -> Map.of("duration_ms", number);
                case "spin" -> Map.of("duration_us", number);
                default -> new Say(order.toString());
            };
        }

        @SuppressWarnings("unchecked") // of any kind
        Class<Object> response() {
            return (Class<Object>) (Class<?>) (kind.equals("echo") ? Echo.class : Map.class);
        }
    }

    /** As one would do it without the library's operators: an instance for each subtask, called by {@code map}. */
    private static final class Naive extends RichMapFunction<Order, String> {
        private static final long serialVersionUID = 1L;

        private final String bundle;
        private final Question question;
        private transient NativePlugin plugin;

        Naive(String bundle, Question question) {
            this.bundle = bundle;
            this.question = question;
        }

        @Override
        public void open(OpenContext context) throws Exception {
            try (InputStream content = Files.newInputStream(Path.of(bundle))) {
                plugin = NativePlugin.load(
                        Bundle.read(bundle, content, BundleTrust.checksumsOnly(), BundleLimits.defaults()),
                        "release",
                        PluginConfig.defaults(),
                        PluginLogListener.slf4j());
            }
        }

        @Override
        public String map(Order order) {
            Object response = plugin.call(question.tag(order), question.request(order), question.response());
            return line(order, response);
        }

        @Override
        public void close() {
            if (plugin != null) {
                plugin.close();
            }
        }
    }

    private static String line(Order order, Object response) {
        return order + " " + (response instanceof Echo echo ? echo.length() : 0);
    }

    /** See the parameters where they are read. */
    public static void main(String[] args) throws Exception {
        ParameterTool arguments = ParameterTool.fromArgs(args);
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        if (arguments.getLong("checkpoint-ms", 0) > 0) {
            environment.enableCheckpointing(arguments.getLong("checkpoint-ms"));
        }
        if (arguments.getBoolean("unaligned", true)) {
            environment.getCheckpointConfig().enableUnalignedCheckpoints();
        }
        if (arguments.getBoolean("object-reuse", false)) {
            environment.getConfig().enableObjectReuse();
        }
        DataStream<Order> orders = orders(environment, arguments);
        if (arguments.getBoolean("keyed", true)) {
            orders = orders.keyBy(Order::customer);
        }
        Question question = Question.of(arguments);
        if (arguments.getRequired("mode").equals("none")) { // for what a job costs without a plugin
            sink(orders.map(Order::toString), arguments, "answered");
        } else if (arguments.getRequired("mode").equals("naive")) {
            sink(orders.map(new Naive(arguments.getRequired("bundle"), question)), arguments, "answered");
        } else {
            PluginStream<Order, String> answered = answered(orders, arguments, question);
            sink(answered.results(), arguments, "answered");
            sink(answered.deadLetters().map(letter -> letter.record() + " " + letter.reason()), arguments, "dead");
        }
        environment.execute(arguments.get("name", "trial"));
    }

    private static DataStream<Order> orders(StreamExecutionEnvironment environment, ParameterTool arguments) {
        if (arguments.has("in")) {
            FileSource<String> files = FileSource.forRecordStreamFormat(
                            new TextLineInputFormat(), new org.apache.flink.core.fs.Path(arguments.getRequired("in")))
                    .build();
            return environment
                    .fromSource(files, WatermarkStrategy.noWatermarks(), "orders")
                    .uid("orders")
                    .map(Order::parse)
                    .returns(Order.class);
        }
        return environment
                .fromSequence(1, arguments.getLong("records"))
                .map(number -> new Order("c" + number % CUSTOMERS, number))
                .returns(Order.class);
    }

    private static PluginStream<Order, String> answered(
            DataStream<Order> orders, ParameterTool arguments, Question question) {
        boolean isIsolated = arguments.getBoolean("isolated", false);
        String host = arguments.get("host", "");
        int capacity = arguments.getInt("capacity", 100);
        int attempts = arguments.getInt("restarts", 100);
        long closeMs = arguments.getLong("close-ms", 10_000);
        String bundle = arguments.getRequired("bundle");
        PluginDescription plugin = (arguments.getBoolean("in-job", false)
                        ? PluginDescription.resource(bundle)
                        : PluginDescription.bundle(bundle))
                .withUnsigned()
                .withInstances(arguments.getInt("instances", 1))
                .withOptions(options -> options.withGate(options.gate()
                                .withCapacity(capacity)
                                .withCloseLimit(Duration.ofMillis(closeMs))
                                .withRestarts(RestartPolicy.limited(attempts, Duration.ofMinutes(1))
                                        .withDelays(Duration.ZERO, Duration.ofSeconds(1))))
                        .withIsolation(isolation(isIsolated, host)));
        if (arguments.has("shared")) {
            plugin = plugin.sharedInProcess(
                    arguments.get("shared"), Duration.ofSeconds(arguments.getLong("linger-s", 0)));
        }
        PluginOperator operator = PluginOperator.of("ask", plugin).withInFlight(arguments.getInt("in-flight", 100));
        TypeInformation<String> type = TypeInformation.of(String.class);
        if (arguments.getRequired("mode").equals("direct")) {
            DirectCall<Order, Object> call =
                    (called, order) -> called.call(question.tag(order), question.request(order), question.response());
            return operator.direct(orders, call, TrialJob::line, type);
        }
        PluginCall<Order, Object> call = (calls, order) ->
                calls.request(question.tag(order), question.request(order)).as(question.response());
        return operator.ordered(orders, call, TrialJob::line, type);
    }

    private static Isolation isolation(boolean isIsolated, String host) {
        if (!isIsolated) {
            return Isolation.none();
        }
        return host.isEmpty() ? Isolation.process() : Isolation.process().withNativeHost(Path.of(host));
    }

    private static void sink(DataStream<String> lines, ParameterTool arguments, String name) {
        if (arguments.has("out")) {
            lines.sinkTo(FileSink.forRowFormat(
                                    new org.apache.flink.core.fs.Path(arguments.getRequired("out") + "/" + name),
                                    new SimpleStringEncoder<String>())
                            .withRollingPolicy(OnCheckpointRollingPolicy.build())
                            .build())
                    .uid(name);
        } else {
            lines.sinkTo(new DiscardingSink<>()).uid(name);
        }
    }
}
