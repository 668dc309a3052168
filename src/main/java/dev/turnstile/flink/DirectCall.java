package dev.turnstile.flink;

import dev.turnstile.plugin.NativePlugin;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Calls the plugin for a record, on the task's own thread. A lambda, which Flink sends to the subtasks.
 *
 * {@snippet :
 * DirectCall<Order, Price> call = (plugin, order) -> plugin.call("price", order, Price.class);
 * }
 *
 * <p>The task does nothing else meanwhile, checkpoints and cancelling included: it is for calls of microseconds.
 *
 * @param <I> the records
 * @param <R> the responses
 */
@FunctionalInterface
public interface DirectCall<I, R> extends Serializable {
    /**
     * Makes the call.
     *
     * @param plugin the subtask's own instance
     * @param record the record; not to be changed
     * @return the response
     */
    @Nullable
    R call(NativePlugin plugin, I record);
}
