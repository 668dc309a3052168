package dev.turnstile;

import org.jspecify.annotations.Nullable;

/**
 * The callers who wait for a place, in the order in which they came. Used only under the monitor of the {@link Line}.
 *
 * <p>The calls themselves are the links. So a caller leaves from the middle in constant time, and coming, leaving and
 * being served need no memory: the JDK's deques lose all they have when they cannot grow.
 */
final class Outside<R> {
    private @Nullable Call<R, ?> first;
    private @Nullable Call<R, ?> last;
    private int count;

    int count() {
        return count;
    }

    void add(Call<R, ?> call) {
        Call<R, ?> before = last;
        call.previous = before;
        last = call;
        if (before == null) {
            first = call;
        } else {
            before.next = call;
        }
        count++;
    }

    void remove(Call<R, ?> call) {
        Call<R, ?> before = call.previous;
        Call<R, ?> after = call.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        call.previous = null;
        call.next = null;
        count--;
    }

    /** Takes the first one out. */
    @Nullable
    Call<R, ?> poll() {
        Call<R, ?> call = first;
        if (call != null) {
            remove(call);
        }
        return call;
    }
}
