package dev.turnstile.demo;

import dev.turnstile.demo.Messages.Echo;
import dev.turnstile.demo.Messages.Fail;
import dev.turnstile.demo.Messages.Say;
import dev.turnstile.plugin.ErrorCode;
import dev.turnstile.plugin.PluginException;
import dev.turnstile.plugin.SynchronizedPlugin;

/** The plugin answers with an error: that call fails, and no other. */
final class ErrorDemo {
    private ErrorDemo() {}

    static void run(Stage stage) throws InterruptedException {
        Report report = stage.report();
        report.line("%nDemo 7: Plugin errors");
        try (SynchronizedPlugin plugin = stage.open(5)) {
            expectError(report, plugin, "fail", new Fail(7, "the printer is on fire"), ErrorCode.HANDLER);
            expectError(report, plugin, "invalid.tag", new Say("Is anybody there?"), ErrorCode.UNKNOWN_MESSAGE_TYPE);
            Echo echo = plugin.call("echo", new Say("still here"), Echo.class);
            report.check(echo.message().equals("still here"), "the next call works");
        }
    }

    private static void expectError(
            Report report, SynchronizedPlugin plugin, String tag, Object request, ErrorCode expected)
            throws InterruptedException {
        try {
            String payload = plugin.call(tag, request, String.class);
            report.check(false, "%s fails with %s, but it answered %s", tag, expected, payload);
        } catch (PluginException error) {
            report.line("  Plugin error: %s", error.getMessage());
            report.check(error.errorCode().equals(expected), "%s failed with %s", tag, expected);
        }
    }
}
