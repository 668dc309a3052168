package dev.turnstile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The workers of a gate: has them come, relieve one another, and go. What is done by users' orders (open, resize, swap) is done by one thread at
 * a time, which waits here; the workers themselves never do.
 */
final class Crew<R> {
    private final Line<R> line;
    private final Observers observers;
    private final TurnstileOptions options;
    private final long spinNanos;
    private final ReentrantLock orders = new ReentrantLock();
    private final Set<Worker<R>> workers = new CopyOnWriteArraySet<>();

    /** Held for a moment, by who adds to the workers or takes from them: none comes once the last one has gone. */
    private final ReentrantLock census = new ReentrantLock();

    private boolean hasEnded;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile ResourceSource<R, ?> source;
    private volatile int size;
    private volatile boolean isOpen;
    private volatile @Nullable Throwable failureToClose;

    Crew(Line<R> line, Observers observers, ResourceSource<R, ?> source, TurnstileOptions options) {
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

    /** Has the first workers come; returns why one could not, {@code null} if all have. */
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

    /** Has more workers come, or some go; returns why one could not come, and then none has. */
    @Nullable
    Throwable resize(int count) throws InterruptedException {
        orders.lockInterruptibly();
        try (Newcomers newcomers = new Newcomers()) {
            requireOpen();
            List<Station<R>> stations = line.roster().staying();
            int last = line.roster().made();
            for (int i = stations.size(); i < count; i++) {
                newcomers.add(source, ++last, true);
            }
            Throwable failure = newcomers.awaitOpen(Deadline.NEVER);
            if (failure == null) {
                newcomers.settle();
                stations.stream().skip(count).forEach(line.roster()::retire);
                size = count;
            }
            return failure;
        } finally {
            orders.unlock();
        }
    }

    SwapReport swap(ResourceSource<R, ?> next, Deadline limit, long begun) throws InterruptedException, SwapException {
        orders.lockInterruptibly();
        try (Newcomers newcomers = new Newcomers()) {
            requireOpen();
            List<Station<R>> stations = line.roster().staying();
            for (Station<R> station : stations) {
                newcomers.add(next, station.number(), true);
            }
            Throwable failure = newcomers.awaitOpen(limit);
            if (failure != null) {
                throw new SwapException("Nothing was swapped: " + failure.getMessage(), failure);
            }
            source = next; // before: what they lose is to be replaced from there
            int switched = newcomers.relieve(stations, limit);
            requireOpen();
            return new SwapReport(switched, stations.size() - switched, Duration.ofNanos(System.nanoTime() - begun));
        } finally {
            orders.unlock();
        }
    }

    private void requireOpen() {
        if (line.state() != TurnstileState.OPEN) {
            throw line.refusal(false);
        }
    }

    /** Workers that are to come together, or not at all. */
    private final class Newcomers implements AutoCloseable {
        private final List<Worker<R>> all = new ArrayList<>();
        private boolean areIn;

        void add(ResourceSource<R, ?> from, int number, boolean isToWarmUp) {
            Worker<R> worker = new Worker<>(Crew.this, name(number), from, options, isToWarmUp, null);
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

        /** Has them all work, at stations of their own. */
        void settle() {
            areIn = true;
            line.roster().addStations(all);
        }

        /** Has them all relieve others; returns how many have by the limit. An interrupt counts as the limit passing now, and is kept. */
        int relieve(List<Station<R>> stations, Deadline limit) {
            areIn = true;
            for (int i = 0; i < all.size(); i++) {
                all.get(i).succeeds();
                line.roster().relieve(stations.get(i), all.get(i), false);
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
                all.forEach(Worker::withdraw);
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
                workers.remove(worker);
            }
        }
    }

    void add(Worker<R> worker) {
        census.lock();
        try {
            if (hasEnded) {
                throw line.refusal(false);
            }
            workers.add(worker);
        } finally {
            census.unlock();
        }
    }

    /** Says whether that was the last one of all. */
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

    /** Has another worker come, which takes its time, to where a resource was lost. */
    void replace(Station<R> vacancy) {
        Worker<R> next = new Worker<>(this, name(vacancy.number()), source, options, true, vacancy);
        if (line.roster().expect(vacancy, next)) {
            begin(next);
        }
    }

    /** A worker's thread ends, and its resource, if it had one, is closed. */
    void ended(Worker<R> worker, @Nullable Throwable failure) {
        if (failure != null) {
            failureToClose = failure;
        }
        if (remove(worker)) {
            end();
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
        }
    }

    // ---- the end ----

    void close(Deadline limit) {
        line.close(limit);
        workers.forEach(Worker::wake);
    }

    boolean awaitEnd(Deadline limit) throws InterruptedException {
        return limit.await(ended);
    }
}
