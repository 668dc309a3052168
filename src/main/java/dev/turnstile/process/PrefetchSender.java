package dev.turnstile.process;

import dev.turnstile.internal.Prefetched;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The application's end of a {@link CallRing}. For the one thread that waits for responses, except where a {@link Prefetched} may be taken back. */
final class PrefetchSender {
    private final CallRing ring;
    private final Place[] places =
            IntStream.range(0, CallRing.PLACES).mapToObj(Place::new).toArray(Place[]::new);

    /** Where the next request goes. */
    private int next;

    /** The one that is to be collected next. */
    private @Nullable Place turn;

    PrefetchSender(CallRing ring) {
        this.ring = ring;
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
        if (headLength > CallRing.LONGEST_REQUEST - Math.min(bodyLength, CallRing.LONGEST_REQUEST)) {
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
            ring.setState(at, CallRing.READY);
            next = CallRing.after(at);
            return places[at];
        } catch (InternalError cutOff) { // the file behind the shared memory, by the child: the next exchange tells
            return null;
        }
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
            return ring.move(at, CallRing.EXPIRED, CallRing.EMPTY);
        }

        @Override
        public void isNext() {
            turn = this;
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
