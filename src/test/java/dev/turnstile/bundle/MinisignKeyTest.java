package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.BundleException.Problem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys: made, written, read, and what they sign. What minisign itself thinks of them is another test's business. */
class MinisignKeyTest {
    private static final byte[] DATA = "data".getBytes(StandardCharsets.UTF_8);
    private static final char[] PASSWORD = "päss wörd".toCharArray();

    private final MinisignKey key = MinisignKey.generate();

    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("signing.key");
    }

    private static BundleSignature verify(String signature, MinisignKey signer) {
        return MinisignSignature.parse(new Source("test"), signature.getBytes(StandardCharsets.UTF_8))
                .verify(DATA, List.of(signer.publicKey()), false);
    }

    private static BundleException refusal(org.junit.jupiter.api.function.Executable read) {
        return assertThrows(BundleException.class, read);
    }

    // ---- signing ----

    @Test
    void signature_isVerifiedByThePublicHalf() {
        String signature = key.sign(DATA, "timestamp:1\tfile:data");

        assertEquals(
                new BundleSignature(key.publicKey().keyId(), "timestamp:1\tfile:data", false), verify(signature, key));
        assertEquals(signature, key.sign(DATA, "timestamp:1\tfile:data"), "the same each time");
        assertEquals(
                Problem.UNTRUSTED,
                refusal(() -> verify(signature, MinisignKey.generate())).problem());
    }

    @ParameterizedTest
    @ValueSource(strings = {"two\nlines", "cr\r", "nul\0", "escape\u001b[0m", " space", "space ", "lone \ud800"})
    void trustedComment_thatOthersWouldReadOtherwise_isRefused(String comment) {
        assertThrows(IllegalArgumentException.class, () -> key.sign(DATA, comment));
    }

    @Test
    void trustedComment_hasALimit() {
        assertEquals(
                8192,
                verify(key.sign(DATA, "x".repeat(8192)), key).trustedComment().length());
        assertThrows(IllegalArgumentException.class, () -> key.sign(DATA, "x".repeat(8193)));
    }

    // ---- key files ----

    @Test
    void unencryptedFile_isReadAsItWasWritten() throws Exception {
        key.writeUnencrypted(file());

        assertFalse(MinisignKey.isEncrypted(file()));
        assertEquals(key.publicKey(), MinisignKey.read(file()).publicKey());
        assertEquals(key.sign(DATA, "c"), MinisignKey.read(file(), PASSWORD).sign(DATA, "c"), "no password is needed");
        assertPrivate();
    }

    @Test
    void encryptedFile_isReadWithItsPasswordOnly() throws Exception {
        key.write(file(), PASSWORD);

        assertTrue(MinisignKey.isEncrypted(file()));
        assertEquals(key.sign(DATA, "c"), MinisignKey.read(file(), PASSWORD).sign(DATA, "c"));
        assertArrayEquals("päss wörd".toCharArray(), PASSWORD, "the caller's array is the caller's");
        BundleException wrong = refusal(() -> MinisignKey.read(file(), "pass word".toCharArray()));
        assertEquals(Problem.UNTRUSTED, wrong.problem());
        assertEquals("The key file " + file() + ": the password is wrong", wrong.getMessage());
        BundleException none = refusal(() -> MinisignKey.read(file()));
        assertTrue(none.getMessage().contains("it is encrypted"), none::getMessage);
        assertPrivate();
    }

    private void assertPrivate() throws Exception {
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
        }
        try (var files = Files.list(directory)) {
            assertEquals(List.of(file()), files.toList());
        }
    }

    @Test
    void emptyPassword_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> key.write(file(), new char[0]));
        assertFalse(Files.exists(file()));
    }

    @Test
    void existingFile_isNotOverwritten() throws Exception {
        Files.writeString(file(), "precious");

        BundleException refused = refusal(() -> key.writeUnencrypted(file()));
        assertEquals(Problem.IO, refused.problem());
        assertTrue(refused.getMessage().contains("is not overwritten"), refused::getMessage);
        assertEquals("precious", Files.readString(file()));
    }

    @Test
    void publicKeyFile_isReadAsItWasWritten() {
        Path open = directory.resolve("signing.pub");
        key.publicKey().write(open);

        assertEquals(key.publicKey(), MinisignPublicKey.read(open));
        assertEquals(key.publicKey(), MinisignPublicKey.parse(key.publicKey().base64()));
        assertTrue(key.publicKey().base64().startsWith("RW"), key.publicKey()::base64);
    }

    @Test
    void damagedKeyFile_isRefused() throws Exception {
        key.writeUnencrypted(file());
        List<String> lines = Files.readAllLines(file());
        byte[] bytes = java.util.Base64.getDecoder().decode(lines.get(1));
        bytes[80] ^= 1; // in the seed
        Files.writeString(file(), lines.get(0) + "\n" + MinisignText.encode(bytes) + "\n");
        BundleException changed = refusal(() -> MinisignKey.read(file()));
        assertTrue(changed.getMessage().endsWith("its checksum does not match"), changed::getMessage);

        Files.writeString(file(), "untrusted comment: x\nAAAA\n");
        BundleException tooShort = refusal(() -> MinisignKey.read(file()));
        assertTrue(tooShort.getMessage().endsWith("line 2 has 3 bytes, but must have 158"), tooShort::getMessage);

        Files.writeString(file(), "-----BEGIN PRIVATE KEY-----\n");
        BundleException other = refusal(() -> MinisignKey.read(file()));
        assertTrue(other.getMessage().contains("is not a minisign key file"), other::getMessage);
    }

    /** Windows editors write one. */
    @Test
    void byteOrderMark_isNotReadAsPartOfTheKey() throws Exception {
        Path publicFile = directory.resolve("signing.pub");
        key.publicKey().write(publicFile);
        key.write(file(), PASSWORD);
        for (Path written : List.of(publicFile, file())) {
            Files.writeString(written, "\ufeff" + Files.readString(written));
        }

        assertEquals(key.publicKey(), MinisignPublicKey.read(publicFile));
        assertEquals(
                key.publicKey(),
                MinisignPublicKey.parse("\ufeff" + key.publicKey().base64()));
        assertTrue(MinisignKey.isEncrypted(file()));
        assertEquals(key.publicKey(), MinisignKey.read(file(), PASSWORD).publicKey());
    }

    /** As PowerShell's {@code >} writes it. */
    @Test
    void keyFileInUtf16_isNamedAsThat() throws Exception {
        Path publicFile = directory.resolve("signing.pub");
        Files.writeString(publicFile, "\ufeff" + key.publicKey().base64(), StandardCharsets.UTF_16LE);
        BundleException refused = refusal(() -> MinisignPublicKey.read(publicFile));
        assertEquals(Problem.MALFORMED, refused.problem());
        assertTrue(
                refused.getMessage().endsWith("it is UTF-16 text, but must be UTF-8: save it as that"),
                refused.getMessage());

        Files.writeString(file(), "\ufeff" + MinisignText.UNTRUSTED, StandardCharsets.UTF_16BE);
        assertEquals(Problem.MALFORMED, refusal(() -> MinisignKey.read(file())).problem());
    }

    /** A file that would take gigabytes to decrypt is refused before it takes them. */
    @Test
    void greedyKeyFile_isRefused() throws Exception {
        key.write(file(), PASSWORD);
        List<String> lines = Files.readAllLines(file());
        byte[] bytes = java.util.Base64.getDecoder().decode(lines.get(1));
        bytes[38 + 8 + 5] = 1; // the limit for memory, little-endian
        Files.writeString(file(), lines.get(0) + "\n" + MinisignText.encode(bytes) + "\n");

        BundleException greedy = refusal(() -> MinisignKey.read(file(), PASSWORD));
        assertEquals(Problem.LIMIT, greedy.problem());
        assertTrue(greedy.getMessage().contains("1099645845504 bytes of memory"), greedy::getMessage);
    }

    @Test
    void keyFileOfManyOperations_isRefusedAboveMinisignsOwnLimit() throws Exception {
        key.write(file(), PASSWORD);
        List<String> lines = Files.readAllLines(file());
        byte[] bytes = java.util.Base64.getDecoder().decode(lines.get(1));
        bytes[38] = 1; // the lowest byte of the limit for operations, little-endian
        bytes[38 + 2] = 0;
        bytes[38 + 3] = 2;
        Files.writeString(file(), lines.get(0) + "\n" + MinisignText.encode(bytes) + "\n");

        BundleException greedy = refusal(() -> MinisignKey.read(file(), PASSWORD));
        assertEquals(Problem.LIMIT, greedy.problem());
        assertTrue(greedy.getMessage().contains("33554433 operations"), greedy::getMessage);
        assertTrue(greedy.getMessage().contains("33554432 and 1073741824"), greedy::getMessage);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "RW",
                "not base64!",
                "RWQ=",
                "untrusted comment: a\nuntrusted comment: b\nRWQ",
                "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO", // a letter short
                "AAAf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3", // not "Ed"
            })
    void otherText_isNoPublicKey(String text) {
        BundleException refused = refusal(() -> MinisignPublicKey.parse(text));
        assertEquals(Problem.MALFORMED, refused.problem());
        assertTrue(refused.getMessage().startsWith("The public key: "), refused::getMessage);
    }

    @ParameterizedTest
    @ValueSource(strings = {"keys/demo.pub", "/etc/keys/demo", "C:\\keys\\demo", "demo.key"})
    void pathInPlaceOfAKey_isNamedAsOne(String path) {
        BundleException refused = refusal(() -> MinisignPublicKey.parse(path));
        assertTrue(refused.getMessage().contains("MinisignPublicKey.read(path)"), refused::getMessage);
    }

    @Test
    void secretKeyInPlaceOfAPublicOne_isNamedAsOne() throws Exception {
        key.write(file(), PASSWORD);
        BundleException refused = refusal(() -> MinisignPublicKey.read(file()));
        assertTrue(refused.getMessage().contains("it is a secret key"), refused::getMessage);
        String pasted = Files.readAllLines(file()).get(1);
        assertTrue(refusal(() -> MinisignPublicKey.parse(pasted)).getMessage().contains("it is a secret key"));
    }

    /** Whoever reads a message, or a log, must not learn the key from it. */
    @Test
    void secretKeyLine_thatIsDamaged_isQuotedNowhere() throws Exception {
        key.writeUnencrypted(file());
        String comment = Files.readAllLines(file()).get(0);
        String line = Files.readAllLines(file()).get(1);
        List<String> damaged = List.of(
                line + " ",
                line + "A",
                line + ".",
                line.replace("=", ""),
                line.substring(0, 150),
                line.substring(1),
                line.substring(80),
                "/" + line.substring(80),
                line.substring(0, 100) + "!" + line.substring(101));
        for (String broken : damaged) {
            for (String text : List.of(broken, comment + "\n" + broken + "\n", "untrusted comment: mine\n" + broken)) {
                Files.writeString(file(), text);
                assertTellsNothing(line, refusal(() -> MinisignKey.read(file())));
                assertTellsNothing(line, refusal(() -> MinisignKey.isEncrypted(file())));
                assertTellsNothing(line, refusal(() -> MinisignPublicKey.read(file())));
                assertTellsNothing(line, refusal(() -> MinisignPublicKey.parse(text)));
            }
        }
    }

    @Test
    void secretKeyLine_thatIsDamaged_isToldWhatIsWrong() throws Exception {
        key.writeUnencrypted(file());
        List<String> lines = Files.readAllLines(file());
        String comment = lines.get(0) + "\n";
        String line = lines.get(1);

        Files.writeString(file(), comment + line + " \n");
        assertEquals(
                "The key file " + file() + ": line 2 is not base64 (213 characters; a space at its end?)",
                refusal(() -> MinisignKey.read(file())).getMessage());
        Files.writeString(file(), comment + line.replace("=", ""));
        assertEquals(
                "The key file " + file()
                        + ": line 2 is base64 with stray bits (211 characters; is a part of it missing?)",
                refusal(() -> MinisignKey.read(file())).getMessage());
        String shorter = line.substring(0, 150);
        assertTrue(refusal(() -> MinisignPublicKey.parse(shorter)).getMessage().contains("it is a secret key"));
    }

    /** Pasted where a file is to be named. */
    @Test
    void secretKeyInPlaceOfAFile_isQuotedNowhere() throws Exception {
        for (boolean encrypted : new boolean[] {false, true}) {
            Path written = directory.resolve(encrypted + ".key");
            if (encrypted) {
                key.write(written, PASSWORD);
            } else {
                key.writeUnencrypted(written);
            }
            String line = Files.readAllLines(written).get(1);
            Path pasted = Path.of(line);
            assertTellsNothing(line, refusal(() -> MinisignKey.read(pasted)));
            assertTellsNothing(line, refusal(() -> MinisignKey.read(pasted, PASSWORD)));
            assertTellsNothing(line, refusal(() -> MinisignKey.isEncrypted(pasted)));
            assertTellsNothing(line, refusal(() -> MinisignPublicKey.read(pasted)));
        }
    }

    private static void assertTellsNothing(String secret, Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            String told = cause.toString();
            for (int at = 0; at + 10 <= secret.length(); at++) {
                String part = secret.substring(at, at + 10);
                assertFalse(told.contains(part) && !part.equals("A".repeat(10)), told);
            }
        }
    }

    /** The example key of minisign's own manual page. */
    @Test
    void knownKey_hasItsKnownId() {
        MinisignPublicKey known = MinisignPublicKey.parse("RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3");
        assertEquals("E7620F1842B4E81F", known.keyId());
    }

    @Test
    void toString_tellsNothingSecret() {
        assertEquals("MinisignKey[" + key.publicKey().keyId() + "]", key.toString());
    }
}
