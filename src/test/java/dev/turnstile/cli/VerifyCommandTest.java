package dev.turnstile.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.MinisignKey;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code turnstile verify}: what is verified, by whom, and that nobody is believed who was not named. */
class VerifyCommandTest {
    private static final String KEY_ID = Shell.KEY.publicKey().keyId();

    private final Shell shell;
    private final Path bundle;

    VerifyCommandTest(@TempDir Path directory) {
        shell = new Shell(directory);
        bundle = shell.bundle("echo.rbp");
    }

    @Test
    void verify_byTheKey_listsWhatWasVerifiedAndWhatWasNot() {
        Shell.Outcome outcome = shell.run("verify", bundle, "--key", Shell.PUBLIC);

        String signed = "signed by key " + KEY_ID + " (timestamp:1700000000)";
        assertEquals(
                "Verified " + bundle + ": echo 1.2.0\n"
                        + "  manifest.json: " + signed + "\n"
                        + "  " + Shell.libraryEntry() + ": checksum, " + signed + "\n"
                        + "  schema/messages.json: checksum\n"
                        + "  docs/README.md: NOT protected by anything\n",
                outcome.success());
        assertEquals("", outcome.err());
    }

    @Test
    void verify_byAKeyFile_orByOneOfSeveralKeys_succeeds() {
        Path file = shell.path("signing.pub");
        Shell.KEY.publicKey().write(file);
        String other = MinisignKey.generate().publicKey().base64();

        assertTrue(shell.run("verify", bundle, "--key-file", file).success().contains(KEY_ID));
        assertTrue(shell.run("verify", bundle, "--key", other, "--key-file", file)
                .success()
                .contains(KEY_ID));
    }

    @Test
    void verify_asJson_isOneDocument() {
        JsonNode json =
                shell.run("verify", bundle, "--key", Shell.PUBLIC, "--json").json();

        assertEquals(KEY_ID, json.get("signed_by").stringValue());
        assertEquals("manifest.json", json.at("/verified/0/entry").stringValue());
        assertEquals(
                "timestamp:1700000000", json.at("/verified/1/trusted_comment").stringValue());
        assertTrue(json.at("/verified/1/checksum").booleanValue());
        assertTrue(json.at("/verified/2/signed_by").isNull());
        assertEquals("docs/README.md", json.at("/unprotected/0").stringValue());
    }

    @Test
    void verify_byChecksumsOnly_saysThatNoSignatureWasLookedAt() {
        Shell.Outcome outcome = shell.run("verify", bundle, "--checksums-only");

        assertTrue(outcome.success().contains("by its checksums only: no signature was looked at"));
        assertFalse(outcome.out().contains("signed by"));
        JsonNode json =
                shell.run("verify", bundle, "--checksums-only", "--json").json();
        assertTrue(json.get("signed_by").isNull());
    }

    @Test
    void verify_withoutTrust_exitsWith2AndNamesBothWaysOut() {
        String message = shell.run("verify", bundle).failure(2);

        assertTrue(message.contains("--key"), message);
        assertTrue(message.contains("--checksums-only"), message);
        JsonNode json = shell.run("verify", bundle, "--json").json();
        assertEquals("USAGE", json.at("/error/problem").stringValue());
    }

    @Test
    void verify_byAnotherKey_exitsWith1() {
        String other = MinisignKey.generate().publicKey().base64();

        String message = shell.run("verify", bundle, "--key", other).failure(1);

        assertTrue(message.contains("it was made by key " + KEY_ID + ", and trusted is only"), message);
        JsonNode json = shell.run("verify", bundle, "--key", other, "--json").json();
        assertEquals("UNTRUSTED", json.at("/error/problem").stringValue());
        assertTrue(json.at("/error/message").stringValue().contains(KEY_ID));
    }

    @Test
    void verify_ofAnUnsignedBundleByAKey_exitsWith1() {
        Path unsigned = shell.path("unsigned.rbp");
        Shell.writer().write(unsigned);

        assertTrue(
                shell.run("verify", unsigned, "--key", Shell.PUBLIC).failure(1).contains("it is not signed"));
    }

    @Test
    void verify_withPins_refusesAnotherPluginAndAnOlderVersion() {
        Object[] trusted = {"verify", bundle, "--key", Shell.PUBLIC, "--name", "echo", "--at-least", "1.2.0"};
        assertEquals(0, shell.run(trusted).exitCode());

        assertTrue(shell.run("verify", bundle, "--checksums-only", "--name", "other")
                .failure(1)
                .contains("\"other\" was expected"));
        assertTrue(shell.run("verify", bundle, "--checksums-only", "--at-least", "1.2.1")
                .failure(1)
                .contains("at least \"1.2.1\" was expected"));
        assertTrue(shell.run("verify", bundle, "--checksums-only", "--at-least", "two")
                .failure(2)
                .contains("is not a semantic version"));
    }

    @Test
    void verify_withOptionsThatContradict_exitsWith2() {
        shell.run("verify", bundle, "--checksums-only", "--key", Shell.PUBLIC).failure(2);
        shell.run("verify", bundle, "--checksums-only", "--allow-legacy").failure(2);
        shell.run("verify", bundle, "--allow-legacy").failure(2);
    }

    @Test
    void verify_byWhatIsNoKey_exitsWith1_andByNoKeyFile_with3() {
        assertTrue(shell.run("verify", bundle, "--key", "RWnonsense").failure(1).contains("The public key"));
        assertTrue(shell.run("verify", bundle, "--key-file", shell.path("none.pub"))
                .failure(3)
                .contains("none.pub: there is no such file"));
    }

    /** The manifest comes first in the archive; a byte of the library's data is another one. */
    @Test
    void verify_ofADamagedBundle_exitsWith1() throws Exception {
        byte[] bytes = Files.readAllBytes(bundle);
        bytes[bytes.length / 2] ^= 1;
        Files.write(bundle, bytes);

        shell.run("verify", bundle, "--key", Shell.PUBLIC).failure(1);
    }
}
