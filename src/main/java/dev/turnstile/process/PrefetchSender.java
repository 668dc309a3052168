package dev.turnstile.process;

import dev.turnstile.internal.Prefetched;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The application's end of a {@link CallRing}. For the one thread that waits for responses, except where a {@link Prefetched} may be taken back. */
final class PrefetchSender {
    private final CallRing ring;
    private final Consumer<Place> forsaken;
    private final Place[] places =
            IntStream.range(0, CallRing.PLACES).mapToObj(Place::new).toArray(Place[]::new);

    /** Where the next request goes. */
    private int next;

    /** The one that is to be collected next. */
    private @Nullable Place turn;

    /** @param forsaken takes a request whose turn is over without anybody having asked for its outcome: it waits for that */
    PrefetchSender(CallRing ring, Consumer<Place> forsaken) {
        this.ring = ring;
        this.forsaken = forsaken;
    }

    /**
     * Hands a request over; the child may be asleep.
     *
     * @param notAfter when it may begin at the latest, by {@link System#nanoTime}; 0 for no limit
     * @return {@code null} if there is no room
     */
    @Nullable
    Place handOver(HostRequest request, long notAfter) {
        int headLength = request.head().length;
        int bodyLength = request.body().length;
        if ((long) headLength + bodyLength > CallRing.LONGEST_REQUEST) {
            return null;
        }
        try {
            int at = next;
            if (ring.state(at) != CallRing.EMPTY) {
                return null;
            }
            ring.write(at, CallRing.REQUEST_AT, request.head());
            ring.write(at, CallRing.REQUEST_AT + headLength, request.body());
            ring.set(at, CallRing.OPERATION, request.operation());
            ring.set(at, CallRing.ID, request.id());
            ring.set(at, CallRing.NUMBER, request.number());
            ring.set(at, CallRing.HEAD_LENGTH, headLength);
            ring.set(at, CallRing.BODY_LENGTH, bodyLength);
            ring.setNotAfter(at, notAfter);
            places[at].number = request.number();
            places[at].isLimited = notAfter != 0;
            ring.setState(at, CallRing.READY);
            next = CallRing.after(at);
            return places[at];
        } catch (InternalError cutOff) { // the file behind the shared memory, by the child: the next exchange tells
            return null;
        }
    }

    /** Says whether something was handed over after a request. */
    boolean hasMoreThan(Place place) {
        return CallRing.after(place.at) != next;
    }

    /** Says whether there are requests that were handed over and whose outcomes nobody has asked for. */
    boolean isAnyOpen() {
        for (int place = 0; place < CallRing.PLACES; place++) {
            int state = ring.state(place);
            if (state != CallRing.EMPTY && state != CallRing.TAKEN_BACK) {
                return true;
            }
        }
        return false;
    }

    /** Takes back what has not begun, and has the child go on with what has: nobody will ask for an outcome. */
    void forget() {
        for (int place = 0; place < CallRing.PLACES; place++) {
            if (!ring.move(place, CallRing.READY, CallRing.TAKEN_BACK)
                    && !ring.move(place, CallRing.CONFIRMED, CallRing.TAKEN_BACK)) {
                var unused = ring.move(place, CallRing.DONE, CallRing.EMPTY);
            }
        }
        turn = null;
    }

    /** Returns the number of the request that is next; 0 if that was not handed over. */
    int turn() {
        return turn == null ? 0 : turn.number;
    }

    /** Returns the request that is next, once. */
    Place takeTurn() {
        Place its = Objects.requireNonNull(turn, "turn");
        turn = null;
        return its;
    }

    /** A request that was handed over, and later another one in the same place. */
    final class Place implements Prefetched {
        private final int at;
        private int number;

        /** It may expire; if it does nevertheless, the child does not keep to the protocol. */
        private boolean isLimited;

        private final BooleanSupplier isDone;

        private Place(int at) {
            this.at = at;
            this.isDone = () -> ring.state(at) == CallRing.DONE;
        }

        /** Says whether there is a response. */
        BooleanSupplier isDone() {
            return isDone;
        }

        @Override
        public boolean takeBack() {
            try {
                return ring.move(at, CallRing.READY, CallRing.TAKEN_BACK) || hasExpired();
            } catch (InternalError cutOff) {
                return false; // it may have begun
            }
        }

        @Override
        public boolean confirm() {
            try {
                return ring.move(at, CallRing.READY, CallRing.CONFIRMED) || !hasExpired();
            } catch (InternalError cutOff) {
                return true; // the next exchange tells
            }
        }

        private boolean hasExpired() {
            return isLimited && ring.move(at, CallRing.EXPIRED, CallRing.EMPTY);
        }

        @Override
        public void isNext() {
            turn = this;
        }

        @Override
        public void isOver() {
            if (turn == this) { // nobody has asked for the outcome
                turn = null;
                forsaken.accept(this);
            }
        }

        boolean hasBegun() {
            int state = ring.state(at);
            return state == CallRing.RUNNING || state == CallRing.DONE;
        }

        int get(int field) {
            return ring.get(at, field);
        }

        byte[] response(int length) {
            return ring.read(at, CallRing.RESPONSE_AT, length);
        }

        /** The response was read. */
        void isRead() {
            ring.setState(at, CallRing.EMPTY);
        }
    }
}
