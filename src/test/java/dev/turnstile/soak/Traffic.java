package dev.turnstile.soak;

import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** The callers of one round, and what they are to do. */
final class Traffic {
    private final Mix mix;
    private final int callsEach;
    private final Findings findings;
    private final TrafficCaller[] callers;
    private final AtomicInteger busy;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

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
