package dev.turnstile.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.bundle.BundleWriter;
import dev.turnstile.bundle.MinisignKey;
import dev.turnstile.bundle.Platform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code turnstile combine}: one bundle of several, all of it or nothing, and only of what is trusted. */
class CombineCommandTest {
    private final Shell shell;
    private final Path linux;
    private final Path darwin;
    private final Path output;

    CombineCommandTest(@TempDir Path directory) {
        shell = new Shell(directory);
        linux = bundle("linux.rbp", Platform.LINUX_X86_64, "linux");
        darwin = bundle("darwin.rbp", Platform.DARWIN_AARCH64, "darwin!");
        output = shell.path("all.rbp");
    }

    private Path bundle(String name, Platform platform, String library) {
        return write(name, writer(platform, library));
    }

    private static BundleWriter writer(Platform platform, String library) {
        return new BundleWriter("echo", "1.2.0")
                .library(platform, "release", "libecho", library.getBytes(StandardCharsets.UTF_8));
    }

    private Path write(String name, BundleWriter writer) {
        Path file = shell.path(name);
        writer.signWith(Shell.KEY, "timestamp:1700000000").write(file);
        return file;
    }

    private Shell.Outcome combine(Object... more) {
        Stream<Object> first = Stream.of("combine", linux, darwin, "-o", output);
        return shell.run(Stream.concat(first, Arrays.stream(more)).toArray());
    }

    @Test
    void combine_ofBundlesThatAreTrusted_writesOneAndSaysWhatIsFromWhere() throws IOException {
        Shell.Outcome outcome = combine("--key", Shell.PUBLIC);

        assertEquals(
                String.join(
                        System.lineSeparator(),
                        "Wrote " + output + ", not signed",
                        "  linux-x86_64 release: 5 bytes, from " + linux,
                        "  darwin-aarch64 release: 7 bytes, from " + darwin,
                        ""),
                outcome.success());
        assertEquals("", outcome.err());
        Bundle all = Bundle.open(output, BundleTrust.checksumsOnly());
        assertEquals(2, all.verifyAll().size());
        assertArrayEquals(
                "darwin!".getBytes(shell.charset),
                all.library(Platform.DARWIN_AARCH64, "release").bytes());
        assertEquals(Set.of("linux.rbp", "darwin.rbp", "all.rbp"), shell.files());
    }

    @Test
    void combine_withAKey_signsTheNewBundle() {
        MinisignKey ours = MinisignKey.generate();
        ours.writeUnencrypted(shell.path("ours.key"));

        JsonNode json = combine("--checksums-only", "--sign-key", shell.path("ours.key"), "--json")
                .json();

        assertEquals(ours.publicKey().keyId(), json.get("signed_by").stringValue());
        assertEquals("echo", json.get("name").stringValue());
        assertEquals("1.2.0", json.get("version").stringValue());
        assertEquals("darwin-aarch64", json.at("/libraries/1/platform").stringValue());
        assertEquals(7, json.at("/libraries/1/size").intValue());
        assertEquals(darwin.toString(), json.at("/libraries/1/from").stringValue());
        Bundle all = Bundle.open(output, BundleTrust.signedBy(ours.publicKey()));
        assertEquals(2, all.verifyAll().size());
    }

    @Test
    void combine_ofABundleThatIsNotTrusted_exitsWith1AndWritesNothing() throws IOException {
        String other = MinisignKey.generate().publicKey().base64();

        combine("--key", other).failure(1);
        assertTrue(
                combine("--key", Shell.PUBLIC, "--name", "another").failure(1).contains("another"));
        new BundleWriter("echo", "1.2.0")
                .library(Platform.DARWIN_AARCH64, "release", "libecho", new byte[1])
                .writeOver(darwin);
        assertTrue(combine("--key", Shell.PUBLIC).failure(1).contains("it is not signed"));

        assertEquals(Set.of("linux.rbp", "darwin.rbp"), shell.files());
    }

    @Test
    void combine_ofBundlesThatDoNotGoTogether_exitsWith1NamesBothAndWritesNothing() throws IOException {
        Path other = bundle("other.rbp", Platform.LINUX_X86_64, "another");

        String message = shell.run("combine", linux, darwin, other, "--checksums-only", "-o", output)
                .failure(1);

        assertTrue(message.contains(linux.toString()), message);
        assertTrue(message.contains(other.toString()), message);
        assertEquals(
                "CONFLICT",
                shell.run("combine", linux, other, "--checksums-only", "-o", output, "--json")
                        .json()
                        .at("/error/problem")
                        .stringValue());
        assertEquals(Set.of("linux.rbp", "darwin.rbp", "other.rbp"), shell.files());
    }

    @Test
    void combine_ofDifferentSchemas_isRefusedUnlessAllowed() {
        Path other =
                write("other.rbp", writer(Platform.WINDOWS_X86_64, "w").schema("m.json", "{}".getBytes(shell.charset)));

        assertTrue(shell.run("combine", linux, other, "--checksums-only", "-o", output)
                .failure(1)
                .endsWith("If that is meant, each library can keep its own schemas: --allow-schema-mismatch"));
        shell.run("combine", linux, other, "--checksums-only", "-o", output, "--allow-schema-mismatch")
                .success();
    }

    /** It would be gone if the new one could not be written. */
    @Test
    void combine_intoOneOfTheBundles_exitsWith2EvenIfForcedAndByAnotherName() throws IOException {
        byte[] before = Files.readAllBytes(linux);
        Path link = Files.createSymbolicLink(shell.path("link.rbp"), linux);

        for (Path same : new Path[] {linux, link, shell.path("x/../linux.rbp")}) {
            Files.createDirectories(shell.path("x"));
            assertTrue(
                    shell.run("combine", linux, darwin, "--checksums-only", "-o", same, "--force")
                            .failure(2)
                            .contains("which is also read"),
                    same::toString);
        }
        assertArrayEquals(before, Files.readAllBytes(linux));
    }

    /** Of three bundles that should be there, one would be missing. */
    @Test
    void combine_ofABundleThatIsNamedTwice_exitsWith2() throws IOException {
        Path link = Files.createSymbolicLink(shell.path("link.rbp"), linux);

        for (Path same : new Path[] {linux, link}) {
            assertTrue(
                    shell.run("combine", linux, darwin, same, "--checksums-only", "-o", output)
                            .failure(2)
                            .contains(same + " is the same file as " + linux + ": name each bundle once"),
                    same::toString);
        }
        assertFalse(Files.exists(output));
    }

    @Test
    void combine_whereThereIsSuchAFile_exitsWith3_unlessForced() throws IOException {
        shell.write("all.rbp", "PK\3\4mine");

        assertTrue(combine("--checksums-only").failure(3).contains("it is not overwritten"));
        assertEquals("PK\3\4mine", Files.readString(output));

        combine("--checksums-only", "--force").success();
        assertEquals(
                2, Bundle.open(output, BundleTrust.checksumsOnly()).verifyAll().size());
        assertEquals(Set.of("linux.rbp", "darwin.rbp", "all.rbp"), shell.files());
    }

    @Test
    void combine_ofNoSuchFileOrNoBundle_exitsWith3Or1AndWritesNothing() throws IOException {
        assertTrue(shell.run("combine", linux, shell.path("none.rbp"), "--checksums-only", "-o", output)
                .failure(3)
                .contains("there is no such file"));
        Path text = shell.write("text.rbp", "no bundle");
        assertTrue(shell.run("combine", linux, text, "--checksums-only", "-o", output)
                .failure(1)
                .contains("it is not a ZIP archive"));
        assertEquals(Set.of("linux.rbp", "darwin.rbp", "text.rbp"), shell.files());
    }

    @Test
    void combine_withWrongUse_exitsWith2() {
        assertTrue(shell.run("combine", linux, darwin, "-o", output).failure(2).contains("--checksums-only"));
        assertTrue(shell.run("combine", linux, darwin, "--checksums-only")
                .failure(2)
                .contains("--output"));
        assertTrue(shell.run("combine", linux, "--checksums-only", "-o", output)
                .failure(2)
                .contains("BUNDLE"));
        assertTrue(
                combine("--checksums-only", "--password-file", linux).failure(2).contains("--sign-key"));
    }
}
