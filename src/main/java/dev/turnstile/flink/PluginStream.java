package dev.turnstile.flink;

import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.OutputTag;

/**
 * What comes of the records of a {@link PluginOperator}: results, and the dead letters of those that have none.
 *
 * @param <I> the records
 * @param <O> the results
 */
@SuppressWarnings("exports") // of Flink, whose jars cannot be modules
public final class PluginStream<I, O> {
    private final SingleOutputStreamOperator<O> results;
    private final OutputTag<DeadLetter<I>> letters;

    PluginStream(SingleOutputStreamOperator<O> results, OutputTag<DeadLetter<I>> letters) {
        this.results = results;
        this.letters = letters;
    }

    /** {@return the results, in the order of the records of each subtask; not keyed any more} */
    public DataStream<O> results() {
        return results;
    }

    /** {@return the dead letters, in the order of the records of each subtask} */
    public DataStream<DeadLetter<I>> deadLetters() {
        return results.getSideOutput(letters);
    }
}
