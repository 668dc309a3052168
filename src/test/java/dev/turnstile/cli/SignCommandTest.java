package dev.turnstile.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.bundle.MinisignKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code turnstile sign}: the same content under another key, and only after the old one was verified. */
class SignCommandTest {
    private final MinisignKey ours = MinisignKey.generate();
    private final Shell shell;
    private final Path theirs;
    private final Path key;
    private final Path output;

    SignCommandTest(@TempDir Path directory) {
        shell = new Shell(directory);
        theirs = shell.bundle("theirs.rbp");
        key = shell.path("ours.key");
        output = shell.path("ours.rbp");
        ours.writeUnencrypted(key);
    }

    @Test
    void sign_ofABundleThatIsTrusted_writesTheSameContentUnderTheKey() {
        shell.environment.put("SOURCE_DATE_EPOCH", "5");

        String written = shell.run("sign", theirs, "--key", Shell.PUBLIC, "--sign-key", key, "--output", output)
                .success();

        assertTrue(written.contains("signed by key " + ours.publicKey().keyId()), written);
        Bundle bundle = Bundle.open(output, BundleTrust.signedBy(ours.publicKey()));
        assertEquals(2, bundle.verifyAll().size());
        assertEquals("timestamp:5", bundle.signature().orElseThrow().trustedComment());
        assertEquals(ours.publicKey().base64(), bundle.manifest().publicKey().orElseThrow());
        assertArrayEquals(
                Bundle.open(theirs, Shell.trust()).library().bytes(),
                bundle.library().bytes());
        assertEquals("read me", new String(bundle.unverified("docs/README.md"), shell.charset));
    }

    @Test
    void sign_asJson_saysByWhom() {
        assertEquals(
                ours.publicKey().keyId(),
                shell.run("sign", "--json", theirs, "--checksums-only", "--sign-key", key, "--output", output)
                        .json()
                        .get("signed_by")
                        .stringValue());
    }

    @Test
    void sign_ofABundleThatIsNotTrusted_exitsWith1AndWritesNothing() throws IOException {
        String other = MinisignKey.generate().publicKey().base64();

        shell.run("sign", theirs, "--key", other, "--sign-key", key, "--output", output)
                .failure(1);

        assertEquals(Set.of("theirs.rbp", "ours.key"), shell.files());
    }

    @Test
    void sign_withoutTrustKeyOrOutput_exitsWith2() {
        assertTrue(shell.run("sign", theirs, "--sign-key", key, "--output", output)
                .failure(2)
                .contains("--checksums-only"));
        assertTrue(shell.run("sign", theirs, "--checksums-only", "--output", output)
                .failure(2)
                .contains("--sign-key"));
        assertTrue(shell.run("sign", theirs, "--checksums-only", "--sign-key", key)
                .failure(2)
                .contains("--output"));
    }

    @Test
    void sign_inPlace_needsForce() {
        Object[] inPlace = {"sign", theirs, "--key", Shell.PUBLIC, "--sign-key", key, "--output", theirs};
        assertTrue(shell.run(inPlace).failure(3).contains("it is not overwritten"));

        Object[] forced = {"sign", "--force", theirs, "--key", Shell.PUBLIC, "--sign-key", key, "--output", theirs};
        shell.run(forced).success();

        assertTrue(Bundle.open(theirs, BundleTrust.signedBy(ours.publicKey()))
                .signature()
                .isPresent());
    }

    @Test
    void sign_withWhatIsNoKey_exitsWith1_andWithNoFile_with3() throws IOException {
        Files.writeString(key, "no key");

        shell.run("sign", theirs, "--checksums-only", "--sign-key", key, "--output", output)
                .failure(1);
        shell.run("sign", theirs, "--checksums-only", "--sign-key", shell.path("none"), "--output", output)
                .failure(3);
    }
}
