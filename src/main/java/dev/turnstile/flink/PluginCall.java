package dev.turnstile.flink;

import dev.turnstile.plugin.PluginCalls;
import dev.turnstile.plugin.PluginRequest;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Makes a request of a record: what is called, with what, and what the response is read as. A lambda, which Flink sends to the subtasks.
 *
 * {@snippet :
 * PluginCall<Order, Price> call = (calls, order) -> calls.request("price", order).as(Price.class).within(Duration.ofSeconds(5));
 * }
 *
 * <p>It is called by the task's thread, once for each record of each attempt. It must not wait. It returns the request, and does not call {@code call} or {@code submit}. What it throws fails the job. The key of a keyed stream is added to the
 * request by the operator. A lane, if you choose one, must be the same for all records of a key; a group is replaced by that of the subtask.
 *
 * @param <I> the records
 * @param <R> the responses
 */
@FunctionalInterface
public interface PluginCall<I, R> extends Serializable {
    /**
     * Makes the request.
     *
     * @param calls the plugin
     * @param record the record; not to be changed
     * @return the request, not yet made
     */
    PluginRequest<@Nullable R> request(PluginCalls calls, I record);
}
