package dev.turnstile.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.bundle.BundleWriter;
import dev.turnstile.bundle.MinisignKey;
import dev.turnstile.bundle.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code turnstile slim}: fewer libraries, and what was left out is said. */
class SlimCommandTest {
    private static final Platform LINUX = Platform.LINUX_X86_64;
    private static final Platform DARWIN = Platform.DARWIN_AARCH64;

    private final Shell shell;
    private final Path all;
    private final Path output;

    SlimCommandTest(@TempDir Path directory) {
        shell = new Shell(directory);
        all = shell.path("all.rbp");
        output = shell.path("slim.rbp");
        new BundleWriter("echo", "1.2.0")
                .library(LINUX, "release", "libecho.so", new byte[1])
                .library(LINUX, "debug", "libecho.so", new byte[22])
                .library(DARWIN, "release", "libecho.dylib", new byte[333])
                .document("README.md", new byte[4444])
                .signWith(Shell.KEY, "timestamp:1700000000")
                .write(all);
    }

    private Shell.Outcome slim(Object... more) {
        Stream<Object> first = Stream.of("slim", all, "--key", Shell.PUBLIC, "-o", output);
        return shell.run(Stream.concat(first, Arrays.stream(more)).toArray());
    }

    private List<String> entries() {
        return List.copyOf(Bundle.open(output, BundleTrust.checksumsOnly()).entries());
    }

    @Test
    void slim_withNothingNamed_keepsTheReleasesOfAllPlatforms() throws IOException {
        String said = slim().success();

        assertEquals(
                String.join(
                        System.lineSeparator(),
                        "Wrote " + output + ", not signed, " + Files.size(output) + " bytes instead of "
                                + Files.size(all),
                        "  left out lib/linux-x86_64/debug/libecho.so: 22 bytes",
                        ""),
                said);
        assertEquals(
                List.of(
                        "manifest.json",
                        "docs/README.md",
                        "lib/darwin-aarch64/release/libecho.dylib",
                        "lib/linux-x86_64/release/libecho.so"),
                entries());
    }

    @Test
    void slim_ofOnePlatformWithoutDocuments_keepsNothingElse() {
        JsonNode json = slim("--platform", LINUX, "--exclude-docs", "--json").json();

        assertEquals(List.of("manifest.json", "lib/linux-x86_64/release/libecho.so"), entries());
        assertEquals(1, json.get("libraries").size());
        assertEquals(1, json.at("/libraries/0/size").intValue());
        assertEquals(3, json.get("dropped").size());
        assertEquals("docs/README.md", json.at("/dropped/0/entry").stringValue());
        assertEquals(4444, json.at("/dropped/0/size").intValue());
        assertTrue(json.get("size").intValue() < json.get("size_before").intValue(), json::toString);
    }

    @Test
    void slim_ofVariantsThatAreNamed_keepsThemWhereTheyAre() {
        slim("--variant", "debug", "--variant", "release").success();

        Bundle slim = Bundle.open(output, BundleTrust.checksumsOnly());
        assertEquals(
                Set.of("debug", "release"),
                slim.manifest().platforms().get(LINUX).keySet());
        assertEquals(Set.of("release"), slim.manifest().platforms().get(DARWIN).keySet());
    }

    @Test
    void slim_withAKey_signsTheNewBundle() {
        MinisignKey ours = MinisignKey.generate();
        ours.writeUnencrypted(shell.path("ours.key"));

        assertTrue(slim("--sign-key", shell.path("ours.key"))
                .success()
                .contains("signed by key " + ours.publicKey().keyId()));

        assertEquals(
                2,
                Bundle.open(output, BundleTrust.signedBy(ours.publicKey()))
                        .verifyAll()
                        .size());
    }

    @Test
    void slim_toWhatIsNotThere_exitsWith1AndWritesNothing() throws IOException {
        assertTrue(slim("--platform", "windows-x86_64")
                .failure(1)
                .endsWith("there is no platform windows-x86_64 to keep, only darwin-aarch64, linux-x86_64"));
        assertTrue(slim("--variant", "release", "--variant", "nightly")
                .failure(1)
                .endsWith("there is no variant nightly to keep, only debug, release"));
        assertTrue(slim("--platform", DARWIN, "--variant", "release", "--variant", "debug")
                .failure(1)
                .endsWith("there is no variant debug to keep, only release"));
        assertEquals(Set.of("all.rbp"), shell.files());
    }

    @Test
    void slim_ofABundleThatIsNotTrusted_exitsWith1AndWritesNothing() throws IOException {
        String other = MinisignKey.generate().publicKey().base64();

        shell.run("slim", all, "--key", other, "-o", output).failure(1);
        shell.run("slim", shell.path("none"), "--checksums-only", "-o", output).failure(3);

        assertEquals(Set.of("all.rbp"), shell.files());
    }

    @Test
    void slim_overItsInputOrWhatIsThere_isRefused() throws IOException {
        byte[] before = Files.readAllBytes(all);

        assertTrue(shell.run("slim", all, "--checksums-only", "--force", "-o", all)
                .failure(2)
                .contains("which is also read"));
        assertArrayEquals(before, Files.readAllBytes(all));
        shell.write("slim.rbp", "PK\3\4mine");
        assertTrue(slim().failure(3).contains("it is not overwritten"));
        assertEquals("PK\3\4mine", Files.readString(output));
        slim("--force").success();
    }

    @Test
    void slim_withWrongUse_exitsWith2() {
        assertTrue(slim("--variant", "debug").failure(2).contains("--variant release is missing"));
        assertTrue(shell.run("slim", all, "-o", output).failure(2).contains("--checksums-only"));
        assertTrue(shell.run("slim", all, "--checksums-only").failure(2).contains("--output"));
        assertTrue(slim("--platform", "amiga").failure(2).contains("amiga"));
    }
}
