package dev.turnstile.bench.gate;

import dev.turnstile.Turnstile;
import dev.turnstile.TurnstileFullException;
import dev.turnstile.TurnstileOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.HdrHistogram.Histogram;

/** In a JVM of its own: how long a full line takes to refuse a caller that does not wait for a place. */
final class RefusedProgram {
    static final int PLACES = TurnstileOptions.defaults().capacity();

    private static final int BETWEEN_LOOKS = 64;
    private static final Duration BURST = Duration.ofMillis(150);

    private RefusedProgram() {}

    public static void main(String[] arguments) throws Exception {
        Extent extent = Extent.of(List.of(arguments));
        Output output = new Output(Contestant.TURNSTILE.name(), Integer.parseInt(arguments[1]));
        try (Turnstile<Object> gate = Turnstile.open(Object::new, closed -> {}, TurnstileOptions.defaults())) {
            CountDownLatch released = fill(gate);
            try {
                measure(gate, extent, output);
            } finally {
                released.countDown(); // or closing the gate takes its time
            }
        }
        System.exit(0);
    }

    /**
     * Takes all places, behind a call that does not return.
     *
     * @return to be counted down for it to return
     */
    static CountDownLatch fill(Turnstile<Object> gate) throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        gate.submit(resource -> {
            running.countDown();
            released.await();
            return resource;
        });
        running.await();
        for (int i = 0; i < gate.capacity(); i++) {
            gate.submit(resource -> resource);
        }
        return released;
    }

    private static void measure(Turnstile<Object> gate, Extent extent, Output output) throws Exception {
        Attempt tryCall = () -> gate.tryCall(resource -> resource);
        Attempt trySubmit = () -> gate.trySubmit(resource -> resource);
        extent.warmUp().repeat(() -> {
            run(tryCall, BURST);
            run(trySubmit, BURST);
        });
        output.put(Measure.TRY_CALL_REFUSAL_NANOS, PLACES, nanosPerRefusal(tryCall, extent));
        output.put(Measure.TRY_SUBMIT_REFUSAL_NANOS, PLACES, nanosPerRefusal(trySubmit, extent));
    }

    @FunctionalInterface
    interface Attempt {
        Object make() throws InterruptedException;
    }

    private static double nanosPerRefusal(Attempt attempt, Extent extent) throws Exception {
        return Window.quiet(() -> run(attempt, extent.window())).nanosPerCall();
    }

    /** By one platform thread, again and again. */
    static Window run(Attempt attempt, Duration window) throws InterruptedException {
        Costs before = Costs.soFar();
        long end = before.nanos() + window.toNanos();
        long refused = 0;
        do {
            for (int i = 0; i < BETWEEN_LOOKS; i++) {
                if (!isRefused(attempt)) {
                    throw new IllegalStateException("A full line had a place");
                }
            }
            refused += BETWEEN_LOOKS;
        } while (System.nanoTime() - end < 0);
        return new Window(refused, Costs.soFar().minus(before), new Histogram(3));
    }

    private static boolean isRefused(Attempt attempt) throws InterruptedException {
        try {
            attempt.make();
            return false;
        } catch (TurnstileFullException full) {
            return true;
        }
    }
}
