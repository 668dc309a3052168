package dev.turnstile;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Calls on their way from any number of threads to one consumer, which takes all of them at once, in the order in which they came.
 * The calls themselves are the links, so neither side needs memory; and a thread that is stopped halfway holds no other up.
 *
 * <p>The consumer says whether it polls, so that it can sleep. When it stops polling, it says so first and then looks once more; the
 * others add first and then look whether it polls. So one of them sees the other. A thread that adds a call while the consumer does
 * not poll must see that the call is taken.
 */
final class Inbox<R> {
    private final AtomicReference<@Nullable Call<R, ?>> latest = new AtomicReference<>();
    private volatile boolean polled;

    /** Links methods that a caller near the end of its stack must not be the first to link. */
    Inbox() {
        latest.compareAndSet(null, null);
        latest.getAndSet(null);
    }

    /** Returns whether the consumer polls; if not, the adder must see that the call is taken. */
    boolean add(Call<R, ?> call) {
        Call<R, ?> before;
        do {
            before = latest.get();
            call.next = before;
        } while (!latest.compareAndSet(before, call));
        return polled;
    }

    void setPolled(boolean polled) {
        this.polled = polled;
    }

    boolean isPolled() {
        return polled;
    }

    boolean isEmpty() {
        return latest.get() == null;
    }

    /** Takes all calls, chained by {@code next}, oldest first; {@code null} if there is none. */
    @Nullable
    Call<R, ?> takeAll() {
        Call<R, ?> call = isEmpty() ? null : latest.getAndSet(null);
        Call<R, ?> first = null;
        while (call != null) {
            Call<R, ?> before = call.next;
            call.next = first;
            first = call;
            call = before;
        }
        return first;
    }
}
