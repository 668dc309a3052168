package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.turnstile.testing.ChildJvm;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.TestPlugins;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The default listener, as seen in what slf4j-simple writes: in a JVM of its own, where every level is on. */
class Slf4jLogListenerTest {
    private static List<String> output;

    @BeforeAll
    static void runTheProgram() throws Exception {
        ChildJvm.Result result = ChildJvm.run(
                List.of(
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=trace",
                        "-Dorg.slf4j.simpleLogger.log.a.quiet=error",
                        "-Dorg.slf4j.simpleLogger.showThreadName=false"),
                Program.class);
        assertEquals(0, result.exitCode(), result.output());
        output = result.output()
                .lines()
                .filter(line -> line.matches("(TRACE|DEBUG|INFO|WARN|ERROR) .* - .*"))
                .toList();
    }

    private static void assertLogged(String expected, String message) {
        assertEquals(
                List.of(expected),
                output.stream().filter(line -> line.endsWith(" - " + message)).toList(),
                output::toString);
    }

    @Test
    void target_ofARustModule_namesTheLoggerWithDots() {
        assertLogged("INFO sync_demo.net.http - nested", "nested");
        assertLogged("INFO plain - plain", "plain");
        assertLogged("INFO a:b.c - odd", "odd");
    }

    @Test
    void target_thatIsEmpty_isThePluginsOwnLogger() {
        assertLogged("INFO dev.turnstile.plugin.NativePlugin - empty", "empty");
        assertLogged("INFO dev.turnstile.plugin.NativePlugin - blank", "blank");
    }

    @Test
    void level_isTheLevelOfTheSameName() {
        assertLogged("TRACE level - trace", "trace");
        assertLogged("DEBUG level - debug", "debug");
        assertLogged("INFO level - info", "info");
        assertLogged("WARN level - warn", "warn");
        assertLogged("ERROR level - error", "error");
        assertLogged("INFO level - off", "off");
    }

    @Test
    void message_withBraces_isNoPattern() {
        assertLogged("INFO plain - {} {0} %s", "{} {0} %s");
    }

    @Test
    void level_setForALogger_holdsForTheTarget() {
        assertEquals(
                List.of("ERROR a.quiet - loud"),
                output.stream().filter(line -> line.contains("a.quiet")).toList());
    }

    /** Nobody named a listener: what the plugin logs comes here. */
    @Test
    void plugin_loadedWithDefaults_logsHere() {
        assertLogged("INFO turnstile_demo - started", "started");
        assertLogged("WARN my_crate.worker - from the plugin", "from the plugin");
    }

    /** Gives the listener lines, and then a plugin does; ends when the last one was written. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) throws Exception {
            ByteArrayOutputStream written = new ByteArrayOutputStream();
            System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
            PluginLogListener listener = PluginLogListener.slf4j();
            listener.onLine(PluginLogLine.of(LogLevel.INFO, "sync_demo::net::http", "nested"));
            listener.onLine(PluginLogLine.of(LogLevel.INFO, "plain", "plain"));
            listener.onLine(PluginLogLine.of(LogLevel.INFO, "a:b::c", "odd"));
            listener.onLine(PluginLogLine.of(LogLevel.INFO, "", "empty"));
            listener.onLine(PluginLogLine.of(LogLevel.INFO, " ", "blank"));
            for (LogLevel level : LogLevel.values()) {
                listener.onLine(PluginLogLine.of(level, "level", level.name().toLowerCase(java.util.Locale.ROOT)));
            }
            listener.onLine(PluginLogLine.of(LogLevel.INFO, "plain", "{} {0} %s"));
            listener.onLine(PluginLogLine.of(LogLevel.WARN, "a::quiet", "quiet"));
            listener.onLine(PluginLogLine.of(LogLevel.ERROR, "a::quiet", "loud"));
            try (SynchronizedPlugin plugin = SynchronizedPlugin.load(TestPlugins.demo())) {
                plugin.call("log", """
                    {"target": "my_crate::worker", "level": 3, "message": "from the plugin"}\
                    """);
                Eventually.isTrue(
                        "the plugin's line",
                        () -> written.toString(StandardCharsets.UTF_8).contains("from the plugin"));
            }
            System.out.print(written.toString(StandardCharsets.UTF_8));
        }
    }
}
