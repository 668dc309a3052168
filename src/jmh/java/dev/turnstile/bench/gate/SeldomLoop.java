package dev.turnstile.bench.gate;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.HdrHistogram.Histogram;

/** A lone virtual thread that makes a call, and waits a good while before the next: a worker that spins has long parked. */
final class SeldomLoop {
    private static final Duration BETWEEN = Duration.ofMillis(1);

    private final Entrance entrance;

    SeldomLoop(Entrance entrance) {
        this.entrance = entrance;
    }

    Window run(Duration window) {
        Costs before = Costs.soFar();
        CompletableFuture<Histogram> latency = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                latency.complete(callUntil(before.nanos() + window.toNanos()));
            } catch (Throwable thrown) {
                latency.completeExceptionally(thrown);
            }
        });
        Histogram timed = latency.join();
        return new Window(timed.getTotalCount(), Costs.soFar().minus(before), timed);
    }

    private Histogram callUntil(long end) throws Exception {
        Histogram latency = new Histogram(3);
        Question question = Question.ofCaller(0);
        do {
            Pause.of(BETWEEN);
            long start = System.nanoTime();
            question.ask(entrance);
            latency.recordValue(System.nanoTime() - start);
        } while (System.nanoTime() - end < 0);
        return latency;
    }
}
