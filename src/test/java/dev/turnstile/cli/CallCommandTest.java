package dev.turnstile.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.TestPlugins;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code turnstile call}: one call, its answer on standard output, and everything else elsewhere. */
class CallCommandTest {
    private static final String ECHO = "{\"message\":\"hello\"}";
    private static final String ECHOED = "{\"message\":\"hello\",\"length\":5}";

    private final Shell shell;
    private final Path bundle;
    private final Path library;

    CallCommandTest(@TempDir Path directory) {
        shell = new Shell(directory);
        bundle = shell.bundle("echo.rbp");
        library = TestPlugins.privateCopy("turnstile_demo", directory);
    }

    @Test
    void call_ofABundleThatIsTrusted_printsTheAnswerAlone() {
        Shell.Outcome outcome = shell.run("call", bundle, "--key", Shell.PUBLIC, "echo", ECHO);

        assertEquals(ECHOED + System.lineSeparator(), outcome.success());
        assertEquals("", outcome.err());
    }

    @Test
    void call_asJson_isOneDocument() {
        JsonNode json = shell.run("call", bundle, "--checksums-only", "echo", ECHO, "--json")
                .json();

        assertEquals("echo", json.get("tag").stringValue());
        assertEquals(5, json.at("/response/length").intValue());
    }

    @Test
    void call_ofALibrary_asksForNoTrust_andTakesNone() {
        assertEquals(ECHOED, shell.run("call", library, "echo", ECHO).success().strip());
        assertTrue(shell.run("call", library, "echo", ECHO, "--key", Shell.PUBLIC)
                .failure(2)
                .contains("is a library, no bundle"));
        assertTrue(shell.run("call", library, "echo", ECHO, "--variant", "debug")
                .failure(2)
                .contains("is a library, no bundle"));
    }

    @Test
    void call_withARequestOnStandardInput_readsIt() {
        shell.input = ECHO;

        assertEquals(ECHOED, shell.run("call", library, "echo", "-").success().strip());
    }

    /** Neither by another name nor by other content does a bundle get past the question whom to trust. */
    @Test
    void call_ofABundleWithoutTrust_exitsWith2WhateverItsName() throws IOException {
        shell.run("call", bundle, "echo", ECHO).failure(2);
        Path renamed = Files.copy(bundle, shell.path("echo.so"));
        shell.run("call", renamed, "echo", ECHO).failure(2);
        Path disguised = Files.copy(library, shell.path("library.rbp"));
        shell.run("call", disguised, "echo", ECHO).failure(2);
        shell.run("call", disguised, "echo", ECHO, "--checksums-only").failure(1);
    }

    @Test
    void call_thatThePluginRefuses_exitsWith1AndItsCode() {
        String message = shell.run("call", library, "fail", "{\"code\":7,\"message\":\"as asked\"}")
                .failure(1);

        assertEquals("turnstile: fail: handler error (7): as asked", message);
        JsonNode error =
                shell.run("call", library, "nonsense", ECHO, "--json").json().get("error");
        assertEquals("PLUGIN", error.get("problem").stringValue());
        assertEquals(6, error.get("code").intValue());
        assertEquals("unknown message type", error.get("label").stringValue());
    }

    @Test
    void call_thatTakesTooLong_exitsWith4() {
        String message = shell.run("call", library, "sleep", "{\"duration_ms\":500}", "--timeout", "0.05")
                .failure(4);

        assertTrue(message.contains("passed while the call \"sleep\" was running"), message);
        assertTrue(shell.run("call", library, "echo", ECHO, "--timeout", "60")
                .success()
                .contains("hello"));
        shell.run("call", library, "echo", ECHO, "--timeout", "0").failure(2);
        shell.run("call", library, "echo", ECHO, "--timeout", "1e10").failure(2);
    }

    @Test
    void call_ofWhatCannotBeLoaded_exitsWith4_andOfNoFile_with3() {
        Path text = shell.write("text.so", "no library at all, only some text in a file".repeat(9));

        assertTrue(shell.run("call", text, "echo", ECHO).failure(4).contains("it is not a library"));
        assertEquals(
                "LOAD",
                shell.run("call", text, "echo", ECHO, "--json")
                        .json()
                        .at("/error/problem")
                        .stringValue());
        assertTrue(shell.run("call", shell.path("none.so"), "echo", ECHO)
                .failure(3)
                .contains("there is no such file"));
    }

    /** Reading a pipe would wait for whoever writes to it. */
    @Test
    void call_ofWhatIsNoFile_exitsWith3() throws Exception {
        for (String name : List.of("pipe", "pipe.rbp")) {
            Path pipe = shell.path(name);
            assertEquals(
                    0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
            try (RandomAccessFile both = new RandomAccessFile(pipe.toFile(), "rw")) {
                both.write("no plugin".getBytes(StandardCharsets.UTF_8));
                String expected = "turnstile: The plugin " + pipe + ": it is not a file";
                assertEquals(expected, shell.run("call", pipe, "echo", ECHO).failure(3));
                assertEquals(
                        expected, shell.run("call", "--watch", pipe, "echo").failure(3));
            }
            Files.delete(pipe);
        }
    }

    @Test
    void call_ofAPluginThatDoesNotStart_exitsWith4AndSaysWhyOnce() {
        Shell.Outcome outcome = shell.run("call", TestPlugins.library("null_create"), "echo", ECHO);

        assertEquals(4, outcome.exitCode());
        assertTrue(outcome.err().startsWith("turnstile: The plugin"), outcome.err());
        assertTrue(outcome.err().contains("could not create an instance"), outcome.err());
    }

    @Test
    void call_whoseLogLinesAreAskedFor_printsThemOnStandardError() {
        String log = "{\"message\":\"clear\\u001b[2J\",\"count\":3}";
        Shell.Outcome outcome = shell.run("call", library, "log", log, "--log-level", "info");

        outcome.success();
        assertFalse(outcome.out().contains("INFO"), outcome.out());
        Eventually.isTrue(
                "the plugin's lines are on standard error, harmless",
                () -> shell.messages().contains("INFO turnstile_demo: clear\\u001b[2J\n".repeat(3)));

        assertEquals(
                "", shell.run("call", library, "log", log, "--log-level", "off").err());
    }

    @Test
    void call_withConfiguration_passesItOn_andRefusesWhatIsNoJson() {
        JsonNode json = shell.run(
                        "call",
                        TestPlugins.library("factory"),
                        "config",
                        "{}",
                        "--config",
                        "{\"a\":1}",
                        "--log-level",
                        "error",
                        "--json")
                .json();

        assertEquals(
                "{\"data\":{\"a\":1},\"log_level\":\"error\"}",
                json.at("/response/init_config").toString());
        assertTrue(shell.run("call", library, "echo", ECHO, "--config", "{")
                .failure(2)
                .contains("--config is not JSON"));
        String comma = shell.run("call", library, "echo", ECHO, "--config", "{\n\"a\":1,}")
                .failure(2);
        assertTrue(comma.endsWith(" (line 2, column 7)"), comma);
    }

    @Test
    void call_withAWrongLevelOrTag_exitsWith2() {
        assertTrue(shell.run("call", library, "echo", ECHO, "--log-level", "loud")
                .failure(2)
                .contains("--log-level"));
        assertTrue(shell.run("call", library, "", ECHO).failure(2).contains("TAG"));
    }

    @Test
    void call_ofAVariantThatIsNotThere_exitsWith1() {
        assertTrue(shell.run("call", bundle, "--checksums-only", "echo", ECHO, "--variant", "debug")
                .failure(1)
                .contains("there is no variant \"debug\""));
    }
}
