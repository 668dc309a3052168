package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.internal.PrefetchableAction;
import dev.turnstile.internal.Prefetched;
import dev.turnstile.internal.PrefetchingResource;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A resource that begins what it was handed when the test says so, and notes what it has begun. All on one thread. */
final class PrefetchingModel implements PrefetchingResource {
    private final int room;
    private final ArrayDeque<Request> requests = new ArrayDeque<>();
    private @Nullable Request turn;
    private boolean isDead;

    /** What was begun, in order, on this resource and on those that it shares the list with. */
    private final List<Request.Work> begun;

    PrefetchingModel(int room, List<Request.Work> begun) {
        this.room = room;
        this.begun = begun;
    }

    @Override
    public boolean prefetches() {
        return true;
    }

    /** Begins the next request that was not taken back, or ends the one that runs. */
    void go() {
        if (isDead) {
            return;
        }
        for (Request request : requests) {
            if (request.state == State.RUNNING) {
                request.state = State.DONE;
                return;
            }
            if (request.state == State.READY && request.isLimited && request.work.isTooLate) {
                request.state = State.GONE;
            } else if (request.state == State.READY || request.state == State.CONFIRMED) {
                request.state = State.RUNNING;
                begun.add(request.work);
                return;
            }
        }
    }

    void die() {
        isDead = true;
    }

    boolean isDead() {
        return isDead;
    }

    private enum State {
        READY,
        CONFIRMED,
        RUNNING,
        DONE,
        GONE
    }

    /** Something that was handed over. */
    static final class Request implements Prefetched {
        private final PrefetchingModel model;
        private final Work work;
        private final boolean isLimited;
        private State state = State.READY;

        private Request(PrefetchingModel model, Work work, boolean isLimited) {
            this.model = model;
            this.work = work;
            this.isLimited = isLimited;
        }

        @Override
        public boolean takeBack() {
            if (state == State.READY) {
                state = State.GONE;
            }
            return state == State.GONE;
        }

        @Override
        public boolean confirm() {
            if (state == State.READY) {
                state = State.CONFIRMED;
            }
            return state != State.GONE;
        }

        @Override
        public void isNext() {
            model.turn = this;
        }

        @Override
        public void isOver() {
            model.turn = null;
        }

        /** An action; its name is its place in the order of arrival. */
        static final class Work
                implements PrefetchableAction<PrefetchingModel>, Action<PrefetchingModel, Integer, RuntimeException> {
            private final int number;
            private final Lane lane;
            private final boolean isHandedOver;

            /** It must not begin any more before its turn. */
            boolean isTooLate;

            Work(int number, Lane lane, boolean isHandedOver) {
                this.number = number;
                this.lane = lane;
                this.isHandedOver = isHandedOver;
            }

            int number() {
                return number;
            }

            @Override
            public Lane lane() {
                return lane;
            }

            @Override
            public @Nullable Prefetched prefetch(PrefetchingModel model, long notAfter) {
                model.requests.removeIf(request -> request.state == State.GONE);
                if (!isHandedOver || model.isDead || model.requests.size() == model.room) {
                    return null;
                }
                Request request = new Request(model, this, notAfter != 0);
                model.requests.add(request);
                return request;
            }

            /** The outcome is there, or the resource does it now; throws if it is dead. */
            @Override
            public Integer run(PrefetchingModel model) {
                Request its = model.turn;
                model.turn = null;
                if (its == null) {
                    assertTrue(
                            model.requests.stream().allMatch(request -> request.state == State.GONE),
                            "nothing was handed over that the resource might run at the same time");
                    requireAlive(model);
                    model.begun.add(this);
                    return number;
                }
                assertTrue(its.work == this, "the outcome is that of this call");
                while (its.state != State.DONE && !model.isDead) {
                    assertTrue(its.state != State.GONE, "it was not taken back");
                    model.go();
                }
                model.requests.removeIf(request -> request.state == State.GONE);
                assertTrue(model.requests.getFirst() == its, "outcomes are asked for in order");
                model.requests.removeFirst();
                if (its.state != State.DONE) {
                    requireAlive(model);
                }
                return number;
            }

            private static void requireAlive(PrefetchingModel model) {
                if (model.isDead) {
                    throw new IllegalStateException("it has crashed");
                }
            }

            @Override
            public String toString() {
                return lane + " " + number;
            }
        }
    }

    /** Nothing is left there that might still begin. */
    void assertNothingWaits() {
        assertFalse(
                requests.stream().anyMatch(request -> request.state == State.READY || request.state == State.CONFIRMED),
                "taken back when its worker left");
    }
}
