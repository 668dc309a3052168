package dev.turnstile.plugin;

import dev.turnstile.internal.SafeLog;
import dev.turnstile.process.HostDeath;
import dev.turnstile.process.HostProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Where the instances of one {@link PluginSource} get their processes from: the spare one, if one is kept ready, or a new one.
 *
 * <p>The protocol. One thread, the keeper, starts the spare process, hands it over to the worker that takes it, and closes it if it has died or nobody needs it any more.
 * It comes with the first instance that has started, and goes at the end. A worker that comes while the spare process is being started waits for it, one at a time:
 * another one starts a process itself. All fields are under the lock.
 */
final class ProcessSupply {
    private static final SafeLog log = new SafeLog(GuardedPlugin.class);

    /** After so many in a row that did not start, or died before they were used, there is no spare process until the next instance has started. */
    private static final int MOST_FAILURES = 3;

    private final HostStarter starter;
    private final LogDelivery delivery;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final CountDownLatch keeperGone = new CountDownLatch(1);
    private State state = State.NONE;
    private @Nullable Hosted spare;
    private @Nullable Thread keeper;
    private int failures;

    /** A process that is ready for requests, and what it logs. */
    record Hosted(HostProcess process, HostLines lines) {}

    /** What there is besides the processes that were taken. */
    private enum State {
        /** No spare process, and none is to come. */
        NONE,
        /** The keeper is to start one, or is starting it. */
        WANTED,
        /** The same, and a worker waits for it. */
        AWAITED,
        /** There is one, which may have died. */
        READY,
        /** There will be none any more. */
        ENDED
    }

    /**
     * Makes the supply.
     *
     * @param plugin the plugin, if it is in Java
     */
    ProcessSupply(Isolation isolation, @Nullable Class<?> plugin, LogDelivery delivery) {
        this.starter = new HostStarter(isolation, plugin);
        this.delivery = delivery;
    }

    Isolation isolation() {
        return starter.isolation();
    }

    /** Makes what receives the lines of a new process. */
    HostLines lines() {
        return new HostLines(delivery);
    }

    // ---- workers ----

    /** Starts a process and waits for it. */
    Hosted startNow(HostLines lines) throws IOException, HostDeath {
        return new Hosted(starter.start(lines, false), lines);
    }

    /** Takes the spare process, which may be dead a moment later; {@code null} if there is none. Waits for one that is being started. */
    @Nullable
    Hosted takeSpare() {
        lock.lock();
        try {
            if (state == State.WANTED) {
                state = State.AWAITED;
                while (state == State.AWAITED) {
                    moved.awaitUninterruptibly();
                }
            }
            Hosted taken = spare;
            if (state != State.READY || taken == null || !taken.process().isAlive()) {
                return null;
            }
            spare = null;
            state = State.NONE;
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** An instance has started: there is to be a spare process, if the settings say so. */
    void wantSpare() {
        if (!isolation().hasSpareProcess()) {
            return;
        }
        lock.lock();
        try {
            if (state == State.NONE) {
                failures = 0;
                if (hasKeeper()) {
                    state = State.WANTED;
                    moved.signalAll();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean hasKeeper() {
        if (keeper != null) {
            return true;
        }
        try {
            Thread next = Thread.ofPlatform()
                    .daemon()
                    .name("turnstile-spare-process")
                    .inheritInheritableThreadLocals(false)
                    .unstarted(this::keep);
            next.start();
            keeper = next;
            return true;
        } catch (OutOfMemoryError noThread) {
            log.warn("There is no thread to start a spare process on", noThread);
            return false;
        }
    }

    // ---- the end ----

    /** Nobody needs a spare process any more: it ends. Does not wait for that. */
    void end() {
        lock.lock();
        try {
            state = State.ENDED;
            if (keeper == null) {
                keeperGone.countDown();
            }
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the spare process has ended; no longer than this. An interrupt ends the waiting, and is kept. */
    void awaitEnd(Duration limit) {
        try {
            var unused = keeperGone.await(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- the keeper ----

    private void keep() {
        try {
            while (awaitWork()) {
                Hosted made = start();
                if (made != null) {
                    made.process().whenDead(this::lookAgain);
                }
                offer(made);
            }
        } finally {
            keeperEnds();
        }
    }

    /** Also if it could not go on, for example without memory: nobody may wait for it then. */
    private void keeperEnds() {
        Hosted left;
        boolean isEnd;
        lock.lock();
        try {
            left = spare;
            spare = null;
            keeper = null;
            isEnd = state == State.ENDED;
            state = isEnd ? State.ENDED : State.NONE;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            if (left != null) {
                close(left);
            }
        } finally {
            if (isEnd) {
                keeperGone.countDown();
            }
        }
    }

    /** Waits until a process is to be started, and closes those that are of no use meanwhile; {@code false} at the end. */
    private boolean awaitWork() {
        lock.lock();
        try {
            while (true) {
                Hosted useless = takeUseless();
                if (useless != null) {
                    lock.unlock();
                    try {
                        close(useless);
                    } finally {
                        lock.lock();
                    }
                } else if (state == State.ENDED) {
                    return false;
                } else if (state == State.WANTED || state == State.AWAITED) {
                    return true;
                } else {
                    moved.awaitUninterruptibly();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Hosted takeUseless() {
        Hosted useless = spare;
        if (useless == null || (state == State.READY && useless.process().isAlive())) {
            return null;
        }
        spare = null;
        if (state == State.READY) {
            log.warn(
                    "The spare process {} has died before it was used",
                    useless.process().pid());
            failed();
        }
        return useless;
    }

    private void failed() {
        failures++;
        state = failures < MOST_FAILURES ? State.WANTED : State.NONE;
        if (state == State.NONE) {
            log.warn(
                    "No spare process has lasted, {} in a row: the next one comes when an instance has started",
                    failures);
        }
    }

    private @Nullable Hosted start() {
        HostLines lines = lines();
        try {
            return new Hosted(starter.start(lines, true), lines);
        } catch (HostDeath ended) {
            log.warn(
                    "A spare process could not be started: process {} has ended by {}{}",
                    ended.death().pid(),
                    ended.death().cause(),
                    PluginLostException.written(ended.death()));
        } catch (IOException | RuntimeException | Error notStarted) {
            log.warn("A spare process could not be started", notStarted);
        }
        return null;
    }

    /** Has what was started; also at the end, when it is closed. */
    private void offer(@Nullable Hosted made) {
        lock.lock();
        try {
            spare = made;
            if (state != State.ENDED && made != null) {
                state = State.READY;
            } else if (state != State.ENDED) {
                failed();
            }
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** On any thread: a process has died, which may be the spare one. */
    private void lookAgain() {
        lock.lock();
        try {
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static void close(Hosted useless) {
        try {
            useless.process().close();
        } catch (IOException left) {
            log.warn(
                    "What belongs to the spare process {} could not all be closed",
                    useless.process().pid(),
                    left);
        }
    }

    /** Returns the state, and the spare process if there is one. */
    @Override
    public String toString() {
        lock.lock();
        try {
            return "ProcessSupply[" + state
                    + (spare == null ? "]" : ", process " + spare.process().pid() + "]");
        } finally {
            lock.unlock();
        }
    }
}
