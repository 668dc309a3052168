package dev.turnstile.soak;

import dev.turnstile.InstanceStats;
import dev.turnstile.SwapException;
import dev.turnstile.SwapReport;
import dev.turnstile.TurnstileClosedException;
import dev.turnstile.TurnstileState;
import dev.turnstile.TurnstileStats;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;

/**
 * Swaps what is behind a gate, or resizes a pool, again and again while calls go on: one order whenever some more calls have been begun, until the
 * gate is closed. Nobody else gives orders of its kind.
 */
final class Operator implements Runnable {
    /** What it does. */
    enum Kind {
        SWAPS,
        RESIZES
    }

    private static final int ONE_IS_INTERRUPTED_OF = 16;

    private final Kind kind;
    private final Setup setup;
    private final Entrance entrance;
    private final Findings findings;
    private final Upheavals upheavals;
    private final SplittableRandom random;
    private final int mostOrders;
    private final Semaphore due = new Semaphore(0);
    private final Thread thread = Thread.ofVirtual().name("soak-operator").unstarted(this);
    private volatile boolean stopped;

    Operator(
            Kind kind,
            Setup setup,
            Entrance entrance,
            Findings findings,
            Upheavals upheavals,
            int mostOrders,
            SplittableRandom random) {
        this.kind = kind;
        this.setup = setup;
        this.entrance = entrance;
        this.findings = findings;
        this.upheavals = upheavals;
        this.mostOrders = mostOrders;
        this.random = random;
    }

    void start() {
        thread.start();
    }

    /** It is time for another order. */
    void next() {
        due.release();
    }

    /** The gate is closed. Says whether the operator has noticed. */
    boolean stop() throws InterruptedException {
        stopped = true;
        due.release();
        return thread.join(Audit.PATIENCE);
    }

    @Override
    public void run() {
        try {
            for (int i = 0; i < mostOrders; i++) {
                due.acquireUninterruptibly();
                due.drainPermits();
                if (stopped) {
                    return;
                }
                order();
            }
        } catch (Throwable unexpected) {
            findings.add(Breach.WRONG, () -> kind + ": an operator ended with " + unexpected + ", " + entrance);
        }
    }

    private void order() throws Exception {
        boolean isInterrupted = random.nextInt(ONE_IS_INTERRUPTED_OF) == 0;
        if (isInterrupted) {
            thread.interrupt();
        }
        try {
            if (kind == Kind.SWAPS) {
                swap();
            } else {
                resize();
            }
            Thread.interrupted();
            compareInstances();
        } catch (InterruptedException interrupted) {
            if (!isInterrupted) {
                throw interrupted;
            }
        } catch (TurnstileClosedException closed) {
            if (entrance.state() == TurnstileState.OPEN) {
                throw closed;
            }
        }
    }

    private void swap() throws InterruptedException {
        boolean isLong = random.nextInt(8) > 0;
        Duration limit = isLong ? Audit.PATIENCE : Duration.ofNanos(Mix.logUniform(random, 1_000, 5_000_000));
        try {
            SwapReport report = entrance.swap(limit);
            if (isLong && report.waiting() > 0 && !setup.isPool() && entrance.state() == TurnstileState.OPEN) {
                findings.add(Breach.WRONG, () -> "after " + limit + " there was " + report + ", " + entrance);
            }
            upheavals.swaps.increment();
        } catch (SwapException refused) {
            upheavals.swapsNotMade.increment();
            if (isLong && !isPlanned(refused)) {
                findings.add(Breach.WRONG, () -> "a swap ended with " + refused + ", " + entrance);
            }
        }
    }

    private void resize() throws InterruptedException {
        int count = Setup.LEAST_INSTANCES + random.nextInt(Setup.MOST_INSTANCES - Setup.LEAST_INSTANCES + 1);
        try {
            entrance.resize(count);
            upheavals.resizes.increment();
        } catch (IllegalStateException refused) {
            upheavals.resizesNotMade.increment();
            if (!isPlanned(refused)) {
                throw refused;
            }
            return;
        }
        if (setup.heals() && !setup.mayRunOut()) {
            Eventually.isTrue(
                    () -> count + " instances there are, and not " + entrance.instances(),
                    () -> entrance.state() != TurnstileState.OPEN
                            || entrance.instances().size() == count);
        }
    }

    private static boolean isPlanned(Throwable refused) {
        return String.valueOf(refused.getMessage()).contains(WatchedSource.OF_NO_USE);
    }

    /** What the instances have counted is of what the gate has, and all of it while none has gone. */
    private void compareInstances() {
        TurnstileStats before = entrance.stats();
        List<InstanceStats> instances = entrance.instances();
        TurnstileStats after = entrance.stats();
        boolean hasAll = !setup.isPool();
        long returned = instances.stream().mapToLong(InstanceStats::returned).sum();
        Duration ran = instances.stream().map(InstanceStats::ran).reduce(Duration.ZERO, Duration::plus);
        boolean fits = returned <= after.times().returned()
                && ran.compareTo(after.times().totalRun()) <= 0
                && (!hasAll
                        || (returned >= before.times().returned()
                                && ran.compareTo(before.times().totalRun()) >= 0));
        if (!fits) {
            findings.add(
                    Breach.MISCOUNTED,
                    () -> "the instances counted " + returned + " calls of " + ran + ", the gate " + before
                            + " and then " + after + ": " + instances);
        }
    }
}
