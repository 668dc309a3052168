package dev.turnstile.soak;

import dev.turnstile.Lane;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * No lane is passed over for longer than {@link Lane} promises: while a call of it is pending, {@code overtakes} + 3 calls of other lanes start at most, and
 * then one of it. In a pool it is 3 for each instance, counted over all of them as to calls that any of them may run, and in one instance as to those with a
 * key, which it alone may run.
 *
 * <p>What makes it sound. A call is pending from the moment on in which somebody knows that it has a place; it is marked then with what the other
 * lanes have started so far. A worker takes its next call after it has left the one before: so what the others had started at that moment, and
 * not what they have by now, was before the call. Between the gate's decision that a call starts, and the resource, which counts it, there may be
 * one call for each worker. And a start of the same lane in between, by whatever instance, begins the count anew. So what is counted here is no more
 * than what the gate did.
 */
final class AgeingCheck {
    private static final int OTHER_LANES = Lane.values().length - 1;

    private final Findings findings;
    private final Setup setup;
    private final LaneStarts ofAll = new LaneStarts();
    private final Map<Integer, LaneStarts> ofEach = new ConcurrentHashMap<>();
    private final Map<Integer, Home> homes = new ConcurrentHashMap<>();

    /** Odd while the pool is resized: keys may move then. */
    private final AtomicLong resizes = new AtomicLong();

    AgeingCheck(Setup setup, Findings findings) {
        this.setup = setup;
        this.findings = findings;
    }

    /**
     * What a pending call waits for, and what that had started of other lanes when it was pending.
     *
     * @param resizes when that was, as to the moves of keys
     */
    record Mark(LaneStarts starts, long others, long resizes) {}

    /**
     * Where a call of a key was run.
     *
     * @param resizes when the instance chose it, as to the moves of keys. Once the pool is resized a slot that is to go may keep the key for as long as it runs
     *     something, so another call of the key may wait there and be run here all the same
     */
    private record Home(int instance, long resizes) {}

    /** The pool begins to be resized, or has been. */
    void resizes() {
        resizes.incrementAndGet();
    }

    /** Somebody knows that a call has a place. The first to say so counts. */
    void isPending(TrackedCall call) {
        long now = resizes.get();
        LaneStarts starts = ofAll;
        if (staysWithOne(call)) {
            Home home = homes.get(call.route().key());
            boolean mayMove = setup.mayRunOut() || now % 2 != 0;
            starts = home == null || home.resizes() != now || mayMove ? null : ofEach.get(home.instance());
        }
        if (starts != null) {
            call.mark(new Mark(starts, starts.others(call.route().lane()), now));
        }
    }

    private boolean staysWithOne(TrackedCall call) {
        return setup.isPool() && call.route().key() != null;
    }

    /** The calls that one worker runs, one by one. */
    final class Course {
        private final int instance;
        private final LaneStarts ownStarts;
        private long[] allWhenLeft;
        private long resizesWhenLeft;
        private long[] ownWhenLeft;

        private Course(int instance) {
            this.instance = instance;
            this.ownStarts = ofEach.computeIfAbsent(instance, number -> new LaneStarts());
        }

        void starts(TrackedCall call) {
            Lane lane = call.route().lane();
            Mark mark = call.mark();
            if (staysWithOne(call)) {
                homes.put(call.route().key(), new Home(instance, resizesWhenLeft));
                if (mark != null && mark.starts() == ownStarts && mark.resizes() == resizes.get()) {
                    compare(call, mark, ownWhenLeft, setup.overtakes() + OTHER_LANES + slack());
                }
            } else if (mark != null && mark.starts() == ofAll) {
                compare(call, mark, allWhenLeft, setup.overtakes() + OTHER_LANES + slack());
            }
            starts(lane);
        }

        /** A call of which nothing more is known. */
        void starts(Lane lane) {
            ofAll.starts(lane);
            ownStarts.starts(lane);
        }

        void leaves() {
            resizesWhenLeft = resizes.get();
            allWhenLeft = ofAll.snapshot();
            ownWhenLeft = ownStarts.snapshot();
        }

        private void compare(TrackedCall call, Mark mark, long[] whenLeft, int bound) {
            if (whenLeft == null) {
                return; // its first one: it may have been chosen long ago
            }
            Lane lane = call.route().lane();
            long since = Math.max(mark.others(), mark.starts().othersBefore(lane));
            long passed = LaneStarts.others(lane, whenLeft) - since;
            if (passed > bound) {
                findings.add(
                        Breach.BEYOND_THE_BOUND,
                        () -> call + " was passed over by " + passed + " calls of other lanes, and " + bound
                                + " are the most, in instance " + instance + " of " + setup);
            }
        }
    }

    /** One that was chosen before for each worker, and in a pool three more for each, as {@link Lane} says; a slot that is to go may still be there. */
    private int slack() {
        return setup.isPool() ? 4 * Setup.MOST_INSTANCES : 1;
    }

    /** @param instance the number of the worker's instance */
    Course newCourse(int instance) {
        return new Course(instance);
    }
}
