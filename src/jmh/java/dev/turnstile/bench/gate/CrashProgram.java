package dev.turnstile.bench.gate;

import dev.turnstile.Lane;
import dev.turnstile.plugin.PluginCalls;
import dev.turnstile.plugin.PluginCrashedException;
import dev.turnstile.plugin.SynchronizedPlugin;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.Histogram;

/** In a JVM of its own: a plugin in a process of its own crashes again and again under callers; what that costs them. */
final class CrashProgram {
    static final int CALLERS = 1_000;

    /** After a crash it is asked how many answers came until so many milliseconds, and since the number before. */
    static final List<Integer> MILLIS = List.of(1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1_000);

    /** Before a crash, with which what comes after it is compared. */
    private static final int MILLIS_BEFORE = 300;

    private static final Duration BETWEEN = Duration.ofMillis(1_500);

    /** Longer than all crashes together take. */
    private static final int MOST_MILLIS = (int) TimeUnit.MINUTES.toMillis(2);

    private final long begun = System.nanoTime();

    /** By the millisecond since the beginning. */
    private final AtomicLongArray answers = new AtomicLongArray(MOST_MILLIS);

    private CrashProgram() {}

    public static void main(String[] arguments) throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off"); // a crash is several lines
        Isolated where = Isolated.valueOf(arguments[0]);
        Extent extent = Extent.of(List.of(arguments));
        new CrashProgram().measure(where, extent, new Output(arguments[0], Integer.parseInt(arguments[1])));
        System.exit(0);
    }

    private void measure(Isolated where, Extent extent, Output output) throws Exception {
        int crashes = extent.crashes();
        Histogram recovery = new Histogram(ClosedLoop.LONGEST_NANOS, 3);
        int[] moments = new int[crashes];
        try (SynchronizedPlugin plugin = where.open()) {
            extent.warmUp().of(plugin::call);
            Crowd crowd = Crowd.start(CALLERS, caller -> {
                Question.ofCaller(caller).ask((tag, json) -> plugin.call(tag, json, Crowd.LOST_AFTER));
                answers.incrementAndGet(millisNow());
            });
            for (int crash = 0; crash < crashes; crash++) {
                Pause.of(BETWEEN);
                moments[crash] = crash(plugin, recovery);
            }
            Pause.of(BETWEEN);
            crowd.stop();
            output.put(Measure.CRASH_FAILED, crashes, plugin.stats().failed());
            output.put(Measure.CRASH_OTHERS_FAILED, crashes, crowd.failed() + crowd.lost());
        }
        output.put(Measure.CRASH_RECOVERY_P50_NANOS, crashes, recovery.getValueAtPercentile(50));
        output.put(Measure.CRASH_RECOVERY_LONGEST_NANOS, crashes, recovery.getMaxValue());
        output.put(Measure.CRASH_ANSWERS_BEFORE_PER_SECOND, crashes, perSecond(moments, -MILLIS_BEFORE, 0));
        int from = 0;
        for (int until : MILLIS) {
            output.put(Measure.CRASH_ANSWERS_PER_SECOND, until, perSecond(moments, from, until));
            from = until;
        }
    }

    private int millisNow() {
        return (int) TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    }

    /** Returns when the crash was known. */
    private int crash(SynchronizedPlugin plugin, Histogram recovery) throws Exception {
        PluginCalls first = plugin.inLane(Lane.CONTROL);
        long before;
        try {
            String answer = first.call("crash", "{}");
            throw new IllegalStateException("It did not crash: " + answer);
        } catch (PluginCrashedException crashed) {
            before = System.nanoTime();
        }
        int known = (int) TimeUnit.NANOSECONDS.toMillis(before - begun);
        Question.ofCaller(0).ask(first::call);
        recovery.recordValue(System.nanoTime() - before);
        return known;
    }

    private double perSecond(int[] moments, int from, int until) {
        long sum = 0;
        for (int moment : moments) {
            for (int millis = moment + from; millis < moment + until; millis++) {
                sum += answers.get(millis);
            }
        }
        return sum * 1_000.0 / moments.length / (until - from);
    }
}
