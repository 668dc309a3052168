package dev.turnstile.bundle;

import static dev.turnstile.testing.LibraryHeads.elf;
import static dev.turnstile.testing.LibraryHeads.machO;
import static dev.turnstile.testing.LibraryHeads.pe;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.BuildInfo.Git;
import dev.turnstile.bundle.BundleException.Problem;
import dev.turnstile.bundle.BundleManifest.Plugin;
import dev.turnstile.bundle.BundleManifest.Sbom;
import dev.turnstile.testing.TestPlugins;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What is written can be read back, all of it; the same input gives the same bytes; and nothing is left half done. */
class BundleWriterTest {
    private static final Platform LINUX = Platform.LINUX_X86_64;
    private static final byte[] RELEASE = bytes("release library");
    private static final byte[] DEBUG = bytes("debug library");
    private static final Git GIT = Git.ofCommit("abc").withBranch("main").withDirty(false);

    @TempDir
    Path directory;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static BundleWriter plain() {
        return new BundleWriter("echo", "1.2.0").library(LINUX, "release", "libecho.so", RELEASE);
    }

    private static BundleWriter full(MinisignKey key) {
        return plain().description("says it again")
                .author("A <a@example.org>")
                .author("B")
                .license("MIT")
                .repository("https://example.org/echo")
                .library(LINUX, "debug", "libecho.so", DEBUG)
                .library(Platform.WINDOWS_X86_64, "release", "echo.dll", RELEASE)
                .build(LINUX, "debug", "{ \"profile\": \"debug\" }")
                .schema("messages.json", bytes("{}"))
                .schema("messages.h", bytes("struct x;"))
                .cyclonedx("sbom.cdx.json", bytes("{\"bom\":1}"))
                .spdx("sbom.spdx.json", bytes("{\"bom\":2}"))
                .notices(bytes("notices"))
                .licenseFile(bytes("licence"))
                .document("README.md", bytes("# Echo"))
                .buildInfo(BuildInfo.NONE.withBuiltBy("CI").withGit(GIT))
                .metadata("job", "12")
                .signWith(key, "timestamp:1");
    }

    private static Bundle read(BundleWriter writer, BundleTrust trust) {
        return Bundle.read("test", new ByteArrayInputStream(writer.toBytes()), trust, BundleLimits.defaults());
    }

    private static BundleException refusal(Executable written) {
        return assertThrows(BundleException.class, written);
    }

    // ---- what is written ----

    @Test
    void manifest_saysEverything() {
        MinisignKey key = MinisignKey.generate();
        BundleManifest manifest =
                read(full(key), BundleTrust.signedBy(key.publicKey())).manifest();

        assertEquals("1.0", manifest.bundleVersion());
        Plugin plugin = new Plugin(new Plugin.PluginValues(
                "echo",
                "1.2.0",
                Optional.of("says it again"),
                List.of("A <a@example.org>", "B"),
                Optional.of("MIT"),
                Optional.of("https://example.org/echo")));
        assertEquals(plugin, manifest.plugin());
        assertEquals(
                List.of(LINUX, Platform.WINDOWS_X86_64),
                List.copyOf(manifest.platforms().keySet()));
        assertEquals(
                Optional.of("{\"profile\":\"debug\"}"),
                manifest.variant(LINUX, "debug").orElseThrow().build());
        assertEquals(Optional.of(key.publicKey().base64()), manifest.publicKey());
        assertEquals("c-header", manifest.schemas().get("messages.h").format());
        BuildInfo info = manifest.buildInfo().orElseThrow();
        assertEquals(Map.of("job", "12"), info.custom());
        assertEquals(Optional.of("CI"), info.builtBy());
        assertEquals(Optional.of(GIT), info.git());
    }

    @Test
    void entries_areReadBack() {
        MinisignKey key = MinisignKey.generate();
        Bundle bundle = read(full(key), BundleTrust.signedBy(key.publicKey()));
        BundleManifest manifest = bundle.manifest();

        BundledLibrary debug = bundle.library(LINUX, "debug");
        assertArrayEquals(DEBUG, debug.bytes());
        assertEquals(
                Optional.of(new BundleSignature(key.publicKey().keyId(), "timestamp:1", false)), debug.signature());
        assertEquals(
                "echo.dll", bundle.library(Platform.WINDOWS_X86_64, "release").fileName());
        assertArrayEquals(bytes("{}"), bundle.schema("messages.json"));
        assertArrayEquals(bytes("notices"), bundle.unverified(manifest.notices().orElseThrow()));
        assertArrayEquals(
                bytes("licence"), bundle.unverified(manifest.licenseFile().orElseThrow()));
        Sbom sbom = manifest.sbom().orElseThrow();
        assertArrayEquals(
                bytes("{\"bom\":1}"), bundle.unverified(sbom.cyclonedx().orElseThrow()));
        assertArrayEquals(bytes("{\"bom\":2}"), bundle.unverified(sbom.spdx().orElseThrow()));
        assertArrayEquals(bytes("# Echo"), bundle.unverified("docs/README.md"));
        assertEquals(
                List.of(
                        "lib/linux-x86_64/debug/libecho.so",
                        "lib/linux-x86_64/release/libecho.so",
                        "lib/windows-x86_64/release/echo.dll",
                        "schema/messages.h",
                        "schema/messages.json"),
                List.copyOf(bundle.verifyAll().keySet()));
    }

    @Test
    void variantsOwn_makesItFormat11AndTakesThePlaceOfTheBundles() {
        BundleWriter writer = plain().library(LINUX, "debug", "libecho.so", DEBUG)
                .schema("messages.json", bytes("{}"))
                .schema(LINUX, "debug", "messages.json", bytes("{\"debug\":1}"))
                .buildInfo(BuildInfo.NONE.withBuiltBy("bundle"))
                .buildInfo(LINUX, "debug", BuildInfo.NONE.withBuiltBy("variant"));
        Bundle bundle = read(writer, BundleTrust.checksumsOnly());
        BundleManifest manifest = bundle.manifest();

        assertEquals("1.1", manifest.bundleVersion());
        assertArrayEquals(bytes("{}"), bundle.schema("messages.json"));
        assertArrayEquals(bytes("{}"), bundle.schema(LINUX, "release", "messages.json"));
        assertArrayEquals(bytes("{\"debug\":1}"), bundle.schema(LINUX, "debug", "messages.json"));
        assertEquals(Optional.of("variant"), manifest.buildInfo(LINUX, "debug").flatMap(BuildInfo::builtBy));
        assertEquals(Optional.of("bundle"), manifest.buildInfo(LINUX, "release").flatMap(BuildInfo::builtBy));
    }

    /** Whatever the order in which it is said, and whenever. */
    @Test
    void sameInput_givesTheSameBytes() {
        MinisignKey key = MinisignKey.generate();
        BundleWriter oneOrder = plain().library(LINUX, "debug", "l.so", DEBUG).schema("a.h", RELEASE);
        BundleWriter another = new BundleWriter("echo", "1.2.0")
                .schema("a.h", RELEASE)
                .library(LINUX, "debug", "l.so", DEBUG)
                .library(LINUX, "release", "libecho.so", RELEASE);

        assertArrayEquals(full(key).toBytes(), full(key).toBytes());
        assertArrayEquals(oneOrder.toBytes(), another.toBytes());
    }

    @Test
    void entries_haveNoTimes() throws IOException {
        Path file = directory.resolve("echo.rbp");
        plain().write(file);

        try (ZipFile zip = new ZipFile(file.toFile())) {
            zip.stream()
                    .forEach(entry -> assertEquals(
                            "1980-01-01T00:00", entry.getTimeLocal().toString()));
        }
    }

    // ---- files ----

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    @Test
    void write_makesANewFileOnly() throws IOException {
        Path file = directory.resolve("echo.rbp");
        plain().write(file);
        byte[] written = Files.readAllBytes(file);

        BundleException refused = refusal(() -> plain().description("other").write(file));
        assertEquals(Problem.IO, refused.problem());
        assertArrayEquals(written, Files.readAllBytes(file));
        assertEquals(List.of(file), files());
    }

    @Test
    void writeOver_replacesABundle_orAnEmptyFile() throws IOException {
        Path file = Files.createFile(directory.resolve("echo.rbp"));
        plain().description("old").writeOver(file);
        plain().writeOver(file);

        Bundle bundle = Bundle.open(file, BundleTrust.checksumsOnly());
        assertEquals("echo", bundle.manifest().plugin().name());
        assertEquals(List.of(file), files());
    }

    /** A key, what the bundle is made of, a device: whatever a name that was mistaken for another one leads to. */
    @Test
    void writeOver_ofAnythingElse_isRefused_andLeavesItThere() throws IOException {
        Path key = Files.writeString(directory.resolve("secret.key"), "untrusted comment: minisign secret key");
        Path bundle = directory.resolve("echo.rbp");
        plain().write(bundle);
        byte[] written = Files.readAllBytes(bundle);
        Path link = Files.createSymbolicLink(directory.resolve("link.rbp"), bundle);

        assertRefused("what is there is not a bundle; name another file", () -> plain().writeOver(key));
        assertRefused("it is a link to " + bundle, () -> plain().writeOver(link));
        assertRefused("it is not a file", () -> plain().writeOver(Path.of("/dev/null")));

        assertEquals("untrusted comment: minisign secret key", Files.readString(key));
        assertTrue(Files.isSymbolicLink(link));
        assertArrayEquals(written, Files.readAllBytes(bundle));
        assertEquals(Set.of(bundle, link, key), Set.copyOf(files()));
    }

    /** The file is made whole beside its place: an unfinished one is never seen, and does not stay. */
    @Test
    void writeThatFails_leavesWhatWasThereAndNothingElse() throws IOException {
        Path inTheWay = directory.resolve("echo.rbp");
        Files.createDirectories(inTheWay.resolve("directory"));
        Path nowhere = directory.resolve("none");

        assertEquals(Problem.IO, refusal(() -> plain().writeOver(inTheWay)).problem());
        assertTrue(Files.isDirectory(inTheWay.resolve("directory")));
        assertEquals(List.of(inTheWay), files());
        assertRefused("there is no directory " + nowhere, () -> plain().write(nowhere.resolve("echo.rbp")));
    }

    // ---- what is refused ----

    private static void assertRefused(String part, Executable written) {
        BundleException refused = refusal(written);
        assertTrue(refused.getMessage().contains(part), refused::getMessage);
    }

    @Test
    void whatReadersWouldRefuse_isRefused() {
        BundleWriter debugOnly = new BundleWriter("echo", "1.0.0").library(LINUX, "debug", "l.so", DEBUG);
        BundleWriter nameless = new BundleWriter("", "1.0.0").library(LINUX, "release", "l.so", DEBUG);
        BundleWriter tooLarge = plain().limits(BundleLimits.defaults().withManifestBytes(10));

        assertRefused("platforms is missing or empty", () -> new BundleWriter("echo", "1.0.0").toBytes());
        assertRefused("platforms.linux-x86_64.variants has no variant \"release\"", debugOnly::toBytes);
        assertRefused("plugin.name is empty", nameless::toBytes);
        assertRefused("more than the limit of 10 (BundleLimits)", tooLarge::toBytes);
    }

    @Test
    void whatCannotBeMeant_isRefusedAtOnce() {
        assertRefused(
                "there is a library for linux-x86_64, release already",
                () -> plain().library(LINUX, "release", "other.so", DEBUG));
        assertRefused(
                "there is an entry \"docs/NOTICES.txt\" already",
                () -> plain().notices(DEBUG).document("NOTICES.txt", DEBUG));
        assertRefused("\"docs/../x\" is refused", () -> plain().document("../x", DEBUG));
        assertRefused("is refused: it has a '\\'", () -> plain().library(LINUX, "x", "a\\b", DEBUG));
        assertRefused("\"Debug\" is no name for a variant", () -> plain().library(LINUX, "Debug", "l.so", DEBUG));
        assertRefused(
                "there is no library for linux-x86_64, \"debug\" yet",
                () -> plain().schema(LINUX, "debug", "a.h", DEBUG));
        assertRefused(
                "there is no library for darwin-aarch64, \"release\" yet",
                () -> plain().buildInfo(Platform.DARWIN_AARCH64, "release", BuildInfo.NONE));
        assertRefused("there is no such file", () -> plain().library(LINUX, "debug", directory.resolve("missing.so")));
        for (String notJson : List.of("{]", "", "1, \"library\": \"other\"")) {
            assertRefused("is not proper JSON", () -> plain().build(LINUX, "release", notJson));
        }
    }

    /** What is recognised as built for another platform is a mistake; bytes that are not recognised may be anything, and a file may not. */
    @Test
    void library_thatDoesNotFitItsPlatform_isRefused() throws IOException {
        byte[] arm = elf(183, (byte) 2, ByteOrder.LITTLE_ENDIAN);
        Path text = Files.write(directory.resolve("text.so"), RELEASE);
        Path cut =
                Files.write(directory.resolve("cut.so"), Arrays.copyOf(Files.readAllBytes(TestPlugins.demo()), 5_000));

        assertRefused(
                "the library \"l.so\" for linux-x86_64, \"debug\": it is empty",
                () -> plain().library(LINUX, "debug", "l.so", new byte[0]));
        assertRefused(
                "the library \"echo.dll\" for linux-x86_64, \"debug\": it was built for windows-x86_64;"
                        + " name another file, or the platform that it is for",
                () -> plain().library(LINUX, "debug", "echo.dll", pe(0x80, 0x8664)));
        assertRefused(": it was built for linux-aarch64;", () -> plain().library(LINUX, "debug", "l.so", arm));
        assertRefused(
                ": it was built for darwin-aarch64;", () -> plain().library(LINUX, "debug", "l.so", machO(0x0100000c)));
        assertRefused(
                "the library \"text.so\" for linux-x86_64, \"debug\": it is not a library for any system known here"
                        + " (ELF, Mach-O or PE)",
                () -> plain().library(LINUX, "debug", text));
        assertRefused(
                "\"cut.so\" for linux-x86_64, \"debug\": it is cut off", () -> plain().library(LINUX, "debug", cut));

        plain().library(Platform.LINUX_AARCH64, "release", "l.so", arm)
                .library(Platform.parse("plan9-mips"), "release", text)
                .toBytes();
    }

    /** It would be lost when the file is extracted, or lead elsewhere. */
    @Test
    void fileName_thatIsAPath_isRefused() {
        for (String path : List.of("a/b", "../b", "/b", "..", "")) {
            String refused = "the file name \"" + path + "\" is refused: ";
            assertRefused(refused, () -> plain().library(LINUX, "debug", path, DEBUG));
            assertRefused(refused, () -> plain().schema(path, DEBUG));
            assertRefused(refused, () -> plain().schema(LINUX, "release", path, DEBUG));
            assertRefused(refused, () -> plain().cyclonedx(path, DEBUG));
            assertRefused(refused, () -> plain().spdx(path, DEBUG));
        }
        plain().document("guides/start.md", DEBUG).toBytes();
    }

    @Test
    void version_thatCannotBeCompared_isRefused() {
        for (String version : List.of("1", "1.x", "1.2.03", "v1.2.3", "")) {
            assertRefused(
                    "\"" + version + "\" is not a semantic version such as \"1.2.3\"",
                    () -> new BundleWriter("echo", version));
        }
    }

    @Test
    void jsonSchema_thatIsNotJson_isRefused() {
        assertRefused(
                "the schema \"messages.json\": it is not proper JSON: ",
                () -> plain().schema("messages.json", bytes("struct x;")));
        assertRefused("it is empty", () -> plain().schema(LINUX, "release", "messages.json", new byte[0]));
        assertRefused("it is not UTF-8", () -> plain().schema("messages.json", new byte[] {'"', (byte) 0xff, '"'}));
    }
}
