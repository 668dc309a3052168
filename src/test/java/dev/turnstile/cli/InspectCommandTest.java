package dev.turnstile.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.BuildInfo;
import dev.turnstile.bundle.BuildInfo.Git;
import dev.turnstile.bundle.BundleWriter;
import dev.turnstile.bundle.Platform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** {@code turnstile inspect}: shows all there is, says that nothing of it is verified, and is not fooled by what it shows. */
class InspectCommandTest {
    private final Shell shell;

    InspectCommandTest(@TempDir Path directory) {
        shell = new Shell(directory);
    }

    private static BundleWriter everything() {
        return new BundleWriter("echo", "1.2.0")
                .description("Echoes.")
                .author("Ada")
                .author("Grace")
                .license("Apache-2.0")
                .repository("https://example.org/echo")
                .library(Platform.LINUX_X86_64, "release", "libecho.so", bytes("library"))
                .library(Platform.WINDOWS_AARCH64, "release", "echo.dll", bytes("longer library"))
                .build(Platform.WINDOWS_AARCH64, "release", "{\"profile\":\"fast\"}")
                .buildInfo(Platform.WINDOWS_AARCH64, "release", BuildInfo.NONE.withCompiler("msvc 19"))
                .schema(Platform.WINDOWS_AARCH64, "release", "own.h", bytes("h"))
                .schema("messages.json", bytes("{}"))
                .cyclonedx("sbom.cdx.json", bytes("{}"))
                .spdx("sbom.spdx.json", bytes("{}"))
                .notices(bytes("n"))
                .licenseFile(bytes("l"))
                .document("README.md", bytes("r"))
                .buildInfo(BuildInfo.NONE
                        .withBuiltBy("CI")
                        .withBuiltAt("2026-01-01")
                        .withHost("x86_64-linux")
                        .withCompiler("rustc 1.95")
                        .withGit(Git.ofCommit("abc123")
                                .withBranch("main")
                                .withTag("v1")
                                .withDirty(true)))
                .metadata("pipeline", "7")
                .signWith(Shell.KEY, "timestamp:1");
    }

    @Test
    void inspect_ofABundleWithEverything_showsAllAndSaysNotVerified() {
        everything().write(shell.path("echo.rbp"));

        Shell.Outcome outcome = shell.run("inspect", shell.path("echo.rbp"));

        String shown = outcome.success();
        assertEquals("", outcome.err());
        assertTrue(shown.lines().findFirst().orElseThrow().contains("not verified"), shown);
        for (String expected : List.of(
                "Plugin:          echo 1.2.0",
                "Description:     Echoes.",
                "Author:          Ada",
                "Author:          Grace",
                "Licence:         Apache-2.0",
                "Repository:      https://example.org/echo",
                "Format:          1.1",
                "Signed:          yes, not verified",
                "Public key:      " + Shell.PUBLIC + ", key id "
                        + Shell.KEY.publicKey().keyId() + " (only a claim:",
                "  linux-x86_64 release: lib/linux-x86_64/release/libecho.so, 7 bytes",
                "    SHA-256:",
                "  windows-aarch64 release: lib/windows-aarch64/release/echo.dll, 14 bytes",
                "    Build:           {\"profile\":\"fast\"}",
                "    Compiler:        msvc 19",
                "      own.h: schema/windows-aarch64/release/own.h, c-header",
                "  messages.json: schema/messages.json, json-schema",
                "SBOM, CycloneDX: sbom/sbom.cdx.json",
                "SBOM, SPDX:      sbom/sbom.spdx.json",
                "Notices:         docs/NOTICES.txt",
                "Licence file:    legal/LICENSE",
                "Built by:        CI",
                "Built at:        2026-01-01",
                "Built on:        x86_64-linux",
                "Compiler:        rustc 1.95",
                "Git commit:      abc123, with changes that were not committed",
                "Git branch:      main",
                "Git tag:         v1",
                "Metadata:        pipeline = 7",
                "Entries (",
                "  docs/README.md",
                "  manifest.json.minisig")) {
            assertTrue(shown.contains("\n" + expected), () -> expected + "\nis not in\n" + shown);
        }
    }

    @Test
    void inspect_asJson_hasTheManifestAsItIsAndWhatItDoesNotSay() {
        everything().write(shell.path("echo.rbp"));

        JsonNode json = shell.run("inspect", "--json", shell.path("echo.rbp")).json();

        assertFalse(json.get("verified").booleanValue());
        assertTrue(json.get("signed").booleanValue());
        assertEquals(Shell.KEY.publicKey().keyId(), json.get("claimed_key_id").stringValue());
        assertEquals("echo", json.at("/manifest/plugin/name").stringValue());
        assertEquals("abc123", json.at("/manifest/build_info/git/commit").stringValue());
        assertEquals(7, json.at("/libraries/0/size").intValue());
        assertEquals("windows-aarch64", json.at("/libraries/1/platform").stringValue());
        assertTrue(json.get("entries").toString().contains("docs/README.md"));
    }

    @Test
    void inspect_ofAnUnsignedBundle_saysSo() {
        Shell.writer().write(shell.path("echo.rbp"));

        String shown = shell.run("inspect", shell.path("echo.rbp")).success();

        assertTrue(shown.contains("Signed:          no\n"), shown);
        assertFalse(shown.contains("Public key"), shown);
    }

    /** A bundle must not be able to add lines of its own, or to act on the terminal. */
    @Test
    void inspect_ofTextThatActsOnATerminal_showsItEscaped() {
        Shell.writer().description("fine\n\u001b[2JSigned: yes\u202e\u0085").write(shell.path("echo.rbp"));

        String shown = shell.run("inspect", shell.path("echo.rbp")).success();

        assertTrue(shown.contains("Description:     fine\\u000a\\u001b[2JSigned: yes\\u202e\\u0085\n"), shown);
        JsonNode json = shell.run("inspect", "--json", shell.path("echo.rbp")).json();
        assertEquals(
                "fine\n\u001b[2JSigned: yes\u202e\u0085",
                json.at("/manifest/plugin/description").stringValue());
    }

    @Test
    void inspect_ofWhatIsNoBundle_exitsWith1AndOneLine() {
        Path file = shell.write("echo.rbp", "no bundle");

        assertEquals(
                "turnstile: The bundle " + file + ": it is not a ZIP archive, or is cut off: there is no end record",
                shell.run("inspect", file).failure(1));
        JsonNode json = shell.run("inspect", file, "--json").json();
        assertEquals("MALFORMED", json.at("/error/problem").stringValue());
    }

    /** As libraries for Linux, macOS (for one processor, and for several) and Windows begin. */
    @ParameterizedTest
    @ValueSource(strings = {"7f454c46", "cffaedfe", "cafebabe", "4d5a9000"})
    void inspect_ofALibrary_saysThatItIsOne(String begin) throws IOException {
        Path file = shell.path("echo.rbp");
        Files.write(file, HexFormat.of().parseHex(begin + "00"));

        assertEquals(
                "turnstile: The bundle " + file
                        + ": it is a library, not a bundle: `turnstile doctor` examines one, and `turnstile call`"
                        + " calls one",
                shell.run("inspect", file).failure(1));
    }

    @Test
    void inspect_ofNoFile_exitsWith3() throws IOException {
        Path file = shell.path("missing.rbp");

        assertEquals(
                "turnstile: The bundle " + file + ": there is no such file",
                shell.run("inspect", file).failure(3));
        assertEquals(
                "IO",
                shell.run("inspect", file, "--json").json().at("/error/problem").stringValue());
        assertEquals(Set.of(), shell.files());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** What a program reads must be what is there. */
    @Test
    void inspect_asJson_hasTheManifestToTheLetter() {
        Path file = shell.path("numbers.rbp");
        String numbers = "[1e999,-0,0.1234567890123456789012345]";
        Shell.writer()
                .build(Platform.host(), "release", "{\"numbers\":" + numbers + "}")
                .write(file);

        String json = shell.run("inspect", "--json", file).success();

        assertTrue(json.replaceAll("\\s", "").contains(numbers), json);
    }
}
