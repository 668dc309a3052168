package dev.turnstile.bench.gate;

import dev.turnstile.InstanceStats;
import dev.turnstile.Lane;
import dev.turnstile.RestartPolicy;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.plugin.ErrorCode;
import dev.turnstile.plugin.GuardedPlugin;
import dev.turnstile.plugin.PluginCalls;
import dev.turnstile.plugin.PluginException;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.testing.TestPlugins;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/** In a JVM of its own: a plugin panics again and again under callers, and is replaced; what that costs them. */
final class PanicProgram {
    static final int CALLERS = 1_000;

    static final String C = "turnstile_demo";

    /** It need not be there. */
    static final String RUST = "sync_demo";

    /** In which the callers have their answers, and come again. */
    private static final Duration BETWEEN = Duration.ofMillis(20);

    private static final Pattern LENGTH_FIRST = Pattern.compile("\\{(\"length\":\\d+),(.*)}");

    private PanicProgram() {}

    static String subject(Guarded guarded, String library) {
        return guarded.name() + "." + library;
    }

    static String label(String subject) {
        String[] parts = subject.split("\\.", -1);
        return Guarded.valueOf(parts[0]).label() + (parts[1].equals(RUST) ? ", in Rust" : ", in C");
    }

    public static void main(String[] arguments) throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off"); // a panic is several lines
        String[] subject = arguments[0].split("\\.", -1);
        Extent extent = Extent.of(List.of(arguments));
        Output output = new Output(arguments[0], Integer.parseInt(arguments[1]));
        RestartPolicy policy =
                RestartPolicy.limited(extent.panics(), Duration.ofHours(1)).withDelays(Duration.ZERO, Duration.ZERO);
        PluginOptions options =
                PluginOptions.defaults().withGate(TurnstileOptions.defaults().withRestarts(policy));
        Histogram recovery = new Histogram(ClosedLoop.LONGEST_NANOS, 3);
        try (GuardedPlugin plugin = Guarded.valueOf(subject[0]).load(TestPlugins.library(subject[1]), options)) {
            Entrance entrance = inOrder((tag, json) -> plugin.call(tag, json, Crowd.LOST_AFTER));
            extent.warmUp().of(entrance);
            Crowd crowd =
                    Crowd.start(CALLERS, caller -> Question.ofCaller(caller).ask(entrance));
            for (int panic = 0; panic < extent.panics(); panic++) {
                Pause.of(BETWEEN);
                recovery.recordValue(panic(plugin.inLane(Lane.CONTROL).withKey(panic)));
            }
            crowd.stop();
            output.put(Measure.PANIC_CALLS, extent.panics(), crowd.made());
            output.put(Measure.PANIC_FAILED, extent.panics(), plugin.stats().failed());
            output.put(Measure.PANIC_OTHERS_FAILED, extent.panics(), crowd.failed() + crowd.lost());
            output.put(
                    Measure.PANIC_RESTARTS,
                    extent.panics(),
                    plugin.instances().stream()
                            .mapToLong(InstanceStats::restarts)
                            .sum());
        }
        output.put(Measure.PANIC_RECOVERY_P50_NANOS, extent.panics(), recovery.getValueAtPercentile(50));
        output.put(Measure.PANIC_RECOVERY_LONGEST_NANOS, extent.panics(), recovery.getMaxValue());
        System.exit(0);
    }

    /** Returns the time from the failure of the call that panics to the answer of the next one that starts in that instance. */
    private static long panic(PluginCalls calls) throws Exception {
        try {
            String answer = calls.call("panic", "{}");
            throw new IllegalStateException("It did not panic: " + answer);
        } catch (PluginException poisoned) {
            if (!poisoned.errorCode().equals(ErrorCode.INTERNAL)) {
                throw poisoned;
            }
        }
        long start = System.nanoTime();
        Question.ofCaller(0).ask(inOrder(calls::call));
        return System.nanoTime() - start;
    }

    /** The plugin in Rust has the members of its answer in the other order. */
    private static Entrance inOrder(Entrance entrance) {
        return (tag, json) -> LENGTH_FIRST.matcher(entrance.call(tag, json)).replaceFirst("{$2,$1}");
    }
}
