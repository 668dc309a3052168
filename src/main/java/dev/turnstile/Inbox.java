package dev.turnstile;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Calls on their way from any number of threads to one, which takes all that are there at once, in the order of their coming.
 * The calls themselves are the links, so neither side needs memory; and a thread that is stopped halfway holds nobody up.
 *
 * <p>So that the one thread can sleep, it says whether it attends. When it no longer does, it looks once more after having
 * said so, while the others add first and then look whether it attends: one of them sees the other. Whoever adds a call that
 * nobody attends to has to see to it.
 */
final class Inbox<R> {
    private final AtomicReference<@Nullable Call<R, ?>> latest = new AtomicReference<>();
    private volatile boolean attended;

    /** Links what a caller near the end of its stack must not be the first to link. */
    Inbox() {
        latest.compareAndSet(null, null);
        latest.getAndSet(null);
    }

    /** Returns whether somebody is going to take it; if not, its adder has to see to that. */
    boolean add(Call<R, ?> call) {
        Call<R, ?> before;
        do {
            before = latest.get();
            call.next = before;
        } while (!latest.compareAndSet(before, call));
        return attended;
    }

    void setAttended(boolean attended) {
        this.attended = attended;
    }

    boolean isAttended() {
        return attended;
    }

    boolean isEmpty() {
        return latest.get() == null;
    }

    /** Takes all, chained by {@code next}, the one that came first at the front; {@code null} if there is none. */
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
