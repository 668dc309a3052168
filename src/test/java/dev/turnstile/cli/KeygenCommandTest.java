package dev.turnstile.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.MinisignKey;
import dev.turnstile.bundle.MinisignPublicKey;
import dev.turnstile.testing.TestPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code turnstile keygen}, and where the passwords of keys come from. */
@Tag("slow")
class KeygenCommandTest {
    private final Shell shell;
    private final Path key;
    private final Path publicKey;

    KeygenCommandTest(@TempDir Path directory) {
        shell = new Shell(directory);
        key = shell.path("signing.key");
        publicKey = shell.path("signing.pub");
    }

    private void assertIsKey(String password) {
        assertTrue(MinisignKey.isEncrypted(key));
        assertEquals(
                MinisignPublicKey.read(publicKey),
                MinisignKey.read(key, password.toCharArray()).publicKey());
    }

    @Test
    void keygen_unencrypted_writesBothFilesAndPrintsThePublicKeyAlone() throws IOException {
        Shell.Outcome outcome = shell.run("keygen", "--output", key, "--unencrypted");

        String base64 = MinisignKey.read(key).publicKey().base64();
        assertEquals(base64 + System.lineSeparator(), outcome.success());
        assertEquals(base64, MinisignPublicKey.read(publicKey).base64());
        assertEquals(
                "Wrote " + key + " (not encrypted) and " + publicKey,
                outcome.err().strip());
        assertEquals(Set.of("signing.key", "signing.pub"), shell.files());
    }

    @Test
    void keygen_asJson_namesTheFiles() {
        Shell.Outcome outcome = shell.run("keygen", "--json", "--output", key, "--unencrypted");

        JsonNode json = outcome.json();
        assertEquals("", outcome.err());
        assertEquals(publicKey.toString(), json.get("public_key_file").stringValue());
        assertEquals(
                MinisignPublicKey.read(publicKey).base64(),
                json.get("public_key").stringValue());
        assertFalse(json.get("encrypted").booleanValue());
    }

    @Test
    void keygen_withAPasswordThatIsTypedTwice_encrypts() {
        shell.typed.addAll(List.of("secret", "secret"));

        shell.run("keygen", "--output", key).success();

        assertIsKey("secret");
    }

    @Test
    void keygen_withTwoPasswords_orAnEmptyOne_orNobodyToAsk_exitsWith2AndWritesNothing() throws IOException {
        shell.typed.addAll(List.of("secret", "Secret"));
        assertTrue(shell.run("keygen", "--output", key).failure(2).contains("the two passwords differ"));
        shell.typed.addAll(List.of("", ""));
        assertTrue(shell.run("keygen", "--output", key).failure(2).contains("the password is empty"));
        String nobody = shell.run("keygen", "--output", key).failure(2);

        assertTrue(nobody.contains("--password-file"), nobody);
        assertTrue(nobody.contains("TURNSTILE_KEY_PASSWORD"), nobody);
        assertEquals(Set.of(), shell.files());
    }

    @Test
    void keygen_withAPasswordFile_takesItsFirstLineBeforeTheEnvironment() {
        shell.environment.put("TURNSTILE_KEY_PASSWORD", "other");
        Path file = shell.write("password", "gehe\u00edm\r\nsecond line\n");

        shell.run("keygen", "--output", key, "--password-file", file).success();

        assertIsKey("gehe\u00edm");
    }

    @Test
    void keygen_withAPasswordInTheEnvironment_encrypts_andPackReadsIt() {
        shell.environment.put("TURNSTILE_KEY_PASSWORD", "secret");
        shell.run("keygen", "--output", key).success();
        assertIsKey("secret");
        Object[] pack = {
            "pack",
            "echo",
            "1.0.0",
            "--lib",
            "host:" + TestPlugins.demo(),
            "--sign-key",
            key,
            "--output",
            shell.path("x.rbp"),
            "--force"
        };

        shell.run(pack).success();
        shell.environment.put("TURNSTILE_KEY_PASSWORD", "wrong");
        assertTrue(shell.run(pack).failure(1).contains("the password is wrong"));
        shell.environment.clear();
        assertTrue(shell.run(pack).failure(2).contains("--password-file"));
        shell.typed.add("secret");
        shell.run(pack).success();
    }

    @Test
    void keygen_whenThePublicKeyCannotBeWritten_leavesNoSecretKey() throws IOException {
        shell.write("signing.pub", "mine");

        assertTrue(
                shell.run("keygen", "--output", key, "--unencrypted").failure(3).contains("signing.pub"));
        assertEquals(Set.of("signing.pub"), shell.files());
        assertEquals("mine", Files.readString(publicKey));
    }

    @Test
    void keygen_whereThereIsAKey_exitsWith3AndLeavesItAlone() throws IOException {
        shell.write("signing.key", "mine");

        shell.run("keygen", "--output", key, "--unencrypted").failure(3);

        assertEquals("mine", Files.readString(key));
        assertEquals(Set.of("signing.key"), shell.files());
    }

    @Test
    void keygen_namesThePublicKeyByTheEnding() throws IOException {
        shell.run("keygen", "--unencrypted", "--output", shell.path("plain")).success();
        shell.run("keygen", "--unencrypted", "--output", shell.path("a.b.key")).success();
        assertTrue(shell.run("keygen", "--unencrypted", "--output", shell.path("x.pub"))
                .failure(2)
                .contains(".pub is the ending of the public key"));

        assertEquals(Set.of("a.b.key", "a.b.pub", "plain", "plain.pub"), shell.files());
    }

    @Test
    void keygen_unencryptedWithAPasswordFile_orWithoutOutput_exitsWith2() {
        shell.run("keygen", "--unencrypted", "--output", key, "--password-file", "x")
                .failure(2);
        assertTrue(shell.run("keygen", "--unencrypted").failure(2).contains("--output"));
    }
}
