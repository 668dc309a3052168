package dev.turnstile;

import dev.turnstile.plugin.GuardedPlugin;
import dev.turnstile.plugin.PluginCalls;
import dev.turnstile.testing.Eventually;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a gate and leaves it as it is. {@link Turnstile#stats()} and its like take the monitor and let in whoever has arrived: who looks with
 * them repairs what a worker forgot. This reads fields, and takes no lock; so what it says was true of each field at some instant of the look, and
 * of all together only while nothing moves.
 *
 * <p>All that tests know of the gate's insides is here.
 */
public final class Probe {
    private static final VarHandle LINE = field(Turnstile.class, "line", Line.class);
    private static final VarHandle GATE = field(PluginCalls.class, "gate", Turnstile.class);
    private static final VarHandle MONITOR = field(Line.class, "monitor", Monitor.class);
    private static final VarHandle LOCK = field(Monitor.class, "lock", ReentrantLock.class);
    private static final VarHandle FREE = field(Places.class, "free", Semaphore.class);
    private static final VarHandle FREE_RESERVED = field(Places.class, "freeReserved", Semaphore.class);
    private static final VarHandle ARRIVALS = field(Line.class, "arrivals", Inbox.class);
    private static final VarHandle LATEST = field(Inbox.class, "latest", AtomicReference.class);
    private static final VarHandle FIRST = field(Waiters.class, "first", Call[].class);
    private static final VarHandle COUNT = field(Waiters.class, "count", int.class);
    private static final VarHandle SHARED = field(Dispatch.class, "shared", LaneQueues.class);
    private static final VarHandle RUNNING = field(Slot.class, "running", Call.class);
    private static final VarHandle STATE = field(Slot.class, "state", SlotState.class);
    private static final VarHandle QUEUES = field(LaneQueues.class, "queues", List.class);
    private static final VarHandle OWNER = field(BlockingCall.class, "owner", Thread.class);
    private static final VarHandle NEXT = field(Call.class, "next", Call.class);
    private static final VarHandle CALLS = MethodHandles.arrayElementVarHandle(Call[].class);

    /** How often to look again while somebody has the monitor, or moves what is looked at. */
    private static final int TRIES = 1_000;

    private final Turnstile<?> gate;
    private final Line<?> line;

    private Probe(Turnstile<?> gate) {
        this.gate = gate;
        this.line = (Line<?>) LINE.get(gate);
    }

    public static Probe of(Turnstile<?> gate) {
        return new Probe(gate);
    }

    public static Probe of(GuardedPlugin plugin) {
        return new Probe((Turnstile<?>) GATE.get(plugin));
    }

    private static VarHandle field(Class<?> type, String name, Class<?> of) {
        try {
            return MethodHandles.privateLookupIn(type, MethodHandles.lookup()).findVarHandle(type, name, of);
        } catch (ReflectiveOperationException renamed) {
            throw new ExceptionInInitializerError(renamed);
        }
    }

    // ---- places ----

    /** How many places are free, reserved ones besides. */
    public int freePlaces() {
        return ((Semaphore) FREE.get(line.places())).availablePermits() - arrived(true);
    }

    public int freeReservedPlaces() {
        return ((Semaphore) FREE_RESERVED.get(line.places())).availablePermits();
    }

    /** How many calls have a place. */
    public int pending() {
        return gate.capacity() - freePlaces() - freeReservedPlaces();
    }

    // ---- callers ----

    /** How many have come and have no place: those outside, and those who have arrived and were not let in yet. */
    public int waiting() {
        int outside = outside();
        return outside + arrived(false);
    }

    private int outside() {
        return (int) COUNT.getVolatile(line.places().waiters());
    }

    /** A call arrives once: so while the latest one is the same, the chain is. */
    private int arrived(boolean withAPlace) {
        for (int i = 0; i < TRIES; i++) {
            Call<?, ?> latest = latestArrival();
            int count = 0;
            for (Call<?, ?> call = latest; call != null; call = (Call<?, ?>) NEXT.getVolatile(call)) {
                count += call.accepted() == withAPlace ? 1 : 0;
                if (!Objects.equals(latestArrival(), latest)) {
                    break;
                }
            }
            if (Objects.equals(latestArrival(), latest)) {
                return count;
            }
        }
        return 0;
    }

    private @Nullable Call<?, ?> latestArrival() {
        return ((AtomicReference<?>) LATEST.get(ARRIVALS.get(line))).get() instanceof Call<?, ?> call ? call : null;
    }

    // ---- workers ----

    /** How many workers sleep, or are about to. */
    public int asleep() {
        return (int) slots().stream().filter(Probe::isAsleep).count();
    }

    /** Says whether the worker of an instance does. */
    public boolean isAsleep(int instance) {
        return slots().stream().anyMatch(slot -> slot.number() == instance && isAsleep(slot));
    }

    /** Says whether there is an instance of this number, be it that it has no resource at the moment. */
    public boolean hasInstance(int instance) {
        return slots().stream().anyMatch(slot -> slot.number() == instance);
    }

    /** Says whether an instance has a worker, and so a resource. */
    public boolean hasWorker(int instance) {
        return slots().stream().anyMatch(slot -> slot.number() == instance && hasWorker(slot));
    }

    private static boolean hasWorker(Slot<?> slot) {
        return ((SlotState) STATE.getVolatile(slot)).hasWorker();
    }

    private static boolean isAsleep(Slot<?> slot) {
        return slot.isIdle();
    }

    /** Has been woken, or has just come, or is between two calls: will look for one. */
    private static boolean isOnItsWay(Slot<?> slot) {
        return hasWorker(slot) && !isAsleep(slot) && RUNNING.getVolatile(slot) == null;
    }

    /** Without the monitor: one that comes or goes at this moment may be missing. */
    private List<Slot<?>> slots() {
        List<Slot<?>> slots = new ArrayList<>();
        for (Object slot : line.dispatch().slots().toArray()) {
            if (slot != null) {
                slots.add((Slot<?>) slot);
            }
        }
        return slots;
    }

    // ---- what should never be ----

    /**
     * Looks for a call that nobody is going to serve: outside beside a place that it could have; arrived while a worker sleeps; or in the line while
     * a worker sleeps that could run it, and no other is on its way. Returns that call, or {@code null}. While something moves one look may be
     * mistaken; if many in a row return the same call, it is stranded.
     */
    public @Nullable Object stranded() {
        ReentrantLock monitor = (ReentrantLock) LOCK.get(MONITOR.get(line));
        for (int i = 0; i < TRIES && monitor.isLocked(); i++) {
            Thread.onSpinWait();
        }
        if (monitor.isLocked() || line.state() != TurnstileState.OPEN) {
            return null;
        }
        Call<?, ?> call = strandedOutside();
        if (call == null) {
            call = strandedOnArrival();
        }
        return call == null ? strandedInTheLine() : call;
    }

    private @Nullable Call<?, ?> strandedOutside() {
        Call<?, ?>[] first = (Call<?, ?>[]) FIRST.get(line.places().waiters());
        for (int lane = 0; lane < first.length; lane++) {
            Call<?, ?> call = (Call<?, ?>) CALLS.getVolatile(first, lane);
            boolean hasPlace = freePlaces() > 0 || (lane == Lane.CONTROL.index() && freeReservedPlaces() > 0);
            if (call != null && hasPlace && call.state() == CallState.WAITING) {
                return call;
            }
        }
        return null;
    }

    /** Its owner is past the point where it would see to that itself: it parks. */
    private @Nullable Call<?, ?> strandedOnArrival() {
        Call<?, ?> call = latestArrival();
        boolean isLeft = call instanceof BlockingCall<?, ?>
                && asleep() > 0
                && Objects.equals(LockSupport.getBlocker((Thread) OWNER.get(call)), call);
        return isLeft && call.equals(latestArrival()) ? call : null;
    }

    private @Nullable Call<?, ?> strandedInTheLine() {
        List<Slot<?>> slots = slots();
        boolean someoneSleeps = false;
        boolean someoneComes = false;
        for (Slot<?> slot : slots) {
            Call<?, ?> own = firstIn(slot.own());
            if (own != null && isAsleep(slot) && own.state() == CallState.PENDING) {
                return own;
            }
            someoneSleeps |= isAsleep(slot);
            someoneComes |= isOnItsWay(slot);
        }
        Call<?, ?> call = someoneSleeps && !someoneComes ? firstIn((LaneQueues<?>) SHARED.get(line.dispatch())) : null;
        return call != null && call.state() == CallState.PENDING ? call : null;
    }

    @SuppressWarnings("unchecked")
    private static @Nullable Call<?, ?> firstIn(LaneQueues<?> lanes) {
        for (LinkedBlockingQueue<? extends Call<?, ?>> queue :
                (List<LinkedBlockingQueue<? extends Call<?, ?>>>) QUEUES.get(lanes)) {
            Call<?, ?> call = queue.peek();
            if (call != null && call.state() == CallState.PENDING) {
                return call;
            }
        }
        return null;
    }

    // ---- waiting for it ----

    public void awaitWaiting(int callers) {
        await(callers + " callers have no place", () -> waiting() == callers);
    }

    /** Waits until so many in all have a place or want one. Not "one more than now": one that moves may be missed now. */
    public void awaitCome(int calls) {
        await(calls + " calls have come and not started", () -> pending() + waiting() == calls);
    }

    public void awaitPending(int calls) {
        await(calls + " calls are pending", () -> pending() == calls);
    }

    /** Waits until so many workers sleep. */
    public void awaitAsleep(int workers) {
        await(workers + " workers sleep", () -> asleep() == workers);
    }

    public void awaitGone(int instance) {
        await("instance " + instance + " has gone", () -> !hasInstance(instance));
    }

    /** Waits until an instance has no resource. */
    public void awaitDown(int instance) {
        await("instance " + instance + " has no worker", () -> !hasWorker(instance));
    }

    /** Waits until nobody has or wants a place, and all workers sleep. */
    public void awaitQuiet() {
        await("all is quiet", () -> pending() == 0 && waiting() == 0 && asleep() == slots().size());
    }

    private void await(String what, BooleanSupplier condition) {
        Eventually.isTrue(() -> what + ": " + this, condition);
    }

    // ---- the one thing that a gate notices ----

    /** Has several callers come before any worker looks: keeps the monitor meanwhile. */
    public void together(Runnable coming) {
        ReentrantLock monitor = (ReentrantLock) LOCK.get(MONITOR.get(line));
        monitor.lock();
        try {
            coming.run();
        } finally {
            monitor.unlock();
        }
    }

    @Override
    public String toString() {
        return freePlaces() + " places free, " + freeReservedPlaces() + " reserved ones, " + waiting()
                + " callers without, " + asleep() + " of " + slots().size() + " workers asleep";
    }
}
