package dev.turnstile;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Completes the futures of ended calls, on virtual threads of the library: it decodes their replies and runs their dependent stages. That is user code, which may
 * block, or wait for another future. So no future waits behind the stages of another one: before a thread turns to a future, it leaves those behind to another
 * thread that looks for some, and starts one if none does. As long as stages are short, one thread completes many futures.
 *
 * <p>To start a thread costs the worker more than a short call. A future for which no stage waits is therefore completed a moment later, with others, or when the
 * worker has nothing to run: whoever waits for it or looks at it has its outcome before. Only {@link java.util.concurrent.CompletableFuture#allOf} and the like
 * cannot be seen to add a stage; theirs runs within that moment.
 */
final class Completions {
    private static final ThreadFactory THREADS = Thread.ofVirtual()
            .name("turnstile-completion")
            .inheritInheritableThreadLocals(false)
            .factory();

    /** For how long futures without stages may wait. */
    private static final long MOMENT_NANOS = 1_000_000;

    /** After how long to try again to start a thread. */
    private static final long RETRY_NANOS = 100_000_000;

    // The protocol. A future is in one of two chains: those that have come, latest first, and those that a thread has
    // taken and left to others, oldest first. Who adds to a chain then looks whether a thread looks for
    // futures. A thread that stops looking says so, and then looks once more whether the chains are empty. So one of
    // them sees the other.

    private final AtomicReference<@Nullable FutureCall<?, ?>> latest = new AtomicReference<>();
    private final AtomicReference<@Nullable FutureCall<?, ?>> left = new AtomicReference<>();

    private final AtomicBoolean planned = new AtomicBoolean();
    private final Runnable onTime = this::beginOnTime;

    /** No thread could be started the last time. */
    private volatile boolean isFailing;

    /** How many threads are not busy with a future, and look for one before they end. */
    private final AtomicInteger looking = new AtomicInteger();

    /** Loads what a caller near the end of its stack must not be the first to load. */
    Completions() {
        var unused = new Start().isWithdrawn();
    }

    /** Has a future completed: now if stages wait for it, otherwise in a moment, with others. Only once for each. */
    void add(FutureCall<?, ?> call) {
        FutureCall<?, ?> before;
        do {
            before = latest.get();
            call.behind = before;
        } while (!latest.compareAndSet(before, call));
        boolean isLeft = false;
        try {
            isLeft = !call.hasStages() && isPlanned();
        } finally {
            if (!isLeft) {
                begin();
            }
        }
    }

    /** Has the futures that have come completed now. */
    void begin() {
        if (!areLeftToOthers() && isThreadNeeded()) {
            run(); // a future that never completes is worse than a stage that runs here
        }
    }

    /** The same on a thread that has nothing to do with them, and may be at the end of its stack. */
    void hurry() {
        if (!isEmpty()) {
            StackReserve.require();
            var unused = areLeftToOthers();
        }
    }

    /** Starts a thread if one is needed; if that fails, it is tried again in a moment. Says whether either works. */
    private boolean areLeftToOthers() {
        boolean isNeeded = isThreadNeeded();
        boolean isStarted = false;
        try {
            isStarted = !isNeeded || isStarted();
        } finally {
            if (!isStarted) {
                looking.decrementAndGet();
            }
        }
        return isStarted || isPlanned();
    }

    private boolean isPlanned() {
        if (planned.get() || !planned.compareAndSet(false, true)) {
            return true;
        }
        boolean isPlanned = false;
        try {
            SharedTimer.SYSTEM.plan(onTime, isFailing ? RETRY_NANOS : MOMENT_NANOS);
            isPlanned = true;
        } catch (Throwable noMemory) {
            GateLog.error(
                    "{}: futures cannot be completed later",
                    Thread.currentThread().getName(),
                    noMemory);
        } finally {
            if (!isPlanned) {
                planned.set(false);
            }
        }
        return isPlanned;
    }

    /** On the timer, where no user code may run. */
    private void beginOnTime() {
        planned.set(false);
        var unused = areLeftToOthers();
    }

    /** Says whether to start a thread. It counts already: who is told so must start it, or take its place. */
    private boolean isThreadNeeded() {
        return looking.get() == 0 && !isEmpty() && looking.compareAndSet(0, 1);
    }

    private boolean isEmpty() {
        return latest.get() == null && left.get() == null;
    }

    private boolean isStarted() {
        Start start = null;
        try {
            start = new Start();
            THREADS.newThread(start).start();
            isFailing = false;
            return true;
        } catch (Throwable noThread) {
            if (start != null && !start.isWithdrawn()) {
                return true;
            }
            if (!isFailing) {
                isFailing = true;
                GateLog.error(
                        "{}: no thread to complete futures on; they wait until there is one",
                        Thread.currentThread().getName(),
                        noThread);
            }
            return false;
        }
    }

    /** What a thread is started with. A virtual thread whose start throws, since there is no memory for a carrier, may run nevertheless. */
    private final class Start implements Runnable {
        private final AtomicBoolean isTaken = new AtomicBoolean();

        @Override
        public void run() {
            if (isTaken.compareAndSet(false, true)) {
                Completions.this.run();
            }
        }

        /** Says whether it is certain now that it does not run. */
        boolean isWithdrawn() {
            return isTaken.compareAndSet(false, true);
        }
    }

    /** Completes futures while there are some. */
    private void run() {
        do {
            FutureCall<?, ?> call = take();
            while (call != null) {
                complete(call);
                call = take();
            }
            looking.decrementAndGet();
        } while (isThreadNeeded());
    }

    private void complete(FutureCall<?, ?> call) {
        looking.decrementAndGet();
        try {
            var unused = areLeftToOthers();
            call.complete();
        } catch (Throwable noMemory) {
            GateLog.error(
                    "{}: a future could not be completed",
                    Thread.currentThread().getName(),
                    noMemory);
        } finally {
            forgetTheStages();
            looking.incrementAndGet();
        }
    }

    /** What stages left on this thread may not meet those of another future. */
    private static void forgetTheStages() {
        Call.clearContext();
        FanOut.leaveBlocksOfThisThread();
        Thread.interrupted();
    }

    /** Takes the oldest future, and leaves the others to whoever looks first; {@code null} if there is none. */
    private @Nullable FutureCall<?, ?> take() {
        FutureCall<?, ?> oldest = left.get() == null ? null : left.getAndSet(null);
        if (oldest == null) {
            oldest = takeLatest();
        }
        if (oldest != null && oldest.behind != null) {
            leave(oldest.behind);
            oldest.behind = null;
        }
        return oldest;
    }

    private @Nullable FutureCall<?, ?> takeLatest() {
        FutureCall<?, ?> call = latest.get() == null ? null : latest.getAndSet(null);
        FutureCall<?, ?> oldest = null;
        while (call != null) {
            FutureCall<?, ?> before = call.behind;
            call.behind = oldest;
            oldest = call;
            call = before;
        }
        return oldest;
    }

    private void leave(FutureCall<?, ?> first) {
        while (!left.compareAndSet(null, first)) {
            FutureCall<?, ?> others = left.getAndSet(null);
            if (others != null) {
                lastOf(others).behind = first;
                first = others;
            }
        }
    }

    private static FutureCall<?, ?> lastOf(FutureCall<?, ?> chain) {
        FutureCall<?, ?> last = chain;
        while (last.behind != null) {
            last = last.behind;
        }
        return last;
    }
}
