package example;

import dev.turnstile.flink.DeadLetter;
import dev.turnstile.flink.PluginDescription;
import dev.turnstile.flink.PluginOperator;
import dev.turnstile.flink.PluginStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.SimpleStringEncoder;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.connector.file.src.reader.TextLineInputFormat;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.filesystem.rollingpolicies.OnCheckpointRollingPolicy;
import org.apache.flink.util.ParameterTool;

/** Reads orders from files, asks the plugin about each, and writes what it answers to files; orders that it has no answer for to others. */
public final class OrderJob {
    /** A line of the input: {@code customer number}. */
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

    /** What the plugin is asked. */
    public record Say(String message) {}

    /** What it answers. */
    public record Echo(String message, int length) {}

    /** A line of the output. */
    public record Answered(Order order, int length) {
        @Override
        public String toString() {
            return order + " " + length;
        }
    }

    private OrderJob() {}

    /** The arguments: {@code --in DIRECTORY --out DIRECTORY --bundle FILE --key FILE}. */
    public static void main(String[] args) throws Exception {
        ParameterTool arguments = ParameterTool.fromArgs(args);
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        environment.enableCheckpointing(1_000);
        environment.getCheckpointConfig().enableUnalignedCheckpoints();

        PluginDescription plugin = PluginDescription.bundle(arguments.getRequired("bundle"))
                .signedBy(Files.readString(Path.of(arguments.getRequired("key"))));

        FileSource<String> files = FileSource.forRecordStreamFormat(
                        new TextLineInputFormat(), new org.apache.flink.core.fs.Path(arguments.getRequired("in")))
                .build();
        DataStream<Order> orders = environment
                .fromSource(files, WatermarkStrategy.noWatermarks(), "orders")
                .uid("orders")
                .map(Order::parse)
                .returns(Order.class);

        PluginStream<Order, Answered> answered = PluginOperator.of("ask", plugin)
                .ordered(
                        orders.keyBy(Order::customer),
                        (calls, order) -> calls.request("echo", new Say(order.toString()))
                                .as(Echo.class)
                                .within(Duration.ofSeconds(30)),
                        (order, echo) -> new Answered(order, echo.length()),
                        TypeInformation.of(Answered.class));

        String out = arguments.getRequired("out");
        answered.results()
                .map(Answered::toString)
                .sinkTo(lines(out + "/answered"))
                .uid("answered");
        answered.deadLetters().map(OrderJob::line).sinkTo(lines(out + "/dead")).uid("dead");
        environment.execute("orders");
    }

    private static String line(DeadLetter<Order> letter) {
        return letter.record() + " " + letter.reason();
    }

    /** Each line is written exactly once, also if the job is restored: a file is there for others when a checkpoint has it. */
    private static FileSink<String> lines(String directory) {
        return FileSink.forRowFormat(new org.apache.flink.core.fs.Path(directory), new SimpleStringEncoder<String>())
                .withRollingPolicy(OnCheckpointRollingPolicy.build())
                .build();
    }
}
