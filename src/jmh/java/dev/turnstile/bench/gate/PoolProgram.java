package dev.turnstile.bench.gate;

import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.PluginPool;
import dev.turnstile.testing.TestPlugins;
import java.util.List;
import java.util.function.IntFunction;

/** In a JVM of its own: how many calls a pool makes as its instances become more. */
final class PoolProgram {
    static final String SUBJECT = "POOL";
    static final int ECHO_CALLERS = 1_000;
    static final int SLEEP_CALLERS = 10_000;

    private static final int[] ECHO_INSTANCES = {1, 2};
    private static final int[] SLEEP_INSTANCES = {1, 2, 8, 64};

    private PoolProgram() {}

    public static void main(String[] arguments) throws Exception {
        Extent extent = Extent.of(List.of(arguments));
        Output output = new Output(SUBJECT, Integer.parseInt(arguments[1]));
        try (PluginPool pool = load(2)) {
            extent.warmUp().of(pool::call);
        }
        Question sleep = Question.ofSleep(1);
        for (int instances : ECHO_INSTANCES) {
            double perSecond = callsPerSecond(extent, instances, ECHO_CALLERS, Question::ofCaller);
            output.put(Measure.POOL_ECHOES_PER_SECOND, instances, perSecond);
        }
        for (int instances : SLEEP_INSTANCES) {
            double perSecond = callsPerSecond(extent, instances, SLEEP_CALLERS, caller -> sleep);
            output.put(Measure.POOL_SLEEPS_PER_SECOND, instances, perSecond);
        }
        System.exit(0);
    }

    private static double callsPerSecond(
            Extent extent, int instances, int callers, IntFunction<Question> questionOfCaller) throws Exception {
        try (PluginPool pool = load(instances)) {
            return Window.quiet(() ->
                            new ClosedLoop(pool::call, callers, questionOfCaller).run(extent.settle(), extent.window()))
                    .callsPerSecond();
        }
    }

    private static PluginPool load(int instances) throws InterruptedException {
        return PluginPool.load(TestPlugins.demo(), instances, PluginConfig.defaults(), PluginOptions.defaults());
    }
}
