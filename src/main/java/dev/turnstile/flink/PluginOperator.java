package dev.turnstile.flink;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.flink.api.common.functions.JoinFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.api.java.typeutils.EitherTypeInfo;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.types.Either;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * The operator of a job that calls a plugin for each record; immutable. Begin with {@link #of}.
 *
 * {@snippet :
 * PluginStream<Order, Price> priced = PluginOperator.of("price", pricing)
 *         .withInFlight(200)
 *         .ordered(orders.keyBy(Order::customer), call, TypeInformation.of(Price.class));
 * priced.results().sinkTo(prices);
 * priced.deadLetters().sinkTo(letters);
 * }
 *
 * <p>{@link #ordered} makes the calls beside the task's thread, many at once, and gives the results in the order of the records. {@link #direct} makes each on the task's thread: for calls of microseconds.
 *
 * <p>What is promised: each record becomes one result or one dead letter, exactly once in each checkpoint and in what an exactly-once sink writes. The plugin is called at most once for each record in each
 * attempt of the job: after a failure it is called again for records since the last checkpoint. On a keyed stream the plugin is called in the order of the records of a key, and their results are in that order.
 * Records of a key are called for by the same instance.
 *
 * <p>The metrics are in the operator's group {@code turnstile}.
 */
@SuppressWarnings("exports") // of Flink, whose jars cannot be modules
public final class PluginOperator {
    private static final int IN_FLIGHT = 100;

    private final Values values;

    private PluginOperator(Values values) {
        this.values = values;
    }

    record Values(String name, PluginDescription plugin, int inFlight, ErrorPolicy errorPolicy, int parallelism) {
        Values {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(plugin, "plugin");
            Objects.requireNonNull(errorPolicy, "errorPolicy");
        }
    }

    private static final class Draft {
        int inFlight = IN_FLIGHT;
        ErrorPolicy errorPolicy = ErrorPolicy.DEAD_LETTER;
        int parallelism;
    }

    private PluginOperator with(Consumer<Draft> change) {
        Draft draft = new Draft();
        draft.inFlight = inFlight();
        draft.errorPolicy = errorPolicy();
        draft.parallelism = parallelism();
        change.accept(draft);
        return new PluginOperator(new Values(name(), plugin(), draft.inFlight, draft.errorPolicy, draft.parallelism));
    }

    /**
     * Returns an operator with default settings.
     *
     * @param name the operator's name, and its identity in savepoints: one of its own in the job, which stays the same
     * @param plugin the plugin that it calls
     * @return the operator
     */
    public static PluginOperator of(String name, PluginDescription plugin) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(plugin, "plugin");
        return new PluginOperator(new Values(name, plugin, IN_FLIGHT, ErrorPolicy.DEAD_LETTER, 0));
    }

    /** {@return the operator's name} */
    public String name() {
        return values.name();
    }

    /** {@return the plugin that it calls} */
    public PluginDescription plugin() {
        return values.plugin();
    }

    /** {@return how many records of a subtask may be in flight; by default 100} */
    public int inFlight() {
        return values.inFlight();
    }

    /** {@return what becomes of a record whose call fails; by default a dead letter} */
    public ErrorPolicy errorPolicy() {
        return values.errorPolicy();
    }

    /** {@return how many subtasks it has; 0, the default, for as many as the job has} */
    public int parallelism() {
        return values.parallelism();
    }

    /**
     * Sets how many records of a subtask may be in flight: in the plugin, in its line, or waiting for a place there. Further ones wait in Flink, as backpressure. A checkpoint contains those that are in flight.
     *
     * <p>A limit of a request counts from when it waits for a place itself. So the plugin's capacity should be at least this, times the subtasks that share the plugin.
     *
     * @param records 1 or more
     * @return the changed operator
     * @throws IllegalArgumentException if the number is less than 1
     */
    public PluginOperator withInFlight(int records) {
        if (records < 1) {
            throw new IllegalArgumentException("inFlight is " + records + ", but must be 1 or more");
        }
        return with(draft -> draft.inFlight = records);
    }

    /**
     * Sets what becomes of a record whose call fails: an error of the plugin, an exception of a plugin in Java, a request or a response that cannot be written or read, a limit that has passed. A panic, for which each
     * error of the code {@link dev.turnstile.plugin.ErrorCode#INTERNAL} is taken, or a crash of an isolated plugin, is a dead letter in any case: the record would do it again. What no plugin has done fails the job in any
     * case, so that no record is lost: the plugin is closed, nothing replaces it any more, or it says {@link dev.turnstile.plugin.ErrorCode#INVALID_STATE}. So does an error of the JVM.
     *
     * @param policy a dead letter, or the failure of the job
     * @return the changed operator
     */
    public PluginOperator withErrorPolicy(ErrorPolicy policy) {
        Objects.requireNonNull(policy, "errorPolicy");
        return with(draft -> draft.errorPolicy = policy);
    }

    /**
     * Sets how many subtasks it has. Where the streams that it returns come to another number of subtasks, their order is lost. A job that was stopped with records of a keyed stream in flight cannot be restored with another
     * number; it says so when it is.
     *
     * @param subtasks 1 or more
     * @return the changed operator
     * @throws IllegalArgumentException if the number is less than 1
     */
    public PluginOperator withParallelism(int subtasks) {
        if (subtasks < 1) {
            throw new IllegalArgumentException("parallelism is " + subtasks + ", but must be 1 or more");
        }
        return with(draft -> draft.parallelism = subtasks);
    }

    /**
     * Calls the plugin beside the task's thread; the results are the responses, in the order of the records.
     *
     * @param <I> the records
     * @param <O> the responses
     * @param records on a keyed stream the calls have their record's key
     * @param call makes the request of a record
     * @param type how Flink writes the responses
     * @return the results and the dead letters
     */
    public <I, O> PluginStream<I, O> ordered(DataStream<I> records, PluginCall<I, O> call, TypeInformation<O> type) {
        return ordered(records, call, PluginAsyncFunction.alone(), type);
    }

    /**
     * Calls the plugin beside the task's thread; the results are made of the records and the responses, in the order of the records.
     *
     * @param <I> the records
     * @param <R> the responses
     * @param <O> the results
     * @param records on a keyed stream the calls have their record's key
     * @param call makes the request of a record
     * @param result makes the result, on the task's thread. A response {@code null} does not come to it
     * @param type how Flink writes the results
     * @return the results and the dead letters
     */
    public <I, R, O> PluginStream<I, O> ordered(
            DataStream<I> records, PluginCall<I, R> call, JoinFunction<I, R, O> result, TypeInformation<O> type) {
        require(records, call, result, type);
        KeySelector<I, ?> key = records instanceof KeyedStream<I, ?> keyed ? keyed.getKeySelector() : null;
        EitherTypeInfo<DeadLetter<I>, O> both = new EitherTypeInfo<>(new DeadLetterType<>(records.getType()), type);
        PluginAsyncFunction<I, R, O> function = new PluginAsyncFunction<>(this, call, result, key, both);
        SingleOutputStreamOperator<Either<DeadLetter<I>, O>> answered = AsyncDataStream.orderedWait(
                records, function, 0, TimeUnit.MILLISECONDS, inFlight()); // without Flink's limit: calls have their own
        OutputTag<DeadLetter<I>> letters = letters(records);
        SingleOutputStreamOperator<O> results = named(answered, "").process(new SplitFunction<>(letters), type);
        return new PluginStream<>(named(results, "-results"), letters);
    }

    /**
     * Calls the plugin on the task's thread; the results are the responses. A plugin in Java, one that is shared, isolated or has several instances, and a mapper of yours are refused when the job starts.
     *
     * @param <I> the records
     * @param <O> the responses
     * @param records any stream
     * @param call calls the plugin for a record
     * @param type how Flink writes the responses
     * @return the results and the dead letters
     */
    public <I, O> PluginStream<I, O> direct(DataStream<I> records, DirectCall<I, O> call, TypeInformation<O> type) {
        return direct(records, call, PluginAsyncFunction.alone(), type);
    }

    /**
     * Calls the plugin on the task's thread; the results are made of the records and the responses. What is refused is said {@linkplain #direct(DataStream, DirectCall, TypeInformation) above}.
     *
     * @param <I> the records
     * @param <R> the responses
     * @param <O> the results
     * @param records any stream
     * @param call calls the plugin for a record
     * @param result makes the result. A response {@code null} does not come to it
     * @param type how Flink writes the results
     * @return the results and the dead letters
     */
    public <I, R, O> PluginStream<I, O> direct(
            DataStream<I> records, DirectCall<I, R> call, JoinFunction<I, R, O> result, TypeInformation<O> type) {
        require(records, call, result, type);
        OutputTag<DeadLetter<I>> letters = letters(records);
        SingleOutputStreamOperator<O> results =
                records.process(new PluginMapFunction<>(this, call, result, letters), type);
        return new PluginStream<>(named(results, ""), letters);
    }

    private static void require(
            @Nullable Object records, @Nullable Object call, @Nullable Object result, @Nullable Object type) {
        Objects.requireNonNull(records, "records");
        Objects.requireNonNull(call, "call");
        Objects.requireNonNull(result, "result");
        Objects.requireNonNull(type, "type");
    }

    private <I> OutputTag<DeadLetter<I>> letters(DataStream<I> records) {
        return new OutputTag<>(name() + "-dead-letters", new DeadLetterType<>(records.getType()));
    }

    private <T> SingleOutputStreamOperator<T> named(SingleOutputStreamOperator<T> operator, String suffix) {
        SingleOutputStreamOperator<T> named = operator.name(name() + suffix).uid(name() + suffix);
        return parallelism() == 0 ? named : named.setParallelism(parallelism());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PluginOperator that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "PluginOperator" + values.toString().substring("Values".length());
    }
}
