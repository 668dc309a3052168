package dev.turnstile.comparison;

import dev.turnstile.testing.Witness;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One scenario with one contender: the resource, the gate before it, all who came, and the harm that was seen. Whatever
 * happens it ends: it waits no longer than the patience, once, after everything was set free.
 */
final class Trial implements AutoCloseable {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final Contender contender;
    private final Setting setting;
    private final Map<Harm, Integer> harms = new EnumMap<>(Harm.class);
    private final Queue<Visitor<?>> visitors = new ConcurrentLinkedQueue<>();
    private final Queue<CompletableFuture<?>> futures = new ConcurrentLinkedQueue<>();
    private final Queue<Visitor<?>> probes = new ConcurrentLinkedQueue<>();
    private final CountDownLatch released = new CountDownLatch(1);

    private final Queue<Integer> order = new ConcurrentLinkedQueue<>();
    private volatile Witness witness;
    private volatile Gate gate;

    Trial(Contender contender, Setting setting) {
        this.contender = contender;
        this.setting = setting;
    }

    Contender contender() {
        return contender;
    }

    Setting setting() {
        return setting;
    }

    // ---- the stage ----

    Gate open(int capacity) throws Exception {
        return open(capacity, LONG);
    }

    /** The limit is that of closing, for a contender that has one to set. */
    Gate open(int capacity, Duration closeLimit) throws Exception {
        gate = contender.open(
                () -> {
                    witness = new Witness();
                    return witness;
                },
                capacity,
                closeLimit);
        return gate;
    }

    /** Opens a gate whose resource is busy with one call until {@link #release()}. */
    Gate openHeld(int capacity) throws Exception {
        return openHeld(capacity, LONG);
    }

    Gate openHeld(int capacity, Duration closeLimit) throws Exception {
        open(capacity, closeLimit);
        CountDownLatch entered = new CountDownLatch(1);
        watch(gate.submit(resource -> {
            resource.hold(entered, released);
            return "held";
        }));
        if (!entered.await(30, TimeUnit.SECONDS)) {
            throw new AssertionError("The first call never came in: " + contender);
        }
        return gate;
    }

    void release() {
        released.countDown();
    }

    Witness witness() {
        return witness;
    }

    void needsClose() {
        if (!gate.isCloseable()) {
            throw new CannotException("no close");
        }
    }

    // ---- those who come ----

    /** A use of the resource that is told from the others by its number. */
    Work<Integer> use(int number) {
        return resource -> {
            if (resource.closes() > 0) {
                add(Harm.USED_AFTER_CLOSE, 1);
            }
            order.add(number);
            return resource.use(number);
        };
    }

    boolean hasRun(int number) {
        return order.contains(number);
    }

    /** The numbers of the uses, in the order in which they were. */
    List<Integer> order() {
        return List.copyOf(order);
    }

    <T> Visitor<T> visit(Callable<T> work) {
        Visitor<T> visitor = Visitor.start(work);
        visitors.add(visitor);
        return visitor;
    }

    <T> CompletableFuture<T> watch(CompletableFuture<T> future) {
        futures.add(future);
        return future;
    }

    /** One who only submits, and may have to wait for that; the future is watched. */
    Visitor<Void> visitToSubmit(Work<?> work) {
        return visit(() -> {
            watch(gate.submit(work));
            return null;
        });
    }

    // ---- looking ----

    synchronized void add(Harm harm, int count) {
        if (count > 0) {
            harms.merge(harm, count, Integer::sum);
        }
    }

    /** Waits for one thing, as long as the patience; says whether it came. */
    boolean comesToAnEnd(CompletableFuture<?> one) throws InterruptedException {
        return comesToAnEnd(one, setting.patience());
    }

    static boolean comesToAnEnd(CompletableFuture<?> one, Duration patience) throws InterruptedException {
        try {
            one.handle((result, thrown) -> true).get(patience.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException stillOpen) {
            return false;
        } catch (ExecutionException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Waits for all who came, and counts the futures that are still open and the threads that still wait. */
    void countLostAndHung() throws InterruptedException {
        long deadline = System.nanoTime() + setting.patience().toNanos();
        for (CompletableFuture<?> future : futures) {
            boolean done = comesToAnEnd(future, until(deadline));
            add(Harm.LOST, done ? 0 : 1);
        }
        for (Visitor<?> visitor : visitors) {
            boolean ended = visitor.hasEnded(until(deadline));
            add(Harm.HUNG, ended ? 0 : 1);
        }
    }

    /** Whether all who came are through by then. */
    boolean allCameThrough(long deadline) throws InterruptedException {
        boolean through = true;
        for (CompletableFuture<?> future : futures) {
            through &= comesToAnEnd(future, until(deadline));
        }
        for (Visitor<?> visitor : visitors) {
            through &= visitor.hasEnded(until(deadline));
        }
        return through;
    }

    /** All places must be free again, and a later caller come through. */
    void countLeaked() throws InterruptedException {
        int leaked = gate.leakedPlaces();
        add(Harm.LEAKED, leaked);
        if (leaked == 0) {
            Visitor<Integer> next = Visitor.start(() -> gate.call(use(Integer.MAX_VALUE)));
            probes.add(next);
            add(Harm.NEXT_STUCK, comesToAnEnd(next) && !next.isCompletedExceptionally() ? 0 : 1);
        }
    }

    private static Duration until(long deadline) {
        return Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
    }

    synchronized Outcome outcome() {
        return new Outcome(new EnumMap<>(harms), "");
    }

    /** The same again, for a scenario of many small runs. */
    Trial another() {
        return new Trial(contender, setting);
    }

    /** Lets go of everything, as well as that can be done, and waits for nothing. */
    @Override
    public void close() {
        release();
        visitors.forEach(Visitor::interrupt);
        probes.forEach(Visitor::interrupt);
        Gate opened = gate;
        if (opened != null && opened.isCloseable()) {
            Visitor.start(() -> {
                opened.close();
                return null;
            });
        }
    }
}
