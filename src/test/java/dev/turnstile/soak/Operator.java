package dev.turnstile.soak;

import dev.turnstile.InstanceStats;
import dev.turnstile.TurnstileClosedException;
import dev.turnstile.TurnstileState;
import dev.turnstile.TurnstileStats;
import dev.turnstile.testing.Audit;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;

/**
 * Gives orders to a gate, all of one kind, again and again while calls go on: one order whenever some more calls have been begun, until the gate is
 * closed. Nobody else gives orders of its kind.
 */
final class Operator implements Runnable {
    /** What it has done. */
    interface Order {
        void give() throws Exception;

        /** No more orders are given, and the gate is closed. Says whether all that was begun has ended. */
        default boolean end() throws InterruptedException {
            return true;
        }
    }

    private static final int ONE_IS_INTERRUPTED_OF = 16;

    private final Order order;
    private final Setup setup;
    private final Entrance entrance;
    private final Findings findings;
    private final SplittableRandom random;
    private final int mostOrders;
    private final Semaphore due = new Semaphore(0);
    private final Thread thread = Thread.ofVirtual().name("soak-operator").unstarted(this);
    private volatile boolean stopped;

    Operator(Order order, Setup setup, Entrance entrance, Findings findings, int mostOrders, SplittableRandom random) {
        this.order = order;
        this.setup = setup;
        this.entrance = entrance;
        this.findings = findings;
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
        return thread.join(Audit.PATIENCE) && order.end();
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
                giveOrder();
            }
        } catch (Throwable unexpected) {
            findings.add(
                    Breach.WRONG,
                    () -> order.getClass().getSimpleName() + ": an operator ended with " + unexpected + ", "
                            + entrance);
        }
    }

    private void giveOrder() throws Exception {
        boolean isInterrupted = random.nextInt(ONE_IS_INTERRUPTED_OF) == 0;
        if (isInterrupted) {
            thread.interrupt();
        }
        try {
            order.give();
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
