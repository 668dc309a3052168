package dev.turnstile;

import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The calls that the resource of one {@link Slot} was handed before their turn, in order. Guarded by the {@link Monitor}.
 *
 * <p>Such a call stays pending, in its queue and with its place. Its turn comes as any other's does; then the worker asks for an outcome that may be there
 * already. A call that leaves the line is taken back first. If the resource has begun it, it starts at that moment, and is abandoned.
 *
 * <p>The calls here are always the first ones of the queue, and the resource runs them in this order. So calls are handed over only while all are alike; and
 * they are taken back, the last one first, before anything else may be next.
 */
final class Prefetch<R> {
    /** More would wait longer than it takes to hand over the next ones. */
    static final int MOST = 32;

    private static final int FEW = MOST / 2;

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    private final @Nullable Call<R, ?>[] calls = new Call[MOST];

    private int first;
    private int count;

    /** How many of them run, or have run, without the worker: their callers have gone. */
    private int early;

    boolean isEmpty() {
        return count == 0;
    }

    /** Returns how many have started before the worker came to them. */
    int early() {
        return early;
    }

    /**
     * Hands over a call that starts now, unless it was before, and those that wait behind it.
     *
     * @param queue the pending calls, in order
     */
    void fill(Call<R, ?> starting, Queue<Call<R, ?>> queue, R resource) {
        if (count > FEW || queue.isEmpty()) {
            return;
        }
        if (!starting.isPrefetched() && !(starting.prefetch(resource) && starting.confirm())) {
            return;
        }
        for (Call<R, ?> call : queue) {
            if (call.state() == CallState.PENDING && !call.isPrefetched()) {
                if (count == MOST || !call.prefetch(resource)) {
                    return;
                }
                calls[(first + count) % MOST] = call;
                count++;
            }
        }
    }

    /** Takes out the call that is next; {@code null} if there is none. It is pending, or abandoned already. */
    @Nullable
    Call<R, ?> next() {
        while (count > 0) {
            Call<R, ?> call = calls[first];
            calls[first] = null;
            first = (first + 1) % MOST;
            count--;
            if (call != null && call.isPrefetched()) {
                early -= call.state() == CallState.ABANDONED ? 1 : 0;
                return call;
            }
        }
        return null;
    }

    /** Returns a call that its caller has not given up; {@code null} if there is none. */
    @Nullable
    Call<R, ?> awaited() {
        for (int i = 0; i < count; i++) {
            Call<R, ?> call = calls[(first + i) % MOST];
            if (call != null && call.isPrefetched() && call.state() == CallState.PENDING) {
                return call;
            }
        }
        return null;
    }

    /** A call here has started before the worker came to it. */
    void startedEarly() {
        early++;
    }

    /** Takes back all that has not begun: they wait for their turn as others do. */
    void recall() {
        while (count > 0) {
            int last = (first + count - 1) % MOST;
            Call<R, ?> call = calls[last];
            if (call != null && call.isPrefetched() && (call.state() != CallState.PENDING || !call.takeBack())) {
                return;
            }
            calls[last] = null;
            count--;
        }
    }
}
