package dev.turnstile.demo;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import dev.turnstile.bundle.MinisignKey;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.TestPlugins;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as its user runs it: a program of its own, here in a short form. */
@Tag("slow")
class DemoTest {
    private static final List<String> KEY_LINES = List.of(
            "=== Synchronized Plugin Demo (Java) ===",
            "Signed by key ",
            "  Echo: Message 2 (len=9)",
            "  [9] Submitting (queue: ",
            "  [9] Completed after ",
            "Total time: ",
            "Demo 3: Backpressure (queue size = 5)",
            "  [19] Submit@",
            "  Echo: Charlie",
            "Demo 5: 500 virtual threads, ",
            "  ✓ overlaps 0",
            "  ✓ threads 1",
            "  A limit of ",
            "  An interrupt: CallInterruptedException: ",
            "  Plugin error: fail: handler error (7): ",
            "  CloseReport: drained ",
            " refused while running = 60 callers",
            "Demo 9: A pool of 4 beside one instance, ",
            "  ✓ the poison call failed, once",
            "replaced: 2 of 2 instances work",
            "  SwapReport: switched 1, waiting 0, ",
            "Demo 12: The plugin in a process of its own crashes 3 times",
            "  ✓ 3 crashes, 3 lost calls",
            "  ✓ each time a fresh process came",
            "=== Demo Complete ===");

    @TempDir
    Path directory;

    private record Outcome(int exitCode, String out, String err) {}

    @Test
    void demo_onThePluginInC_showsAllAndEveryCheckHolds() throws Exception {
        assertShowsAll(demo());
    }

    @Test
    void demo_onThePluginInRust_showsAllAndEveryCheckHolds() throws Exception {
        assumeTrue(Files.exists(TestPlugins.library("sync_demo")), "the Rust plugin was not built");
        assertShowsAll(demo("--rust"));
    }

    private static void assertShowsAll(Outcome outcome) {
        assertEquals("", outcome.err());
        assertAll(KEY_LINES.stream().map(line -> () -> assertTrue(outcome.out().contains(line), () -> line)));
        assertFalse(outcome.out().contains("FAILED"), outcome::out);
        assertEquals(0, outcome.exitCode());
    }

    @Test
    void check_thatDoesNotHold_isSaidAndChangesTheExitCode() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Report report = new Report(new PrintStream(printed, true, StandardCharsets.UTF_8));
        report.check(true, "one");
        assertEquals(0, report.exitCode());
        report.check(false, "%s", "two");
        report.check(true, "three");
        assertEquals(1, report.exitCode());
        assertEquals(
                List.of("  ✓ one", "  FAILED: two", "  ✓ three"),
                printed.toString(StandardCharsets.UTF_8).lines().toList());
    }

    @Test
    void recording_hasEveryCall_andTheWayToSeeThem() throws Exception {
        Outcome outcome = demo("--jfr");
        assertShowsAll(outcome);
        Path file = Path.of("target", "turnstile-demo.jfr");
        String recorded = outcome.out()
                .lines()
                .filter(line -> line.endsWith("calls recorded in " + file + "; those that waited longest:"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(outcome.out()));
        long calls = Long.parseLong(recorded.substring(0, recorded.indexOf(' ')).replace(",", ""));
        assertTrue(calls > 1_000, recorded);
        assertTrue(outcome.out().contains("view --width 150 dev.turnstile.Call " + file), outcome::out);
    }

    @Test
    void spans_ofEveryCall_areSentToACollector() throws Exception {
        AtomicLong bytes = new AtomicLong();
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            bytes.addAndGet(exchange.getRequestBody().readAllBytes().length);
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        try {
            String url = "http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/traces";
            Outcome outcome = demo("--spans", url);
            assertShowsAll(outcome);
            Matcher said = Pattern.compile(
                            "([0-9,]+) spans sent to " + url + "; ([0-9,]+) not made, since calls were faster")
                    .matcher(outcome.out());
            assertTrue(said.find(), outcome::out);
            assertTrue(outcome.out().contains("  ✓ 0 not taken there"), outcome::out);
            long sent = Long.parseLong(said.group(1).replace(",", ""));
            long missing = Long.parseLong(said.group(2).replace(",", ""));
            assertTrue(sent + missing > 10_000, outcome::out);
            assertTrue(bytes.get() > 100 * sent, () -> sent + " spans in " + bytes + " bytes");
        } finally {
            collector.stop(0);
        }
    }

    @Test
    void spansWithoutCollector_areSaid_andExitWith1() throws Exception {
        Outcome outcome = demo("--spans", "http://127.0.0.1:" + portWithoutServer() + "/v1/traces");
        assertTrue(outcome.out().contains("FAILED: "), outcome::out);
        assertTrue(outcome.out().contains(" not taken there"), outcome::out);
        assertEquals(1, outcome.exitCode());
    }

    private static int portWithoutServer() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return server.getLocalPort();
        }
    }

    @Test
    void spansToNoUrl_exitWith2() throws Exception {
        Outcome outcome = demo("--spans", "--jfr");
        assertTrue(outcome.err().startsWith("demo: --spans needs the URL of a collector"), outcome::err);
        assertEquals(2, outcome.exitCode());
    }

    @Test
    void help_isPrinted() throws Exception {
        assertEquals(new Outcome(0, Arguments.USAGE, ""), demo("--help"));
    }

    @Test
    void script_hasTheSameHelp() throws Exception {
        Path script = Path.of(System.getProperty("turnstile.basedir", "."), "scripts", "demo");
        assertEquals(new Outcome(0, Arguments.USAGE, ""), run(List.of("bash", script.toString(), "--help")));
    }

    @Test
    void unknownArgument_isNamedAndExitsWith2() throws Exception {
        Outcome outcome = demo("--rusty");
        assertTrue(outcome.err().startsWith("demo: unknown argument: --rusty"), outcome::err);
        assertEquals("", outcome.out());
        assertEquals(2, outcome.exitCode());
    }

    @Test
    void pluginWithoutFile_exitsWith2() throws Exception {
        Outcome outcome = demo("--plugin");
        assertTrue(outcome.err().startsWith("demo: --plugin needs a file"), outcome::err);
        assertEquals(2, outcome.exitCode());
    }

    @Test
    void missingLibrary_isNamedAndExitsWith1() throws Exception {
        Path missing = directory.resolve("libnone.so");
        Outcome outcome = demo("--plugin", missing.toString());
        assertEquals(
                "demo: There is no plugin library " + missing, outcome.err().strip());
        assertEquals(1, outcome.exitCode());
    }

    @Test
    void bundleWithoutKey_exitsWith2AndSaysWhatIsMissing() throws Exception {
        Outcome outcome = demo("--plugin", "some.rbp");
        assertTrue(outcome.err().startsWith("demo: a bundle needs --key"), outcome::err);
        assertEquals(2, outcome.exitCode());
    }

    @Test
    void bundleOfAnotherKey_isRefusedAndExitsWith1() throws Exception {
        Path key = directory.resolve("another.pub");
        MinisignKey.generate().publicKey().write(key);
        Outcome outcome = demo("--plugin", TestPlugins.bundle().toString(), "--key", key.toString());
        assertTrue(outcome.err().contains("manifest.json.minisig: it was made by key "), outcome::err);
        assertEquals("", outcome.out());
        assertEquals(1, outcome.exitCode());
    }

    private Outcome demo(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dturnstile.native.dir=" + TestPlugins.demo().getParent(),
                "-Dturnstile.demo.scale=0.05",
                "-Dstdout.encoding=UTF-8",
                "-cp",
                System.getProperty("java.class.path"),
                Demo.class.getName()));
        command.addAll(List.of(arguments));
        return run(command);
    }

    /** The output goes to files: a pipe that nobody reads would hold up the program. */
    private Outcome run(List<String> command) throws IOException, InterruptedException {
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS"); // the JVM says on standard error that it is set
        Process process = builder.start();
        try {
            assertTrue(process.waitFor(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS), () -> "never ended: " + command);
        } finally {
            process.destroyForcibly();
        }
        return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
    }
}
