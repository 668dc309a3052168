package dev.turnstile.flink;

import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.types.Either;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Parts dead letters from results: an asynchronous function has no side output itself. */
final class SplitFunction<I, O> extends ProcessFunction<Either<DeadLetter<I>, O>, O> {
    private static final long serialVersionUID = 1L;

    private final OutputTag<DeadLetter<I>> letters;

    SplitFunction(OutputTag<DeadLetter<I>> letters) {
        this.letters = letters;
    }

    @Override
    public void processElement(Either<DeadLetter<I>, O> answered, Context context, Collector<O> results) {
        if (answered.isLeft()) {
            context.output(letters, answered.left());
        } else {
            results.collect(answered.right());
        }
    }
}
