package dev.turnstile;

import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The pending calls that any worker may take, or those for one slot: a queue for each {@link Lane}, and the aging of the lanes. Guarded by the {@link Monitor}.
 *
 * <p>A call that leaves the line stays in its queue as a tombstone until it comes to the front or is swept out. A queue is swept when it has more tombstones
 * than calls, or no call. So leaving takes constant time on average; removal from the middle would take time proportional to the length of the queue. Only {@link
 * #add} and a sweep need memory; if a sweep finds none, the tombstones stay until the next one.
 */
final class LaneQueues<R> {
    private final List<LinkedBlockingQueue<Call<R, ?>>> queues;
    private final LinkedBlockingQueue<Call<R, ?>> ordinary;
    private final LaneAging aging;

    /** Created early: the first use of a lambda takes a deep stack. */
    private final Predicate<Call<R, ?>> tombstones = LaneQueues::isTombstone;

    private final int[] calls = new int[LaneAging.LANES];

    /** A bit for each lane that has a call. */
    private int waiting;

    private int count;

    /** @param ordinary the queue of the lane {@code NORMAL} */
    LaneQueues(LinkedBlockingQueue<Call<R, ?>> ordinary, int overtakes) {
        this.ordinary = ordinary;
        this.aging = new LaneAging(overtakes);
        this.queues = IntStream.range(0, LaneAging.LANES)
                .mapToObj(lane -> lane == Lane.NORMAL.index() ? ordinary : new LinkedBlockingQueue<Call<R, ?>>())
                .toList();
    }

    /** Returns the calls of the lane {@code NORMAL}, in order, and tombstones. */
    LinkedBlockingQueue<Call<R, ?>> ordinary() {
        return ordinary;
    }

    LaneAging aging() {
        return aging;
    }

    /** Returns a bit for each lane that has a call. */
    int waiting() {
        return waiting;
    }

    /** Returns how many calls there are. */
    int count() {
        return count;
    }

    /** Says whether nothing is in the queues. May be asked without the monitor. */
    boolean isEmpty() {
        for (LinkedBlockingQueue<Call<R, ?>> queue : queues) {
            if (!queue.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    void add(Call<R, ?> call) {
        int lane = call.lane();
        queues.get(lane).add(call);
        calls[lane]++;
        waiting |= 1 << lane;
        count++;
    }

    /** A call is no longer here, or is a tombstone from now on. When no call is left, the tombstones are removed: nothing else would remove them. */
    private void forget(int lane) {
        count--;
        if (--calls[lane] == 0) {
            waiting &= ~(1 << lane);
            LinkedBlockingQueue<Call<R, ?>> queue = queues.get(lane);
            if (!queue.isEmpty()) {
                queue.clear();
            }
        }
    }

    private static boolean isTombstone(Call<?, ?> call) {
        return call.state() != CallState.PENDING;
    }

    /** Takes out the first call of the lane {@code NORMAL}, when no other lane was ever used. */
    @Nullable
    Call<R, ?> pollOrdinary() {
        Call<R, ?> call = ordinary.poll();
        while (call != null && isTombstone(call)) {
            call = ordinary.poll();
        }
        if (call != null) {
            forget(call.lane());
        }
        return call;
    }

    /** Returns the first call of a lane, after removing the tombstones in front of it. */
    @Nullable
    Call<R, ?> peek(int lane) {
        LinkedBlockingQueue<Call<R, ?>> queue = queues.get(lane);
        Call<R, ?> call = queue.peek();
        while (call != null && isTombstone(call)) {
            queue.poll();
            call = queue.peek();
        }
        return call;
    }

    /** Takes out what {@link #peek} has returned. */
    void remove(Call<R, ?> first) {
        queues.get(first.lane()).poll();
        forget(first.lane());
    }

    /** Takes out a call, mostly the first one of its lane. */
    @SuppressWarnings("ReferenceEquality") // a call is equal to itself only
    void take(Call<R, ?> call) {
        if (peek(call.lane()) == call) {
            remove(call);
        } else {
            leave(call);
        }
    }

    /** A call of this queue has left the line: it is a tombstone now. */
    void leave(Call<R, ?> call) {
        int lane = call.lane();
        forget(lane);
        LinkedBlockingQueue<Call<R, ?>> queue = queues.get(lane);
        if (queue.size() - calls[lane] > calls[lane]) {
            try {
                queue.removeIf(tombstones);
            } catch (Throwable noMemory) {
                // The tombstones stay: they hold no place, and the next call that leaves sweeps again.
            }
        }
    }

    /** Takes each call out and hands it to the receiver. Calls that the receiver adds here again stay. */
    void drain(Consumer<Call<R, ?>> receiver) {
        for (int lane = 0; lane < LaneAging.LANES; lane++) {
            LinkedBlockingQueue<Call<R, ?>> queue = queues.get(lane);
            int left = calls[lane];
            while (left > 0) {
                Call<R, ?> call = queue.remove();
                if (!isTombstone(call)) {
                    left--;
                    forget(lane);
                    receiver.accept(call);
                }
            }
        }
    }
}
