package dev.turnstile.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.TestPlugins;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code turnstile call --raw}: bytes to a message that has a number, and the bytes of its reply. */
class CallRawTest {
    /** The demo plugin's messages. */
    private static final int ECHO = 1;

    private static final int EMPTY = 2;
    private static final int FAIL = 3;

    private final Shell shell;
    private final Path library;

    CallRawTest(@TempDir Path directory) {
        shell = new Shell(directory);
        shell.charset = StandardCharsets.ISO_8859_1; // in which every byte is a character
        library = TestPlugins.privateCopy("turnstile_demo", directory);
    }

    @Test
    void raw_ofHexadecimalDigits_printsTheBytesAndNothingElse() {
        Shell.Outcome outcome = shell.run("call", library, "--raw", ECHO, "00fFCA0a");

        assertEquals("\0\u00ff\u00ca\n", outcome.success());
        assertEquals("", outcome.err());
    }

    @Test
    void raw_ofABundle_asksForTrust() {
        Path bundle = shell.bundle("echo.rbp");

        assertEquals(
                "hi",
                shell.run("call", bundle, "--key", Shell.PUBLIC, "--raw", "0x1", "6869")
                        .success());
        shell.run("call", bundle, "--raw", ECHO, "6869").failure(2);
    }

    @Test
    void raw_withHex_printsDigitsOnOneLine() {
        assertEquals(
                "00ffca0a" + System.lineSeparator(),
                shell.run("call", library, "--raw", ECHO, "00fFCA0a", "--hex").success());
        assertEquals(
                System.lineSeparator(),
                shell.run("call", library, "--raw", EMPTY, "--hex").success());
    }

    @Test
    void raw_asJson_hasTheNumberAndTheDigits() {
        JsonNode json =
                shell.run("call", library, "--raw", ECHO, "cafe", "--json").json();

        assertEquals(ECHO, json.get("message_id").intValue());
        assertEquals(2, json.get("size").intValue());
        assertEquals("cafe", json.get("response_hex").stringValue());
    }

    @Test
    void raw_ofStandardInput_sendsItsBytes() {
        byte[] every = new byte[256];
        for (int i = 0; i < every.length; i++) {
            every[i] = (byte) i;
        }
        Terminal terminal = shell.terminal(new ByteArrayInputStream(every));

        assertEquals(0, Main.run(terminal, "call", library.toString(), "--raw", "1", "-"));

        assertArrayEquals(every, shell.printed().getBytes(shell.charset));
    }

    @Test
    void raw_ofAFileIntoAFile_writesTheBytes() throws IOException {
        Path request = Files.write(shell.path("request"), new byte[] {-1, 0, 10});
        Path reply = shell.path("reply");

        Object[] call = {"call", library, "--raw", ECHO, "--request-file", request, "-o", reply};
        assertEquals("Wrote " + reply + ", 3 bytes", shell.run(call).success().strip());
        assertArrayEquals(Files.readAllBytes(request), Files.readAllBytes(reply));

        assertTrue(shell.run(call).failure(3).contains("it is not overwritten"));
        Files.delete(reply);
        JsonNode json = shell.run("call", library, "--raw", ECHO, "--request-file", request, "-o", reply, "--json")
                .json();
        assertEquals(reply.toString(), json.get("file").stringValue());
        assertFalse(json.has("response_hex"));
    }

    @Test
    void raw_thatThePluginRefuses_exitsWith1AndItsCode_andLeavesNoFile() {
        Path reply = shell.path("reply");

        String message = shell.run("call", library, "--raw", FAIL, "-o", reply).failure(1);
        assertTrue(message.contains("handler error (7): failed as asked"), message);
        JsonNode error = shell.run("call", library, "--raw", "4294967295", "--json")
                .json()
                .get("error");
        assertEquals(6, error.get("code").intValue());
        assertFalse(Files.exists(reply));
    }

    @Test
    void raw_ofAPluginWithoutRawCalls_exitsWith1() {
        Path without = TestPlugins.library("raw_without_free");

        assertTrue(shell.run("call", without, "--raw", ECHO, "00").failure(1).contains("it has no raw calls"));
        assertEquals(
                "UNSUPPORTED",
                shell.run("call", without, "--raw", ECHO, "--json")
                        .json()
                        .at("/error/problem")
                        .stringValue());
    }

    @Test
    void raw_withinATime_isMade() {
        assertEquals(
                "hi",
                shell.run("call", library, "--raw", ECHO, "6869", "--timeout", "60")
                        .success());
    }

    @Test
    void raw_whoseFilesCannotBeUsed_exitsWith3BeforeTheCall() {
        assertTrue(shell.run("call", library, "--raw", ECHO, "--request-file", shell.path("none"))
                .failure(3)
                .contains("there is no such file"));
        assertTrue(shell.run("call", shell.path("none.so"), "--raw", ECHO, "-o", shell.path("no/reply"))
                .failure(3)
                .contains("there is no directory"));
    }

    @Test
    void raw_withWrongUse_exitsWith2() {
        for (Object wrong : new Object[] {"-1", "4294967296", "0x", "seven", "0x-1", "+1"}) {
            assertTrue(
                    shell.run("call", library, "--raw=" + wrong, "00")
                            .failure(2)
                            .contains("--raw is " + wrong),
                    wrong::toString);
        }
        assertTrue(shell.run("call", library, "--raw", ECHO, "0").failure(2).contains("is not hexadecimal"));
        assertTrue(shell.run("call", library, "--raw", ECHO, "echo", "00")
                .failure(2)
                .contains("leave out echo"));
        assertTrue(shell.run("call", library, "--raw", ECHO, "00", "--request-file", library)
                .failure(2)
                .contains("--request-file"));
        assertTrue(
                shell.run("call", library, "--raw", ECHO, "--watch").failure(2).contains("--watch"));
        assertTrue(shell.run("call", library, "--raw", ECHO, "--hex", "-o", shell.path("reply"))
                .failure(2)
                .contains("--hex"));
        assertTrue(shell.run("call", library, "echo", "{}", "--hex").failure(2).contains("--raw ID"));
        assertTrue(shell.run("call", library).failure(2).contains("TAG"));
    }
}
