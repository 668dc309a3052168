package dev.turnstile.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.TestPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A message of a command names what is wrong and the way out in the user's words: options, not methods, and no Java exceptions. */
class MessagesTest {
    private static final String TOO_LONG = "x".repeat(300);

    private final Shell shell;
    private final Path bundle;
    private final Path library = TestPlugins.demo();

    MessagesTest(@TempDir Path directory) {
        shell = new Shell(directory);
        bundle = shell.bundle("echo.rbp");
    }

    private void assertMessage(int exitCode, String part, Object... command) {
        String message = shell.run(command).failure(exitCode);
        assertTrue(message.contains(part), message);
        assertFalse(message.contains("java."), message);
        assertFalse(message.contains("Exception"), message);
    }

    // ---- values of options ----

    @Test
    void timeout_thatIsNoNumber() {
        for (String wrong : List.of("abc", "", "0", "-1", "1e10")) {
            assertMessage(
                    2,
                    "--timeout': \"" + wrong
                            + "\" is not a number of seconds, more than 0 and at most 1000000000, such as 30 or 0.5",
                    "call",
                    library,
                    "echo",
                    "{}",
                    "--timeout",
                    wrong);
        }
    }

    @Test
    void fileName_thatIsEmpty() {
        String empty = "the name of a file is empty";
        assertMessage(2, empty, "pack", "echo", "1.0.0", "--lib", "host:" + library, "--output", "");
        assertMessage(2, empty, "pack", "echo", "1.0.0", "--lib", "host:" + library, "--schema", "m.json=");
        assertMessage(2, empty, "extract", bundle, "--checksums-only", "--output", "");
        assertMessage(2, empty, "keygen", "--output", "");
        assertMessage(2, empty, "verify", "", "--checksums-only");
        assertMessage(2, empty, "verify", bundle, "--key-file", "");
        assertMessage(2, empty, "call", "", "echo", "{}");
    }

    @Test
    void platform_thatIsNone() {
        String known = "\"linux\" is not a platform such as \"linux-x86_64\": known are darwin-aarch64, darwin-x86_64,"
                + " linux-aarch64, linux-x86_64, windows-aarch64 and windows-x86_64, and \"host\" is this machine";
        assertMessage(2, known, "extract", bundle, "--checksums-only", "--platform", "linux");
        assertMessage(2, known, "slim", bundle, "--checksums-only", "-o", "x", "--platform", "linux");
        assertMessage(2, known, "pack", "echo", "1.0.0", "--lib", "linux:" + library);
    }

    // ---- keys ----

    @Test
    void publicKey_inThePlaceOfTheSecretOne() throws IOException {
        Path open = shell.path("k.pub");
        Shell.KEY.publicKey().write(open);

        assertMessage(
                1,
                "The key file " + open
                        + ": it is a public key, which verifies signatures and makes none: give the secret"
                        + " key, whose file is beside it",
                "sign",
                bundle,
                "--checksums-only",
                "--sign-key",
                open,
                "-o",
                shell.path("signed.rbp"));
        Files.delete(open);
    }

    @Test
    void publicKey_thatIsDamaged() {
        String key = Shell.PUBLIC;
        for (String damaged : List.of("RWfoo", "foo", key.substring(0, 55), key + "A", "RW==")) {
            assertMessage(
                    1,
                    "The public key: \"" + damaged
                            + "\" is not a public key, which begins with RW and has 56 characters; copy all of it",
                    "verify",
                    bundle,
                    "--key",
                    damaged);
        }
    }

    @Test
    void fileInThePlaceOfAKey() {
        assertMessage(1, "--key-file reads one", "verify", bundle, "--key", "./signing.pub");
    }

    // ---- what the file system refuses ----

    @Test
    void file_thatTheSystemRefuses() {
        Path tooLong = shell.path(TOO_LONG);
        Path directory = shell.directory;
        assertMessage(
                3,
                "it cannot be written to " + directory + ": the file name is too long",
                "slim",
                bundle,
                "--checksums-only",
                "-o",
                tooLong);
        assertMessage(3, "the file name is too long", "keygen", "--unencrypted", "-o", tooLong);
        assertMessage(3, "it cannot be read: the file name is too long", "verify", tooLong, "--checksums-only");
        assertMessage(3, "it is not a file", "call", directory, "echo", "{}");
        assertMessage(3, "it is a directory", "pack", "e", "1.0.0", "--lib", "host:" + library, "--schema", directory);
    }

    // ---- what has another name here than in Java ----

    @Test
    void methodsOfTheLibrary_areNamedAsOptions() {
        assertMessage(
                1,
                "it is a library, not a bundle: `turnstile doctor` examines one, and `turnstile call` calls one",
                "inspect",
                library);
    }
}
