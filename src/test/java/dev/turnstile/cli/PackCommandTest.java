package dev.turnstile.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.BuildInfo;
import dev.turnstile.bundle.BuildInfo.Git;
import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleLimits;
import dev.turnstile.bundle.BundleManifest;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.bundle.Platform;
import dev.turnstile.testing.LibraryHeads;
import dev.turnstile.testing.TestPlugins;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code turnstile pack}: every option arrives in the bundle, which is there as a whole or not at all. */
class PackCommandTest {
    private final Shell shell;
    private final Path library;
    private final Path output;

    PackCommandTest(@TempDir Path directory) throws IOException {
        shell = new Shell(directory);
        library = Files.copy(TestPlugins.demo(), shell.path("libecho.so"));
        output = shell.path("echo.rbp");
    }

    private Shell.Outcome pack(Object... more) {
        Stream<Object> first = Stream.of("pack", "echo", "1.2.0", "--lib", "host:" + library, "--output", output);
        return shell.run(Stream.concat(first, Arrays.stream(more)).toArray());
    }

    private Bundle packed() {
        return Bundle.open(output, BundleTrust.checksumsOnly());
    }

    @Test
    void pack_ofALibrary_writesAnUnsignedBundle() throws IOException {
        Shell.Outcome outcome = pack();

        assertEquals("Wrote " + output + ", not signed" + System.lineSeparator(), outcome.success());
        assertEquals("", outcome.err());
        assertArrayEquals(Files.readAllBytes(library), packed().library().bytes());
        assertEquals(Optional.empty(), packed().manifest().buildInfo());
    }

    @Test
    void file_thatIsTooLong_isNamedWithTheLimit() throws IOException {
        Path huge = shell.path("huge.txt");
        try (RandomAccessFile sparse = new RandomAccessFile(huge.toFile(), "rw")) {
            sparse.setLength(3L << 30);
        }

        int limit = BundleLimits.defaults().entryBytes();
        assertEquals(
                "turnstile: The document " + huge
                        + ": it cannot be read: it has 3221225472 bytes, more than the limit of " + limit,
                pack("--doc", huge).failure(3));
        Files.delete(huge);
    }

    @Test
    void passwordFile_thatIsTooLong_isNamedWithTheLimit() throws IOException {
        Path key = shell.path("our.key");
        Shell.KEY.write(key, "x".repeat(4096).toCharArray());
        Path password = shell.write("password", "x".repeat(4096));
        pack("--sign-key", key, "--password-file", password).success();
        Files.delete(output);

        shell.write("password", "x".repeat(4097));
        assertEquals(
                "turnstile: The password file " + password
                        + ": it cannot be read: it has 4097 bytes, more than the limit of 4096",
                pack("--sign-key", key, "--password-file", password).failure(3));
    }

    @Test
    void pack_withEveryOption_putsAllIntoTheBundle() throws IOException {
        Path dll = Files.write(shell.path("echo.dll"), LibraryHeads.pe(0x80, 0xaa64));
        pack(
                        "--lib",
                        "windows-aarch64:" + dll,
                        "--lib",
                        "windows-aarch64:debug:" + dll,
                        "--schema",
                        shell.write("messages.json", "{}"),
                        "--schema",
                        "header.h=" + shell.write("a=b", "h"),
                        "--cyclonedx",
                        shell.write("c.json", "c"),
                        "--spdx",
                        shell.write("s.json", "s"),
                        "--notices",
                        shell.write("n", "n"),
                        "--license-file",
                        shell.write("l", "l"),
                        "--license",
                        "Apache-2.0",
                        "--description",
                        "Echoes.",
                        "--author",
                        "Ada",
                        "--author",
                        "Grace",
                        "--repository",
                        "https://example.org/echo",
                        "--doc",
                        shell.write("README.md", "r"),
                        "--metadata",
                        "a=b=c",
                        "--built-by",
                        "CI",
                        "--built-at",
                        "now",
                        "--host",
                        "here",
                        "--compiler",
                        "rustc",
                        "--git-commit",
                        "abc",
                        "--git-branch",
                        "main",
                        "--git-tag",
                        "v1",
                        "--git-dirty")
                .success();

        BundleManifest manifest = packed().manifest();
        assertEquals(
                Set.of("debug", "release"),
                manifest.platforms().get(Platform.WINDOWS_AARCH64).keySet());
        assertEquals(Set.of("header.h", "messages.json"), manifest.schemas().keySet());
        BundleManifest.Plugin plugin = manifest.plugin();
        assertEquals("echo", plugin.name());
        assertEquals("1.2.0", plugin.version());
        assertEquals(Optional.of("Echoes."), plugin.description());
        assertEquals(List.of("Ada", "Grace"), plugin.authors());
        assertEquals(Optional.of("Apache-2.0"), plugin.license());
        assertEquals(Optional.of("https://example.org/echo"), plugin.repository());
        assertEquals(
                BuildInfo.NONE
                        .withBuiltBy("CI")
                        .withBuiltAt("now")
                        .withHost("here")
                        .withCompiler("rustc")
                        .withGit(Git.ofCommit("abc")
                                .withBranch("main")
                                .withTag("v1")
                                .withDirty(true))
                        .withCustom("a", "b=c"),
                manifest.buildInfo().orElseThrow());
        assertTrue(packed().entries()
                .containsAll(Set.of(
                        "sbom/c.json",
                        "sbom/s.json",
                        "docs/NOTICES.txt",
                        "legal/LICENSE",
                        "docs/README.md",
                        "schema/header.h")));
    }

    @Test
    void pack_withAKeyAndADate_signsTheSameBytesEachTime() throws IOException {
        Shell.KEY.writeUnencrypted(shell.path("signing.key"));
        shell.environment.put("SOURCE_DATE_EPOCH", "1700000000");

        JsonNode json = pack("--sign-key", shell.path("signing.key"), "--json").json();
        byte[] first = Files.readAllBytes(output);
        pack("--sign-key", shell.path("signing.key"), "--force").success();

        assertEquals(Shell.KEY.publicKey().keyId(), json.get("signed_by").stringValue());
        assertArrayEquals(first, Files.readAllBytes(output));
        Bundle bundle = Bundle.open(output, Shell.trust());
        assertEquals("timestamp:1700000000", bundle.signature().orElseThrow().trustedComment());
    }

    @Test
    void pack_withAKeyAndNoDate_signsWithTheTime() {
        Shell.KEY.writeUnencrypted(shell.path("signing.key"));

        pack("--sign-key", shell.path("signing.key")).success();

        String comment =
                Bundle.open(output, Shell.trust()).signature().orElseThrow().trustedComment();
        assertTrue(comment.matches("timestamp:[0-9]{10,}"), comment);
    }

    @Test
    void pack_withADateThatIsNone_exitsWith2() throws IOException {
        Shell.KEY.writeUnencrypted(shell.path("signing.key"));
        shell.environment.put("SOURCE_DATE_EPOCH", "yesterday");

        assertTrue(pack("--sign-key", shell.path("signing.key")).failure(2).contains("SOURCE_DATE_EPOCH"));
        assertEquals(Set.of("libecho.so", "signing.key"), shell.files());
    }

    @Test
    void pack_whereThereIsSuchAFile_exitsWith3_unlessForced() throws IOException {
        shell.write("echo.rbp", "PK\3\4mine");

        assertTrue(pack().failure(3).contains("it is not overwritten"));
        assertEquals("PK\3\4mine", Files.readString(output));

        pack("--force").success();
        assertEquals("echo", packed().manifest().plugin().name());
        assertEquals(Set.of("echo.rbp", "libecho.so"), shell.files());
    }

    @Test
    void pack_ofNoSuchFile_exitsWith3NamesItAndLeavesNothing() throws IOException {
        Path missing = shell.path("missing");
        for (String option : List.of("--schema", "--cyclonedx", "--spdx", "--notices", "--license-file", "--doc")) {
            assertTrue(pack(option, missing).failure(3).contains(missing + ": there is no such file"), option);
        }
        assertTrue(pack("--lib", "host:debug:" + missing).failure(3).contains(missing.toString()));
        assertEquals(Set.of("libecho.so"), shell.files());
    }

    @Test
    void pack_ofWhatNoBundleMayBe_exitsWith1AndLeavesNothing() throws IOException {
        Shell.Outcome noRelease =
                shell.run("pack", "echo", "1.2.0", "--lib", "host:debug:" + library, "--output", output);

        assertTrue(noRelease.failure(1).contains("has no variant \"release\""), noRelease.err());
        assertTrue(pack("--lib", "host:" + library).failure(1).contains("already"));
        assertEquals(Set.of("libecho.so"), shell.files());
    }

    @Test
    void pack_withWrongUse_exitsWith2() {
        assertTrue(shell.run("pack", "echo", "1.2.0").failure(2).contains("--lib"));
        assertTrue(shell.run("pack", "echo").failure(2).contains("VERSION"));
        assertTrue(pack("--git-branch", "main").failure(2).contains("--git-commit"));
        assertTrue(pack("--password-file", library).failure(2).contains("--sign-key"));
        assertTrue(pack("--lib", "Linux:x").failure(2).contains("linux-x86_64"));
        assertTrue(pack("--metadata", "novalue").failure(2).contains("--metadata"));
        assertFalse(Files.exists(output));
    }

    /** What is packed by mistake is found by its users otherwise. */
    @Test
    void pack_ofWhatDoesNotFit_exitsWith1NamesItAndLeavesNothing() throws IOException {
        Path empty = shell.write("empty.so", "");
        Path text = shell.write("text.so", "#!/bin/sh");
        Path dll = Files.write(shell.path("echo.dll"), LibraryHeads.pe(0x80, 0x8664));
        Set<String> before = shell.files();

        assertTrue(pack("--lib", "linux-aarch64:" + empty)
                .failure(1)
                .contains("the library \"empty.so\" for linux-aarch64, \"release\": it is empty"));
        assertTrue(pack("--lib", "linux-aarch64:" + text)
                .failure(1)
                .contains("\"text.so\" for linux-aarch64, \"release\": it is not a library"));
        assertTrue(pack("--lib", "windows-aarch64:" + dll)
                .failure(1)
                .contains("\"echo.dll\" for windows-aarch64, \"release\": it was built for windows-x86_64"));
        assertTrue(pack("--schema", "messages.json=" + text)
                .failure(1)
                .contains("the schema \"messages.json\": it is not proper JSON"));
        assertTrue(shell.run("pack", "echo", "1.x", "--lib", "host:" + library, "-o", output)
                .failure(1)
                .contains("\"1.x\" is not a semantic version such as \"1.2.3\""));
        assertEquals(before, shell.files());
    }

    /** The name of the new file is made of the plugin's, and leads nowhere else. */
    @Test
    void pack_ofANameThatIsAPath_withoutOutput_exitsWith2() throws IOException {
        for (String name : List.of("../echo", shell.path("echo").toString(), "a/b", "a\\b", "a:b")) {
            assertTrue(
                    shell.run("pack", name, "1.2.0", "--lib", "host:" + library)
                            .failure(2)
                            .contains("NAME is \"" + name
                                    + "\" and VERSION is \"1.2.0\", which cannot be part of a file's name: name the"
                                    + " file with --output FILE"),
                    name);
        }
        assertEquals(Set.of("libecho.so"), shell.files());
    }
}
