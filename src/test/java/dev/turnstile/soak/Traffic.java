package dev.turnstile.soak;

import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** The callers of one round, and what they are to do. */
final class Traffic {
    private static final int MOST_LOOKED_AT = 64;
    private static final int OTHERS = 4 * Setup.MOST_INSTANCES;

    private final Mix mix;
    private final int callsEach;
    private final Findings findings;
    private final TrafficCaller[] callers;
    private final AtomicInteger busy;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private int lookedAt;

    Traffic(Mix mix, int callers, int callsEach, Findings findings) {
        this.mix = mix;
        this.callsEach = callsEach;
        this.findings = findings;
        this.callers = new TrafficCaller[callers];
        this.busy = new AtomicInteger(callers);
    }

    /** Lets all callers go, each with a random sequence of its own, so that its choices are the same each time. */
    void start(Life first, SplittableRandom random) {
        for (int i = 0; i < callers.length; i++) {
            callers[i] = new TrafficCaller(this, i, first, random.split());
        }
        for (TrafficCaller caller : callers) {
            caller.start();
        }
    }

    Mix mix() {
        return mix;
    }

    int callsEach() {
        return callsEach;
    }

    Findings findings() {
        return findings;
    }

    /** Those of the callers, and some for closing. */
    int mostCallsAtOnce() {
        int each = mix.held() + 1 + TrafficCaller.MOST_FORKS;
        return Math.multiplyExact(callers.length, each) + OTHERS;
    }

    /** Looks at some of the callers. One thread does that all the time. */
    void look() {
        for (int i = 0; i < Math.min(MOST_LOOKED_AT, callers.length); i++) {
            lookedAt = (lookedAt + 1) % callers.length;
            callers[lookedAt].look();
        }
    }

    TrafficCaller anyCaller(SplittableRandom random) {
        return callers[random.nextInt(callers.length)];
    }

    void callerIsDone() {
        if (busy.decrementAndGet() == 0) {
            done.complete(null);
        }
    }

    /** Completes when every caller has gone home. */
    CompletableFuture<Void> done() {
        return done;
    }

    int busy() {
        return busy.get();
    }
}
