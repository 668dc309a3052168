package dev.turnstile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The workers of a gate: has them come, relieve one another, and go. Orders of users (open, resize, swap) are carried out by one thread at a
 * time, which waits here; workers never wait here.
 */
final class Workers<R> {
    private final Line<R> line;
    private final Observers observers;
    private final TurnstileOptions options;
    private final long spinNanos;

    /** Opens when the current order is done; {@code null} if there is none. */
    private final AtomicReference<@Nullable CountDownLatch> order = new AtomicReference<>();

    /** Under {@link #census}. Closing waits until all are removed; removal needs no memory. */
    private final List<Worker<R>> workers = new ArrayList<>();

    /** Held only briefly. It ensures that no worker comes after the last one has gone. */
    private final ReentrantLock census = new ReentrantLock();

    /** Under {@link #census}: the limits of closings from a worker. */
    private final List<Alarm> closeLimits = new ArrayList<>();

    private boolean hasEnded;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile ResourceSource<R, ?> source;
    private volatile int size;
    private volatile boolean isOpen;
    private volatile @Nullable Throwable failureToClose;

    Workers(Line<R> line, Observers observers, ResourceSource<R, ?> source, TurnstileOptions options) {
        this.line = line;
        this.observers = observers;
        this.source = source;
        this.options = options;
        this.spinNanos = Deadline.nanos(options.idleSpin());
    }

    Line<R> line() {
        return line;
    }

    Observers observers() {
        return observers;
    }

    long spinNanos() {
        return spinNanos;
    }

    /** Returns how many instances there should be. */
    int size() {
        return size;
    }

    // ---- orders ----

    /** Starts the first workers; returns why one failed, {@code null} if all have come. */
    @Nullable
    Throwable open() throws InterruptedException {
        int count = options.isPool() ? options.poolSize() : 1;
        try (Newcomers newcomers = new Newcomers()) {
            for (int number = 1; number <= count; number++) {
                newcomers.add(source, number, false);
            }
            Throwable failure = newcomers.awaitOpen(Deadline.NEVER);
            if (failure == null) {
                isOpen = true;
                size = count;
                newcomers.settle();
            }
            return failure;
        }
    }

    /** Adds or retires workers; returns why one could not come, and then none has. */
    @Nullable
    Throwable resize(int count) throws InterruptedException {
        beginOrder(Deadline.NEVER);
        try (Newcomers newcomers = new Newcomers()) {
            requireOpen();
            int last = line.slots().made();
            for (int i = line.slots().staying().size(); i < count; i++) {
                newcomers.add(source, ++last, true);
            }
            Throwable failure = newcomers.awaitOpen(Deadline.NEVER);
            if (failure == null) {
                newcomers.settle();
                size = count; // before some go: nobody misses them
                line.slots().shrinkTo(count);
            }
            return failure;
        } finally {
            endOrder();
        }
    }

    SwapReport swap(ResourceSource<R, ?> next, Deadline limit, long begun) throws InterruptedException, SwapException {
        if (!beginOrder(limit)) {
            TimeoutException failure = new TimeoutException("the limit passed while another swap or resize went on");
            throw new SwapException("Nothing was swapped: " + failure.getMessage(), failure);
        }
        try (Newcomers newcomers = new Newcomers()) {
            requireOpen();
            List<Slot<R>> slots = line.slots().staying();
            for (Slot<R> slot : slots) {
                newcomers.add(next, slot.number(), true);
            }
            Throwable failure = newcomers.awaitOpen(limit);
            if (failure != null) {
                throw new SwapException("Nothing was swapped: " + GateLog.message(failure), failure);
            }
            source = next; // first: a lost new one is replaced from it
            int switched = newcomers.relieve(slots, limit);
            requireOpen();
            return new SwapReport(switched, slots.size() - switched, Duration.ofNanos(System.nanoTime() - begun));
        } finally {
            endOrder();
        }
    }

    /** Waits until no other order is in progress; {@code false} if the limit passes first. */
    private boolean beginOrder(Deadline limit) throws InterruptedException {
        CountDownLatch mine = new CountDownLatch(1);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        while (!order.compareAndSet(null, mine)) {
            CountDownLatch other = order.get();
            if (other != null && !limit.await(other)) {
                return false;
            }
        }
        return true;
    }

    private void endOrder() {
        CountDownLatch mine = Objects.requireNonNull(order.getAndSet(null));
        mine.countDown();
    }

    private void requireOpen() {
        if (line.state() != TurnstileState.OPEN) {
            throw line.refusals().closed();
        }
    }

    /** Workers that come together or not at all. */
    private final class Newcomers implements AutoCloseable {
        private final List<Worker<R>> all = new ArrayList<>();
        private boolean areIn;

        void add(ResourceSource<R, ?> from, int number, boolean isToWarmUp) {
            Worker<R> worker = new Worker<>(Workers.this, name(number), from, options, isToWarmUp, null, null);
            all.add(worker);
            begin(worker);
        }

        @Nullable
        Throwable awaitOpen(Deadline limit) throws InterruptedException {
            for (Worker<R> worker : all) {
                if (!worker.awaitOpen(limit)) {
                    return new TimeoutException("the limit passed before all new ones were ready");
                }
                if (worker.openFailure() != null) {
                    return worker.openFailure();
                }
            }
            return null;
        }

        /** Adds a slot for each and starts them all. */
        void settle() {
            line.slots().add(all);
            areIn = true;
        }

        /** Has them all relieve others; returns how many have done so by the limit. An interrupt counts as the limit passing, and is kept. */
        int relieve(List<Slot<R>> slots, Deadline limit) {
            areIn = true;
            for (int i = 0; i < all.size(); i++) {
                all.get(i).succeeds();
                line.slots().relieve(slots.get(i), all.get(i), false);
            }
            int switched = 0;
            try {
                for (Worker<R> worker : all) {
                    switched += worker.awaitAssignment(limit) ? 1 : 0;
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            return switched;
        }

        @Override
        public void close() {
            if (!areIn) {
                for (int i = 0; i < all.size(); i++) {
                    all.get(i).withdraw();
                }
            }
        }
    }

    private String name(int number) {
        return options.isPool() ? options.workerName() + "-" + number : options.workerName();
    }

    private void begin(Worker<R> worker) {
        add(worker);
        boolean isStarted = false;
        try {
            worker.start();
            isStarted = true;
        } finally {
            if (!isStarted) {
                ended(worker, null); // it may be the last one by now
            }
        }
    }

    void add(Worker<R> worker) {
        census.lock();
        try {
            if (hasEnded) {
                throw line.refusals().closed();
            }
            SharedTimer.SYSTEM.workerComes();
            workers.add(worker);
        } finally {
            census.unlock();
        }
    }

    /** Removes a worker; says whether it was the last one of all. */
    private boolean remove(Worker<R> worker) {
        census.lock();
        try {
            workers.remove(worker);
            boolean isLast = workers.isEmpty() && (line.state() != TurnstileState.OPEN || !isOpen);
            hasEnded |= isLast && isOpen;
            return isLast;
        } finally {
            census.unlock();
        }
    }

    // ---- workers ----

    /** Starts a replacement for a slot whose resource was lost, and does not wait for it. If that fails, the slot is given up. */
    void replace(Slot<R> vacancy) {
        Worker<R> next = null;
        try {
            next = new Worker<>(this, name(vacancy.number()), source, options, true, vacancy, null);
            if (line.slots().departures().expect(vacancy, next)) {
                begin(next);
            }
        } catch (Throwable noThread) {
            line.slots().departures().giveUp(vacancy, next, noThread);
        }
    }

    /**
     * Starts a worker with a fresh resource for a slot whose own one is worn out, and does not wait for it. Throws if that cannot be.
     *
     * @param wear learns if nothing comes of it
     */
    void renew(Slot<R> slot, Worker<R> before, Wear<R> wear) {
        begin(new Worker<>(this, name(slot.number()), source, options, true, null, new Renewal<>(slot, before, wear)));
    }

    /** What a worker comes for that brings a fresh resource in place of one that is worn out. */
    record Renewal<R>(Slot<R> slot, Worker<R> before, Wear<R> wear) {}

    /** A worker's thread ends, and its resource, if it had one, is closed. */
    void ended(Worker<R> worker, @Nullable Throwable failure) {
        if (failure != null) {
            failureToClose = failure;
        }
        try {
            if (remove(worker)) {
                end();
            }
        } finally {
            SharedTimer.SYSTEM.workerGone();
        }
    }

    private void end() {
        try {
            line.ended(failureToClose);
            if (isOpen) {
                observers.closed(line.report());
            }
        } finally {
            ended.countDown();
            liftCloseLimits();
        }
    }

    // ---- the end ----

    void close(Deadline limit) {
        line.close(limit);
        census.lock();
        try {
            for (int i = 0; i < workers.size(); i++) {
                workers.get(i).wake();
            }
        } finally {
            census.unlock();
        }
    }

    /** Refuses the rest when the limit passes, for a worker, which cannot wait for that. */
    void refuseRestAt(Deadline limit) {
        if (limit.hasSurelyPassed()) {
            line.refuseRest();
            return;
        }
        Alarm closeLimit = new CloseLimit(limit);
        census.lock();
        try {
            closeLimits.add(closeLimit);
        } finally {
            census.unlock();
        }
        closeLimit.begin();
    }

    private final class CloseLimit extends Alarm {
        CloseLimit(Deadline limit) {
            super(limit);
        }

        @Override
        boolean isNeeded() {
            return ended.getCount() > 0;
        }

        @Override
        void ring() {
            line.refuseRest();
        }

        @Override
        void failByTime(Throwable thrown) {
            GateLog.error("{}: the limit for closing counts as passed", options.workerName(), thrown);
            line.refuseRest();
        }
    }

    private void liftCloseLimits() {
        census.lock();
        try {
            for (int i = 0; i < closeLimits.size(); i++) {
                closeLimits.get(i).lift();
            }
        } finally {
            census.unlock();
        }
    }

    boolean awaitEnd(Deadline limit) throws InterruptedException {
        return limit.await(ended);
    }
}
