package dev.turnstile;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Has a fresh resource come in place of one that works but is {@linkplain ResourceSource#isWornOut worn out}, or has {@linkplain ResourceSource#longestRest rested for too long}.
 *
 * <p>The protocol. After each call the worker asks whether the resource is worn out. For the rest it only notes the time; an alarm that is set after the first call looks
 * at that when it rings, and is set again for when the rest may have been long enough. So an idle gate has one thing planned, and a busy one is looked at about once per rest. Whoever finds that it is time
 * starts a worker that opens a fresh resource and relieves this one as in a swap, but only if this one still serves. One comes at a time. If it cannot open its
 * resource, the next one comes some calls later, ever more.
 */
final class Wear<R> {
    private static final int MOST_SPARED = 1 << 12;

    private final Workers<R> workers;
    private final Worker<R> worker;
    private final Slot<R> slot;
    private final ResourceSource<R, ?> source;
    private final TimeSource time;
    private final long longestRest;

    /** A worker with a fresh resource is on its way. Until it has failed, the worker here does not touch the counts below. */
    private final AtomicBoolean isBeingRenewed = new AtomicBoolean();

    private final AtomicBoolean isAlarmSet = new AtomicBoolean();
    private volatile @Nullable Alarm alarm;
    private volatile boolean isStopped;

    /** When the last call returned. */
    private volatile long restsSince;

    /** For so many calls nobody looks. */
    private int spared;

    private int failures;

    Wear(Workers<R> workers, Worker<R> worker, Slot<R> slot, ResourceSource<R, ?> source, TimeSource time) {
        this.workers = workers;
        this.worker = worker;
        this.slot = slot;
        this.source = source;
        this.time = time;
        this.longestRest = longestRest();
    }

    private long longestRest() {
        try {
            return Deadline.nanos(source.longestRest());
        } catch (Throwable thrown) {
            GateLog.error("{}: nobody can say how long its resource may rest", worker.name(), thrown);
            return 0;
        }
    }

    // ---- the worker ----

    /** A call has returned. Throws nothing: if there can be no fresh resource, the worker goes on without. */
    void used(R resource) {
        if (!isBeingRenewed.get()) {
            lookAt(resource);
        }
        if (longestRest > 0) {
            noteTime();
        }
    }

    private void lookAt(R resource) {
        if (spared > 0) {
            spared--;
        } else if (isWornOut(resource)) {
            renew();
        }
    }

    private boolean isWornOut(R resource) {
        try {
            return source.isWornOut(resource);
        } catch (Throwable thrown) {
            GateLog.error("{}: nobody can say whether its resource is worn out", worker.name(), thrown);
            return false;
        }
    }

    private void noteTime() {
        try {
            restsSince = time.nanoTime();
            if (isAlarmSet.compareAndSet(false, true)) {
                setAlarm(longestRest);
            }
        } catch (Throwable thrown) {
            GateLog.error("{}: nobody knows how long its resource rests", worker.name(), thrown);
        }
    }

    /** The worker ends. */
    void stop() {
        isStopped = true;
        lift(alarm);
    }

    // ---- the one that comes ----

    private void renew() {
        if (isStopped || !workers.line().isOpen() || !isBeingRenewed.compareAndSet(false, true)) {
            return;
        }
        try {
            workers.renew(slot, worker, this);
        } catch (Throwable noThread) {
            GateLog.warn("{}: no thread to open a fresh resource on", worker.name(), noThread);
            notRenewed();
        }
    }

    /** On any thread: no fresh resource has come. */
    void notRenewed() {
        failures = Math.min(failures + 1, Integer.numberOfTrailingZeros(MOST_SPARED));
        spared = 1 << failures;
        isBeingRenewed.set(false);
    }

    // ---- the rest ----

    private void setAlarm(long nanos) {
        Alarm next = new Rest(Deadline.after(Duration.ofNanos(nanos), time));
        alarm = next;
        boolean isSet = false;
        try {
            next.begin();
            isSet = true;
        } catch (Throwable noThread) {
            GateLog.warn("{}: no thread to look on how long its resource rests", worker.name(), noThread);
        } finally {
            isAlarmSet.set(isSet);
        }
        if (isStopped) {
            lift(next);
        }
    }

    private static void lift(@Nullable Alarm alarm) {
        if (alarm != null) {
            alarm.lift();
        }
    }

    private void look() {
        long left = restsSince + longestRest - time.nanoTime();
        if (workers.line().slots().isRunning(slot)) {
            setAlarm(longestRest);
        } else if (left > 0) {
            setAlarm(left);
        } else {
            isAlarmSet.set(false); // the next call sets it
            renew();
        }
    }

    private final class Rest extends Alarm {
        Rest(Deadline end) {
            super(end);
        }

        @Override
        boolean isNeeded() {
            return !isStopped;
        }

        @Override
        void ring() {
            if (!isStopped) {
                look();
            }
        }

        @Override
        void failByTime(Throwable thrown) {
            isAlarmSet.set(false);
            GateLog.error("{}: nobody knows how long its resource rests", worker.name(), thrown);
        }
    }
}
