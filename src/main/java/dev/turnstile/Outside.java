package dev.turnstile;

import org.jspecify.annotations.Nullable;

/**
 * The callers who wait for a place: in each lane in the order in which they came. Used only under the monitor of the {@link Line}.
 *
 * <p>The calls themselves are the links. So a caller leaves from the middle in constant time, and coming, leaving and
 * being served need no memory: the JDK's deques lose all they have when they cannot grow.
 */
final class Outside<R> {
    private final Turns turns;
    private final @Nullable Call<R, ?>[] first = calls();
    private final @Nullable Call<R, ?>[] last = calls();
    private int waiting;
    private int count;

    Outside(int overtakes) {
        turns = new Turns(overtakes);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    private static <R> @Nullable Call<R, ?>[] calls() {
        return new Call[Turns.LANES];
    }

    int count() {
        return count;
    }

    void add(Call<R, ?> call) {
        int lane = call.lane();
        Call<R, ?> before = last[lane];
        call.previous = before;
        last[lane] = call;
        if (before == null) {
            first[lane] = call;
            waiting |= 1 << lane;
        } else {
            before.next = call;
        }
        count++;
    }

    void remove(Call<R, ?> call) {
        int lane = call.lane();
        Call<R, ?> before = call.previous;
        Call<R, ?> after = call.next;
        if (before == null) {
            first[lane] = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last[lane] = before;
        } else {
            after.previous = before;
        }
        if (first[lane] == null) {
            waiting &= ~(1 << lane);
        }
        call.previous = null;
        call.next = null;
        count--;
    }

    /** Takes out whose turn it is. */
    @Nullable
    Call<R, ?> poll() {
        if (waiting == 0) {
            return null;
        }
        int lane = turns.next(waiting);
        turns.taken(lane, waiting);
        return poll(lane);
    }

    /** Takes out the first one of a lane. */
    @Nullable
    Call<R, ?> poll(int lane) {
        Call<R, ?> call = first[lane];
        if (call != null) {
            remove(call);
        }
        return call;
    }
}
