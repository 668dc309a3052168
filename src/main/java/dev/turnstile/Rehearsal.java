package dev.turnstile;

import dev.turnstile.internal.CarriedContext;
import dev.turnstile.internal.Relay;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Loads and links everything that a caller may need, before there are callers.
 *
 * <p>A class whose initializer overflows the stack is lost until the JVM ends. Loading a class, or linking a lambda or a string concatenation, takes a
 * deeper stack than a {@link StackReserve} keeps. A caller may be at the end of its stack, so none of that is left to callers: when the first gate
 * is opened, its worker runs the code paths of callers, on a line without workers, and loads the other classes of those paths. {@code
 * LateClassesTest} names what is missing here.
 */
final class Rehearsal {
    private static final ReentrantLock lock = new ReentrantLock();

    /** Written under the lock. */
    private static volatile boolean isDone;

    private Rehearsal() {}

    /** Returns when it has been done, by this thread or another one. Throws nothing: without it only callers at the end of their stack have a problem. */
    static void once() {
        if (isDone) {
            return;
        }
        lock.lock();
        try {
            if (!isDone) {
                load();
                call();
                useFutures();
                change();
                wakeVirtualThread();
                isDone = true;
            }
        } catch (Throwable thrown) {
            GateLog.warn(
                    "{}: not everything could be loaded that callers may need",
                    Thread.currentThread().getName(),
                    thrown);
        } finally {
            lock.unlock();
        }
    }

    private static void load() throws ClassNotFoundException {
        load(
                CallInterruptedException.class,
                CallGroup.class,
                CallOutcome.class,
                CallRequest.class,
                DescribedAction.class,
                FanOut.class,
                Fork.State.class,
                ForkCall.class,
                Health.class,
                Health.Status.class,
                Health.Values.class,
                InstanceHealth.class,
                InstanceState.class,
                InstanceStats.class,
                InstanceStats.Values.class,
                JoinPolicy.class,
                ReentrantCallException.class,
                SharedTimer.class,
                StuckCall.class,
                StuckCall.Values.class,
                SwapException.class,
                TimeLimit.class,
                TimeLimit.Body.class,
                TurnstileDownException.class,
                TurnstileFullException.class,
                Watchdog.class,
                Wear.class,
                WithoutResult.class,
                WorkerSteps.class);
        if (Observers.CAN_RECORD) {
            load(CallEvent.class, CloseEvent.class, InstanceEvent.class, StuckCallEvent.class);
        }
        for (Class<?> user : new Class<?>[] {
            Call.class,
            CallFuture.class,
            CarriedContext.class,
            SettlingFuture.class,
            FanOut.class,
            FutureCall.class,
            FutureWaiters.class,
            ForkCall.class,
            Observers.class,
            Relay.class,
            SharedTimer.class,
            Surroundings.class,
            TimeLimit.class,
            Watchdog.class,
            Wear.class,
            WorkerSteps.class
        }) {
            load(user.getDeclaredClasses());
        }
    }

    private static void load(Class<?>... classes) throws ClassNotFoundException {
        for (Class<?> needed : classes) {
            Class.forName(needed.getName(), true, Rehearsal.class.getClassLoader());
        }
    }

    private static void call() throws CallInterruptedException {
        TimeLimit.rehearse();
        Line<Object> line = new Line<>(1);
        BlockingCall<Object, Object> call = new BlockingCall<>(Rehearsal::act, Deadline.NEVER);
        line.arrive(call);
        GateLog.trace("{}", String.valueOf(line.stats())); // whether it is logged or not
        GateLog.trace("{}", TurnstileTimes.mean(Duration.ofNanos(2), 2));
        line.slots().instances(true);
        try {
            call.await(line, Deadline.after(Duration.ZERO));
        } catch (CallTimeoutException asMeant) {
            GateLog.trace("A call was given up");
        }
        line.close(Deadline.NEVER);
        line.refuseRest();
        line.refusals().closed();
        line.refusals().of(call);
        line.report();
    }

    private static void useFutures() throws Exception {
        Line<Object> line = new Line<>(1);
        CompletableFuture<Object> future = submit(line);
        try {
            future.get(0, TimeUnit.NANOSECONDS);
        } catch (TimeoutException asMeant) {
            GateLog.trace("{} is not awaited any more", future);
        }
        future.cancel(false);
        submit(line).complete(line);
        submit(line).obtrudeValue(line);
    }

    private static CompletableFuture<Object> submit(Line<Object> line) {
        FutureCall<Object, Object> call = new FutureCall<>(line, Rehearsal::act);
        line.enter(call, false);
        return call.placed(Deadline.NEVER);
    }

    private static Object act(Object resource) {
        return resource;
    }

    private static void change() throws Exception {
        TurnstileOptions ofPool = TurnstileOptions.defaults().withPoolSize(1);
        Line<Object> line = new Line<>(ofPool, Observers.NOBODY);
        line.stats();
        ResourceSource<Object, RuntimeException> source = new SimpleSource<>(Object::new, resource -> {});
        Workers<Object> workers = new Workers<>(line, Observers.NOBODY, source, ofPool);
        workers.resize(0);
        workers.swap(source, Deadline.NEVER, 0);
        workers.close(Deadline.NEVER);
        try {
            workers.swap(source, Deadline.NEVER, 0);
        } catch (TurnstileClosedException asMeant) {
            GateLog.trace("A closed gate swaps nothing");
        }
    }

    /**
     * A caller may be the first who starts a virtual thread, which completes futures, or who wakes one that waits for a lock. Without the classes of the
     * JDK for these, no virtual thread runs, or waits, any more. One of them is needed only when two threads count at the same time.
     */
    private static void wakeVirtualThread() throws ClassNotFoundException {
        Thread thread = Thread.ofVirtual().inheritInheritableThreadLocals(false).unstarted(() -> {});
        LockSupport.unpark(thread);
        thread.start();
        Class.forName("java.util.concurrent.atomic.Striped64$Cell");
    }
}
