package dev.turnstile.demo;

import dev.turnstile.demo.Messages.Echo;
import dev.turnstile.demo.Messages.Probe;
import dev.turnstile.demo.Messages.Say;
import dev.turnstile.plugin.SynchronizedPlugin;

/** Ten thousand virtual threads share one plugin; then the plugin is asked what it saw. */
final class CrowdDemo {
    private static final int CAPACITY = 100;
    private static final int CALLS_EACH = 20;

    private CrowdDemo() {}

    static void run(Stage stage) throws InterruptedException {
        Report report = stage.report();
        int callers = stage.scaled(10_000);
        int calls = callers * CALLS_EACH;
        report.line("%nDemo 5: %,d virtual threads, %d calls each, one plugin", callers, CALLS_EACH);
        try (SynchronizedPlugin plugin = stage.open(CAPACITY)) {
            int right;
            try (ProgressLine progress = new ProgressLine(report, plugin::stats, calls)) {
                progress.start();
                right = Callers.start(callers, caller -> answeredRightly(plugin, caller)).join().stream()
                        .mapToInt(Integer::intValue)
                        .sum();
            }
            Probe seen = Stage.probe(plugin);
            report.line(
                    "  The plugin saw: %,d calls, overlaps %d, threads %d",
                    seen.calls(), seen.overlaps(), seen.threads());
            report.check(right == calls, "each call had its own answer: %,d", right);
            report.check(seen.calls() == calls + 1, "each call reached the plugin once (and the question, too)");
            report.check(seen.overlaps() == 0, "overlaps %d", seen.overlaps());
            report.check(seen.threads() == 1, "threads %d", seen.threads());
        }
    }

    private static int answeredRightly(SynchronizedPlugin plugin, int caller) throws InterruptedException {
        int right = 0;
        for (int i = 0; i < CALLS_EACH; i++) {
            String message = "call " + i + " of caller " + caller;
            Echo echo = plugin.call("echo", new Say(message), Echo.class);
            if (echo.message().equals(message)) {
                right++;
            }
        }
        return right;
    }
}
