package dev.turnstile.bench.gate;

import dev.turnstile.Lane;
import dev.turnstile.Turnstile;
import dev.turnstile.TurnstileOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/** In a JVM of its own: how long the lowest lane waits under a flood of the highest but control. */
final class LanesProgram {
    static final String SUBJECT = "LOW";
    static final int HIGH_CALLERS = 1_000;
    static final int LOW_CALLERS = 10;

    /** What a lane may be overtaken by beyond the option: each other lane once. */
    static final int OTHER_LANES = Lane.values().length - 1;

    private static final int[] OVERTAKES = {1, 10, 100};

    /** Long enough that whoever was served is back before the line is empty. */
    static final long WORK_NANOS = 50_000;

    private LanesProgram() {}

    public static void main(String[] arguments) throws Exception {
        Extent extent = Extent.of(List.of(arguments));
        Output output = new Output(SUBJECT, Integer.parseInt(arguments[1]));
        flood(OVERTAKES[0], extent.window()); // to be warm
        for (int overtakes : OVERTAKES) {
            Starts starts = flood(overtakes, extent.window().multipliedBy(2));
            output.put(Measure.LANES_STARTS, overtakes, starts.count.get());
            output.put(Measure.LANES_LOW_STARTS, overtakes, starts.atFront.getTotalCount());
            output.put(Measure.LANES_LOW_OVERTAKEN, overtakes, starts.mostBetween());
            output.put(Measure.LANES_LOW_WAIT_P50_NANOS, overtakes, starts.atFront.getValueAtPercentile(50));
            output.put(Measure.LANES_LOW_WAIT_LONGEST_NANOS, overtakes, starts.atFront.getMaxValue());
        }
        System.exit(0);
    }

    private static Starts flood(int overtakes, Duration window) throws Exception {
        // A place for everybody: all wait in the line itself.
        TurnstileOptions options = TurnstileOptions.defaults()
                .withCapacity(HIGH_CALLERS + LOW_CALLERS)
                .withOvertakes(overtakes);
        Starts starts = new Starts();
        try (Turnstile<Starts> gate = Turnstile.open(() -> starts, closed -> {}, options)) {
            Crowd crowd = Crowd.start(
                    HIGH_CALLERS + LOW_CALLERS,
                    caller -> get(caller < LOW_CALLERS ? submitLow(gate, starts) : submitHigh(gate)));
            Pause.of(window);
            crowd.stop();
            if (crowd.failed() + crowd.lost() > 0) {
                throw new IllegalStateException(crowd.failed() + " calls failed, " + crowd.lost() + " were lost");
            }
        }
        return starts;
    }

    private static void get(CompletableFuture<?> end) throws Exception {
        var unused = end.get(Crowd.LOST_AFTER.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static CompletableFuture<?> submitHigh(Turnstile<Starts> gate) throws InterruptedException {
        return gate.request(Starts::high).inLane(Lane.HIGH).submit();
    }

    private static CompletableFuture<?> submitLow(Turnstile<Starts> gate, Starts starts) throws InterruptedException {
        AtomicLong inLineSince = new AtomicLong(Long.MAX_VALUE);
        CompletableFuture<?> end = gate.request((Starts resource) -> resource.low(inLineSince.get()))
                .inLane(Lane.LOW)
                .submit();
        inLineSince.set(starts.count.get());
        return end;
    }

    /**
     * The resource: counts the calls that are started. A call of the low lane that was in the line before the one before it was
     * started has been at the front of its lane since then; the others are not looked at.
     */
    static final class Starts {
        private final AtomicLong count = new AtomicLong();
        private final Histogram atFront = new Histogram(ClosedLoop.LONGEST_NANOS, 3);
        private long lastLow;
        private long lastLowNanos;
        private long mostBetween;

        long high() {
            long number = count.incrementAndGet();
            work(System.nanoTime());
            return number;
        }

        /** @param inLineSince how many calls had been started when the caller saw that this one was in the line */
        long low(long inLineSince) {
            long number = count.incrementAndGet();
            long now = System.nanoTime();
            if (inLineSince < lastLow) {
                atFront.recordValue(now - lastLowNanos);
                mostBetween = Math.max(mostBetween, number - lastLow - 1);
            }
            lastLow = number;
            lastLowNanos = now;
            work(now);
            return number;
        }

        long mostBetween() {
            return mostBetween;
        }

        private static void work(long since) {
            while (System.nanoTime() - since < WORK_NANOS) {
                Thread.onSpinWait();
            }
        }
    }
}
