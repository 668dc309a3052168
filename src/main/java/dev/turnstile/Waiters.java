package dev.turnstile;

import org.jspecify.annotations.Nullable;

/**
 * The callers that wait for a place, in each lane in the order in which they came. Guarded by the {@link Monitor}.
 *
 * <p>The calls themselves are the links. So a caller leaves from the middle in constant time, and coming, leaving and
 * being served need no memory: the JDK's deques lose their contents when they cannot grow.
 */
final class Waiters<R> {
    private final LaneAging aging;
    private final @Nullable Call<R, ?>[] first = calls();
    private final @Nullable Call<R, ?>[] last = calls();
    private int waiting;
    private int count;

    Waiters(int overtakes) {
        aging = new LaneAging(overtakes);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    private static <R> @Nullable Call<R, ?>[] calls() {
        return new Call[LaneAging.LANES];
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

    /** Returns the next call; {@code null} if none waits. Its lane has its turn when it is {@linkplain #serve served}. */
    @Nullable
    Call<R, ?> peek() {
        return waiting == 0 ? null : first[aging.next(waiting)];
    }

    /** Returns the first call of a lane. */
    @Nullable
    Call<R, ?> peek(int lane) {
        return first[lane];
    }

    /** Returns when the oldest call came; {@code now} if none waits. */
    long oldestSince(long now) {
        long oldest = now;
        for (int lane = 0; lane < LaneAging.LANES; lane++) {
            Call<R, ?> call = first[lane];
            if (call != null && call.since() - oldest < 0) {
                oldest = call.since();
            }
        }
        return oldest;
    }

    /** Takes out a call that gets a place: its lane has had its turn. */
    void serve(Call<R, ?> call) {
        aging.served(call.lane(), waiting);
        remove(call);
    }
}
