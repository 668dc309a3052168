package dev.turnstile.bench.gate;

import dev.turnstile.plugin.NativePlugin;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/** The current thread, which owns the plugin, calls it again and again. */
final class DirectLoop {
    /** How many calls in a row before the clock is looked at, for short calls and for long ones. */
    private static final int FEW_LOOKS = 64;

    private static final int LONG_REQUEST = 4_096;

    private final NativePlugin plugin;
    private final Question question;
    private final int betweenLooks;

    DirectLoop(NativePlugin plugin, Question question) {
        this.plugin = plugin;
        this.question = question;
        this.betweenLooks = question.request().length() < LONG_REQUEST ? FEW_LOOKS : 1;
    }

    /** Calls in a row; none of them is timed. */
    Window run(Duration window) throws Exception {
        Costs before = Costs.soFar();
        long end = before.nanos() + window.toNanos();
        long calls = 0;
        do {
            for (int i = 0; i < betweenLooks; i++) {
                question.ask(plugin::call);
            }
            calls += betweenLooks;
        } while (System.nanoTime() - end < 0);
        return new Window(calls, Costs.soFar().minus(before), new Histogram(3));
    }

    /** Each call is timed, as a lone caller of a gate is. */
    Window runTimed(Duration window) throws Exception {
        Histogram latency = new Histogram(3);
        Costs before = Costs.soFar();
        long end = before.nanos() + window.toNanos();
        long now;
        do {
            long start = System.nanoTime();
            question.ask(plugin::call);
            now = System.nanoTime();
            latency.recordValue(now - start);
        } while (now - end < 0);
        return new Window(latency.getTotalCount(), Costs.soFar().minus(before), latency);
    }
}
