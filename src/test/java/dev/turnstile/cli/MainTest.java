package dev.turnstile.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.TestPlugins;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What all commands have in common: help, wrong use, what is unexpected, what is printed; and the script. */
@Tag("slow")
class MainTest {
    private final Shell shell;

    MainTest(@TempDir Path directory) {
        shell = new Shell(directory);
    }

    @Test
    void help_listsTheCommandsTheExitCodesAndExamples() {
        String help = shell.run("--help").success();

        for (String word : List.of(
                "inspect",
                "verify",
                "doctor",
                "extract",
                "pack",
                "combine",
                "slim",
                "sign",
                "keygen",
                "call",
                "Exit codes:",
                "Examples:",
                "  5   ")) {
            assertTrue(help.contains(word), () -> word + " is not in\n" + help);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"inspect", "verify", "doctor", "extract", "pack", "combine", "slim", "sign", "keygen", "call"})
    void help_ofACommand_isTheSameEitherWayAndComplete(String command) {
        String help = shell.run("help", command).success();

        assertEquals(help, shell.run(command, "--help").success());
        assertTrue(help.startsWith("Usage: turnstile " + command), help);
        for (String word :
                List.of("Exit codes:", "Examples:\n  turnstile " + command, "--json", "--verbose", "--help")) {
            assertTrue(help.contains(word), () -> word + " is not in\n" + help);
        }
        help.lines().forEach(line -> assertTrue(line.length() <= 100, line));
    }

    @Test
    void version_isTheOneOfTheBuild() throws IOException {
        String pom = Files.readString(Path.of(System.getProperty("turnstile.basedir", "."), "pom.xml"));
        String version = pom.replaceFirst("(?s).*?<version>(.*?)</version>.*", "$1");

        assertTrue(shell.run("--version").success().startsWith("turnstile " + version + " (Java "));
    }

    @Test
    void wrongUse_isNamedAndExitsWith2() {
        assertTrue(shell.run().failure(2).contains("no command is given"));
        assertTrue(shell.run("unpack").failure(2).contains("unpack"));
        assertTrue(shell.run("inspect").failure(2).contains("BUNDLE"));
        Shell.Outcome unknown = shell.run("verify", "x.rbp", "--quiet");
        assertTrue(unknown.failure(2).contains("--quiet"));
        assertTrue(unknown.err().contains("`turnstile help verify`"), unknown.err());
    }

    @Test
    void wrongUse_withJson_isADocument() {
        Shell.Outcome outcome = shell.run("inspect", "--json");

        assertEquals(2, outcome.exitCode());
        assertEquals("", outcome.err());
        assertEquals("USAGE", outcome.json().at("/error/problem").stringValue());
    }

    /** An argument is what it is, also when it begins as what names a file of arguments elsewhere. */
    @Test
    void argument_thatBeginsWithAnAt_isNoFileOfArguments() {
        Path file = shell.write("arguments", "--version");

        assertTrue(shell.run("@" + file).failure(2).contains("@"));
    }

    @Test
    void unexpectedFailure_isOneLine_andMoreWithVerbose() {
        Terminal broken = broken(new IllegalStateException("broken\nin two lines"));
        assertEquals(Failure.UNEXPECTED, Main.run(broken, "call", "x.so", "echo", "-"));
        assertEquals(
                "turnstile: something unexpected happened: java.lang.IllegalStateException: broken (--verbose shows"
                        + " more)",
                shell.messages().strip());
    }

    @Test
    void failure_namesEachKindAndItsExitCode() {
        Failure error = Failure.of(new OutOfMemoryError("heap"));
        assertEquals(Failure.UNEXPECTED, error.exitCode());
        assertEquals("UNEXPECTED", error.problem());
    }

    /** Whoever reads standard input gets this; an error when it is {@code null}. */
    private Terminal broken(RuntimeException thrown) {
        return shell.terminal(new InputStream() {
            @Override
            public int read() {
                if (thrown == null) {
                    throw new StackOverflowError();
                }
                throw thrown;
            }

            @Override
            public int read(byte[] unused, int from, int length) {
                return read();
            }
        });
    }

    @Test
    void unexpectedFailure_withVerbose_hasTheTrace() {
        Terminal broken = broken(new IllegalStateException("broken"));

        Main.run(broken, "call", "x.so", "echo", "-", "--verbose");

        assertTrue(shell.messages().contains("\tat dev.turnstile.cli."), shell.messages());
    }

    @Test
    void unexpectedError_isReportedAsWell() {
        assertEquals(Failure.UNEXPECTED, Main.run(broken(null), "call", "x.so", "echo", "-"));
        assertTrue(shell.messages().contains("StackOverflowError"), shell.messages());
    }

    @Test
    void result_thatCannotBeWritten_exitsWith3() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int unused) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        Terminal terminal = new Terminal(
                InputStream.nullInputStream(),
                new PrintStream(full),
                new PrintStream(OutputStream.nullOutputStream()),
                Map.of(),
                question -> null);

        assertEquals(
                Failure.FILE,
                Main.run(
                        terminal,
                        "keygen",
                        "--unencrypted",
                        "--output",
                        shell.path("k").toString()));
    }

    @Test
    void printed_isWhatEveryTerminalBearsAndEveryEncodingHas() {
        assertEquals("a\tb \u00fc", Terminal.printable("a\tb \u00fc", StandardCharsets.UTF_8));
        assertEquals(
                "\\u001b[31m\\u009b\\u202e\\u2028\\u007f",
                Terminal.printable("\u001b[31m\u009b\u202e\u2028\u007f", StandardCharsets.UTF_8));
        assertEquals("\\u00fc\\ud83d\\ude00", Terminal.printable("\u00fc\ud83d\ude00", StandardCharsets.US_ASCII));
        assertEquals("\\ud83d", Terminal.printable("\ud83d", StandardCharsets.UTF_8));
    }

    /** In the C locale as well, a document is the document. */
    @Test
    void document_inAnEncodingThatLacksItsCharacters_isTheSameDocument() {
        Shell.writer().description("gr\u00fc\u00df \ud83d\ude00").write(shell.path("echo.rbp"));
        shell.charset = StandardCharsets.US_ASCII;

        JsonNode json = shell.run("inspect", "--json", shell.path("echo.rbp")).json();

        assertEquals(
                "gr\u00fc\u00df \ud83d\ude00",
                json.at("/manifest/plugin/description").stringValue());
    }

    // ---- The script, and the library without the command line ----

    @Test
    void script_fromAnotherDirectory_namesFilesFromThereAndPassesOnItsExitCode() throws Exception {
        Path base = Path.of(System.getProperty("turnstile.basedir", ".")).toAbsolutePath();
        assumeTrue(Files.exists(base.resolve("target/built")), "Maven did not build this, so the script would");
        shell.bundle("a bundle.rbp");
        Path link = Files.createSymbolicLink(shell.path("turnstile"), base.resolve("scripts/turnstile"));

        Shell.Outcome good = program(List.of(link.toString(), "verify", "a bundle.rbp", "--key", Shell.PUBLIC));
        assertTrue(good.success().startsWith("Verified a bundle.rbp: echo 1.2.0\n"), good.toString());
        assertEquals("", good.err());

        Shell.Outcome bad = program(List.of(link.toString(), "verify", "missing.rbp", "--checksums-only"));
        assertEquals(
                "turnstile: The bundle missing.rbp: there is no such file in "
                        + shell.path("").toRealPath(),
                bad.failure(3));

        // Whoever is not at a terminal is not asked for a password, but told.
        Shell.Outcome nobody = program(List.of(link.toString(), "keygen", "--output", "new.key"));
        assertTrue(nobody.failure(2).contains("TURNSTILE_KEY_PASSWORD"), nobody.err());
        Files.delete(link);
    }

    /** Another request would be sent, and nobody would see it. */
    @Test
    void argumentsThatTheLocaleCannotExpress_areRefused_orReadByTheScript() throws Exception {
        Path base = Path.of(System.getProperty("turnstile.basedir", ".")).toAbsolutePath();
        assumeTrue(Files.exists(base.resolve("target/built")), "Maven did not build this, so the script would");
        assumeTrue(Files.isReadable(Path.of("/proc/self/cmdline")), "only Linux tells what was typed");
        List<String> named = List.of("sh", "-c", "LC_ALL=C exec \"$@\" \"$(printf '\\303\\251.rbp')\"", "sh");

        List<String> direct = new ArrayList<>(named);
        direct.addAll(java());
        direct.addAll(List.of(Main.class.getName(), "verify", "--checksums-only"));
        assertEquals(
                "turnstile: argument 3 has characters that are not in the locale's encoding, US-ASCII, so Java cannot"
                        + " read them: set LC_ALL=C.UTF-8, or another locale that has them",
                program(direct).failure(2).lines().findFirst().orElse(""));

        List<String> script = new ArrayList<>(named);
        script.addAll(List.of(base.resolve("scripts/turnstile").toString(), "verify", "--checksums-only"));
        String missing = program(script).failure(3);
        assertTrue(missing.contains("The bundle \u00e9.rbp: there is no such file"), missing);
    }

    /** A pipe that nobody reads is no fault of the command, as {@code head} closes it when it has seen enough. */
    @ParameterizedTest
    @ValueSource(strings = {"inspect a.rbp", "call a.rbp --checksums-only --raw 1 00"})
    void outputThatNobodyReads_endsQuietly(String arguments) throws Exception {
        shell.bundle("a.rbp");
        List<String> command = new ArrayList<>(
                List.of("sh", "-c", "mkfifo pipe && exec 3<>pipe 4>pipe 3>&- && exec \"$@\" >&4", "sh"));
        command.addAll(java());
        command.add(Main.class.getName());
        command.addAll(List.of(arguments.split(" ")));

        Shell.Outcome ended = program(command);

        assertEquals(Failure.READER_GONE, ended.exitCode(), ended.toString());
        assertEquals("", ended.err());
        Files.delete(shell.path("pipe"));
    }

    /** The JVM's own file of modules has the number of a standard input that is closed: it was sent to the plugin. */
    @ParameterizedTest
    @ValueSource(strings = {"--raw 1 -", "echo -", "--watch echo"})
    void inputThatIsClosed_isRefused(String arguments) throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/fd")), "only Linux tells what a descriptor leads to");
        List<String> command = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" <&-", "sh"));
        command.addAll(java());
        command.addAll(List.of(Main.class.getName(), "call", TestPlugins.demo().toString()));
        command.addAll(List.of(arguments.split(" ")));

        Shell.Outcome ended = program(command);

        assertEquals(3, ended.exitCode(), ended.toString());
        assertEquals("", ended.out());
        assertTrue(ended.err().contains("turnstile: Standard input cannot be read: it is closed"), ended.err());
    }

    /** Bytes could control the terminal, and nobody could read them. */
    @Test
    void rawReply_toATerminal_isShownAsHexadecimalDigits_andToAFileAsItIs() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "there is no script to give a terminal with");
        List<String> call = new ArrayList<>(java());
        call.addAll(List.of(Main.class.getName(), "call", TestPlugins.demo().toString(), "--raw", "1", "1b5b324a"));
        String line = call.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));

        // Standard input is a file, as with a request that comes from one.
        Shell.Outcome shown = program(List.of("/usr/bin/script", "-qec", line, "/dev/null"));
        assertEquals("1b5b324a", shown.success().strip());

        assertEquals("\u001b[2J", program(call).success());
    }

    private static List<String> java() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"));
    }

    @Test
    void library_withoutPicocli_doesAllThatItsUsersNeed() throws Exception {
        shell.bundle("echo.rbp");
        List<String> classpath =
                new ArrayList<>(List.of(System.getProperty("java.class.path").split(File.pathSeparator)));
        assertTrue(classpath.removeIf(entry -> entry.contains("picocli")), "it was there");

        Shell.Outcome outcome = program(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                String.join(File.pathSeparator, classpath),
                LibraryUser.class.getName(),
                "echo.rbp",
                Shell.PUBLIC));

        assertEquals(
                "without picocli: {\"message\":\"hello\",\"length\":5}",
                outcome.success().strip());
    }

    /** The output goes to files: a pipe that nobody reads would hold up the program. */
    private Shell.Outcome program(List<String> command) throws IOException, InterruptedException {
        Path out = shell.path("out");
        Path err = shell.path("err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(shell.directory.toFile())
                .redirectInput(
                        ProcessBuilder.Redirect.from(shell.write("in", "").toFile()))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS"); // the JVM says on standard error that it is set
        Process process = builder.start();
        try {
            assertTrue(process.waitFor(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS), () -> "never ended: " + command);
        } finally {
            process.destroyForcibly();
        }
        return new Shell.Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
    }
}
