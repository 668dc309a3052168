package dev.turnstile;

import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Pending calls: those that any worker may take, or those that are for one. Each {@link Lane} has a queue. Used under the monitor of the
 * {@link Line}. What has left the line stays in its queue as an empty shell until it comes to the front or is swept out.
 */
final class Lanes<R> {
    private final List<LinkedBlockingQueue<Call<R, ?>>> queues;

    Lanes(LinkedBlockingQueue<Call<R, ?>> ordinary) {
        queues = IntStream.range(0, Turns.LANES)
                .mapToObj(lane -> lane == Lane.NORMAL.index() ? ordinary : new LinkedBlockingQueue<Call<R, ?>>())
                .toList();
    }

    LinkedBlockingQueue<Call<R, ?>> ordinary() {
        return queues.get(Lane.NORMAL.index());
    }

    void add(Call<R, ?> call) {
        queues.get(call.lane()).add(call);
    }

    @Nullable
    Call<R, ?> peek(int lane) {
        return queues.get(lane).peek();
    }

    @Nullable
    Call<R, ?> poll(int lane) {
        return queues.get(lane).poll();
    }

    /** May be asked without the monitor. */
    boolean isEmpty() {
        for (LinkedBlockingQueue<Call<R, ?>> queue : queues) {
            if (!queue.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    int size(int lane) {
        return queues.get(lane).size();
    }

    void removeIf(Predicate<Call<R, ?>> unwanted) {
        for (LinkedBlockingQueue<Call<R, ?>> queue : queues) {
            queue.removeIf(unwanted);
        }
    }

    Stream<Call<R, ?>> pending() {
        return queues.stream().flatMap(LinkedBlockingQueue::stream).filter(call -> call.state() == CallState.PENDING);
    }
}
