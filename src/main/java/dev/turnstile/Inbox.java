package dev.turnstile;

import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Calls on their way from any number of threads to one consumer, which takes all of them at once, in the order in which they came.
 * The calls themselves are the links, so neither side needs memory; and a thread that is stopped halfway holds no other up.
 *
 * <p>The consumer says whether it polls, so that it can sleep. When it stops polling, it says so first and then looks once more; the
 * others add first and then look whether it polls. So one of them sees the other. A thread that adds a call while the consumer does
 * not poll must see that the call is taken.
 *
 * <p>The consumer may also say how many of the next calls will surely get a place. It leaves that as a {@link Room} in the place of the first call; each call
 * that is added uses up one. A call that is added to such a room has its place from that moment on: whoever may give places away takes all calls first,
 * and the room with them.
 */
final class Inbox<R> {
    /** The call that came last; before any has come a {@link Room}, or nothing. */
    private final AtomicReference<@Nullable Object> latest = new AtomicReference<>();

    private volatile boolean polled;

    /** Free places. */
    private record Room(int places) {}

    /** Powers of two, so that to offer room needs no memory. It does not matter that they come again: an offer of as much room is the same offer. */
    private static final Room[] ROOMS = IntStream.range(0, Integer.SIZE - 1)
            .mapToObj(power -> new Room(1 << power))
            .toArray(Room[]::new);

    /** Links methods that a caller near the end of its stack must not be the first to link. */
    Inbox() {
        latest.compareAndSet(null, null);
        offerRoom(1);
        takeAll();
    }

    /** Returns whether the consumer polls; if not, the adder must see that the call is taken. */
    boolean add(Call<R, ?> call) {
        Object before;
        do {
            before = latest.get();
            link(call, before);
        } while (!latest.compareAndSet(before, call));
        return polled;
    }

    /** Adds a call if it surely gets a place; it then has it. The adder must look whether the consumer polls. */
    boolean addToRoom(Call<R, ?> call) {
        Object before;
        do {
            before = latest.get();
            boolean hasRoom = roomAfter(before) > 0;
            call.accept(hasRoom);
            if (!hasRoom) {
                call.next = null; // as it was before an attempt for which another call was faster
                return false;
            }
            link(call, before);
        } while (!latest.compareAndSet(before, call));
        return true;
    }

    @SuppressWarnings("unchecked") // only such calls are added
    private void link(Call<R, ?> call, @Nullable Object before) {
        call.next = before instanceof Call<?, ?> ? (Call<R, ?>) before : null;
        call.comesToNobody(call.next == null);
        call.roomAfter = Math.max(0, roomAfter(before) - 1);
    }

    private static int roomAfter(@Nullable Object last) {
        if (last instanceof Call<?, ?> call) {
            return call.roomAfter;
        }
        return last instanceof Room room ? room.places : 0;
    }

    /** Offers room to the next calls, about as much as there is, unless calls have come that are not taken yet. Places may be given away only when all are taken. */
    void offerRoom(int places) {
        Object before = latest.get();
        if (places > 0 && !(before instanceof Call<?, ?>)) {
            Room room = ROOMS[Integer.SIZE - 1 - Integer.numberOfLeadingZeros(places)];
            if (room.places > roomAfter(before)) {
                latest.compareAndSet(before, room);
            }
        }
    }

    void setPolled(boolean polled) {
        this.polled = polled;
    }

    boolean isPolled() {
        return polled;
    }

    boolean isEmpty() {
        return !(latest.get() instanceof Call<?, ?>);
    }

    /** Takes all calls, chained by {@code next}, oldest first; {@code null} if there is none. No room is left. */
    @SuppressWarnings("unchecked") // only such calls are added
    @Nullable
    Call<R, ?> takeAll() {
        Object last = latest.get() == null ? null : latest.getAndSet(null);
        Call<R, ?> call = last instanceof Call<?, ?> ? (Call<R, ?>) last : null;
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
