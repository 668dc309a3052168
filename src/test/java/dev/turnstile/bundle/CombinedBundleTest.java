package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.BundleException.Problem;
import dev.turnstile.bundle.BundleManifest.Sbom;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Bundles of one plugin become one: each library keeps its bytes and all that holds for it, or both bundles are named. */
class CombinedBundleTest {
    private static final Platform LINUX = Platform.LINUX_X86_64;
    private static final Platform DARWIN = Platform.DARWIN_AARCH64;
    private static final Platform WINDOWS = Platform.WINDOWS_X86_64;
    private static final MinisignKey KEY = MinisignKey.generate();

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static BundleWriter echo(Platform platform, String library) {
        return new BundleWriter("echo", "1.2.0").library(platform, "release", "libecho.so", bytes(library));
    }

    private static Bundle read(String name, byte[] bytes) {
        return Bundle.read(name, new ByteArrayInputStream(bytes), BundleTrust.checksumsOnly(), BundleLimits.defaults());
    }

    private static Bundle a(BundleWriter writer) {
        return read("a.rbp", writer.toBytes());
    }

    private static Bundle b(BundleWriter writer) {
        return read("b.rbp", writer.toBytes());
    }

    private static Bundle combined(Bundle... bundles) {
        return read("all.rbp", writer(bundles).toBytes());
    }

    private static BundleWriter writer(Bundle... bundles) {
        BundleWriter writer = BundleWriter.from(bundles[0]);
        for (Bundle more : List.of(bundles).subList(1, bundles.length)) {
            writer.combineWith(more);
        }
        return writer;
    }

    private static String refusal(Bundle... bundles) {
        BundleException refused = assertThrows(BundleException.class, () -> writer(bundles));
        assertEquals(Problem.CONFLICT, refused.problem());
        return refused.getMessage();
    }

    // ---- what becomes of it ----

    @Test
    void combined_whatAllSay_staysTheBundlesAndInItsFormat() {
        Bundle all = combined(
                a(echo(LINUX, "l").schema("m.json", bytes("{}")).document("README.md", bytes("read me"))),
                b(echo(DARWIN, "d").schema("m.json", bytes("{}")).document("README.md", bytes("read me"))),
                read("c.rbp", echo(WINDOWS, "w").schema("m.json", bytes("{}")).toBytes()));

        assertEquals(Set.of(LINUX, DARWIN, WINDOWS), all.manifest().platforms().keySet());
        assertEquals("1.0", all.manifest().bundleVersion());
        assertArrayEquals(bytes("d"), all.library(DARWIN, "release").bytes());
        assertArrayEquals(bytes("{}"), all.schema("m.json"));
        assertEquals(4, all.verifyAll().size());
        assertEquals("read me", new String(all.unverified("docs/README.md"), StandardCharsets.UTF_8));
    }

    @Test
    void combined_whatOneSays_holdsForItsLibrariesOnly() {
        BuildInfo info = BuildInfo.NONE.withHost("linux");
        BundleWriter linux = echo(LINUX, "l")
                .library(LINUX, "debug", "libecho.so", bytes("ld"))
                .buildInfo(info)
                .buildInfo(LINUX, "debug", BuildInfo.NONE.withHost("debugger"))
                .notices(bytes("notices"))
                .licenseFile(bytes("licence"));

        for (Bundle all : List.of(combined(a(linux), b(echo(DARWIN, "d"))), combined(b(echo(DARWIN, "d")), a(linux)))) {
            BundleManifest manifest = all.manifest();
            assertEquals("1.1", manifest.bundleVersion());
            assertEquals(Optional.of(info), manifest.buildInfo(LINUX, "release"));
            assertEquals(
                    Optional.of("debugger"), manifest.buildInfo(LINUX, "debug").flatMap(BuildInfo::host));
            assertEquals(Optional.empty(), manifest.buildInfo(DARWIN, "release"));
            assertEquals(Optional.of("docs/NOTICES.txt"), manifest.notices());
            assertEquals(Optional.of("legal/LICENSE"), manifest.licenseFile());
        }
    }

    /** Builds for two platforms have two bills of one name: rustbridge loses both. */
    @Test
    void combined_ofTwoBillsOfOneName_hasBoth() {
        Bundle all = combined(
                a(echo(LINUX, "l").cyclonedx("sbom.json", bytes("of linux")).spdx("spdx.json", bytes("the same"))),
                b(echo(DARWIN, "d").cyclonedx("sbom.json", bytes("of darwin")).spdx("spdx.json", bytes("the same"))));

        assertEquals("of linux", bill(all, LINUX));
        assertEquals("of darwin", bill(all, DARWIN));
        assertEquals(
                Optional.of("sbom/darwin-aarch64/release/sbom.json"),
                all.manifest().sbom(DARWIN, "release").flatMap(Sbom::cyclonedx));
        assertEquals(
                Optional.of("sbom/spdx.json"),
                all.manifest().sbom(DARWIN, "release").flatMap(Sbom::spdx));
    }

    private static String bill(Bundle bundle, Platform platform) {
        String entry = bundle.manifest()
                .sbom(platform, "release")
                .flatMap(Sbom::cyclonedx)
                .orElseThrow();
        return new String(bundle.unverified(entry), StandardCharsets.UTF_8);
    }

    /** A bill that another tool has left behind would otherwise be found in the other bundle. */
    @Test
    void combined_withABillThatIsNotThere_hasNotThatOfTheOther() {
        BundleParts parts = new BundleParts().remove("sbom/sbom.cdx.json");
        Bundle without = read("b.rbp", parts.bytes());
        BundleWriter with = echo(DARWIN, "d").cyclonedx("sbom.cdx.json", bytes("of darwin"));
        with.description("Says it again").author("Ada").author("Brian").license("Apache-2.0");
        with.repository("https://example.org/echo");

        for (List<Bundle> both : List.of(List.of(a(with), without), List.of(without, a(with)))) {
            BundleWriter writer = BundleWriter.from(both.getFirst()).schemaMismatchAllowed(true);
            Bundle all = read("all.rbp", writer.combineWith(both.getLast()).toBytes());

            assertEquals("of darwin", bill(all, DARWIN));
            assertEquals(Optional.empty(), all.manifest().sbom(LINUX, "release"));
        }
    }

    @Test
    void combined_ofSignedBundles_isUnsignedUnlessSignedAnew() {
        Bundle linux = a(echo(LINUX, "l").signWith(KEY, "timestamp:1"));
        Bundle darwin = b(echo(DARWIN, "d").signWith(KEY, "timestamp:1"));

        Bundle bare = combined(linux, darwin);
        assertEquals(Optional.empty(), bare.manifest().publicKey());
        assertTrue(bare.entries().stream().noneMatch(entry -> entry.endsWith(".minisig")), bare.entries()::toString);

        assertEquals(
                2, verified(writer(linux, darwin).signWith(KEY, "timestamp:2").toBytes()));
    }

    /** What looks like a signature of the other bundle's library would take the place of the new one. */
    @Test
    void combined_withAnEntryNamedAsASignature_leavesItOut() {
        Bundle linux = a(echo(LINUX, "l"));
        String library = linux.library(LINUX, "release").entry();
        Bundle darwin = read(
                "b.rbp",
                foreignZip(DARWIN, "lib/echo", "d")
                        .add(RawZip.stored(library + ".minisig", bytes("no signature")))
                        .bytes());

        for (List<Bundle> order : List.of(List.of(linux, darwin), List.of(darwin, linux))) {
            byte[] signed = writer(order.getFirst(), order.getLast())
                    .signWith(KEY, "timestamp:2")
                    .toBytes();
            assertEquals(2, verified(signed));
        }
    }

    private static int verified(byte[] signed) {
        BundleTrust trust = BundleTrust.signedBy(KEY.publicKey());
        return Bundle.read("s.rbp", new ByteArrayInputStream(signed), trust, BundleLimits.defaults())
                .verifyAll()
                .size();
    }

    @Test
    void combined_withTheSameLibraryInBoth_hasItOnce() {
        Bundle linux = a(echo(LINUX, "l").document("README.md", bytes("read me")));

        assertArrayEquals(
                BundleWriter.from(linux).toBytes(), writer(linux, linux).toBytes());
    }

    @Test
    void combined_withTheSameLibraryAtAnotherPlace_hasItOnce() {
        Bundle all = combined(a(echo(LINUX, "l")), foreign("b.rbp", LINUX, "native/echo", "l"));

        assertFalse(all.entries().contains("native/echo"), all.entries()::toString);
    }

    /** Another tool may put its libraries where it likes. */
    @Test
    void combined_ofLibrariesOfOneEntry_movesTheSecond() {
        Bundle linux = foreign("a.rbp", LINUX, "native/echo", "l");
        Bundle darwin = foreign("b.rbp", DARWIN, "native/echo", "d");

        Bundle all = combined(linux, darwin);

        assertEquals("native/echo", all.library(LINUX, "release").entry());
        assertEquals(
                "native/darwin-aarch64/release/echo",
                all.library(DARWIN, "release").entry());
        assertArrayEquals(bytes("d"), all.library(DARWIN, "release").bytes());
    }

    private static Bundle foreign(String name, Platform platform, String entry, String library) {
        return read(name, foreignZip(platform, entry, library).bytes());
    }

    private static RawZip foreignZip(Platform platform, String entry, String library) {
        String manifest = """
            {"bundle_version":"1.1","plugin":{"name":"echo","version":"1.2.0"},"platforms":{"%s":
             {"variants":{"release":{"library":"%s","checksum":"sha256:%s"}}}}}
            """.formatted(platform, entry, Bundle.sha256(bytes(library)));
        return new RawZip()
                .add(RawZip.stored("manifest.json", bytes(manifest)))
                .add(RawZip.stored(entry, bytes(library)));
    }

    @Test
    void combined_withANewerFormat_isInTheNewerFormat() {
        assertEquals(
                "1.1",
                combined(a(echo(LINUX, "l")), foreign("b.rbp", DARWIN, "lib/echo", "d"))
                        .manifest()
                        .bundleVersion());
    }

    // ---- what is refused ----

    @Test
    void otherPlugin_isRefusedAndBothAreNamed() {
        Bundle echo = a(echo(LINUX, "l"));

        assertEquals(
                "The bundle b.rbp: it cannot be combined with the bundle a.rbp: plugin.version is \"1.3.0\" in b.rbp,"
                        + " and \"1.2.0\" in a.rbp. Pack one of them anew, so that both say the same",
                refusal(
                        echo,
                        b(new BundleWriter("echo", "1.3.0").library(DARWIN, "release", "libecho.dylib", bytes("d")))));
        assertTrue(refusal(
                        echo,
                        b(new BundleWriter("else", "1.2.0").library(DARWIN, "release", "libelse.dylib", bytes("d"))))
                .contains("plugin.name is \"else\" in b.rbp, and \"echo\" in a.rbp."));
        String missing = "missing in a.rbp.";
        assertTrue(refusal(echo, b(echo(DARWIN, "d").description("x")))
                .contains(": plugin.description is \"x\" in b.rbp, and " + missing));
        assertTrue(refusal(echo, b(echo(DARWIN, "d").author("x")))
                .contains(": plugin.authors is [\"x\"] in b.rbp, and " + missing));
        assertTrue(refusal(echo, b(echo(DARWIN, "d").license("x")))
                .contains(": plugin.license is \"x\" in b.rbp, and " + missing));
        assertTrue(refusal(b(echo(DARWIN, "d").repository("x")), echo)
                .contains(": plugin.repository is missing in a.rbp, and \"x\" in b.rbp."));
    }

    /** The third meets the second, so these two are named. */
    @Test
    void otherLibraryForThePlatform_isRefusedAndTheTwoThatHaveItAreNamed() {
        String message = refusal(
                a(echo(LINUX, "l")),
                b(echo(DARWIN, "d")),
                read("c.rbp", echo(DARWIN, "other").toBytes()));

        assertEquals(
                "The bundle c.rbp: it cannot be combined with the bundle b.rbp: the library for darwin-aarch64,"
                        + " release, is in both, but not the same: its SHA-256 is " + Bundle.sha256(bytes("other"))
                        + " in c.rbp, and " + Bundle.sha256(bytes("d")) + " in b.rbp. Leave it out of one of them",
                message);
    }

    @Test
    void sameLibraryOfWhichTheySayDifferentThings_isRefused() {
        Bundle linux = a(echo(LINUX, "l").cyclonedx("sbom.json", bytes("1")));

        assertEquals(
                "The bundle b.rbp: it cannot be combined with the bundle a.rbp: the library for linux-x86_64, release,"
                    + " is in both, and its sbom is missing in b.rbp, and {\"cyclonedx\":\"sbom/sbom.json\"} in a.rbp."
                    + " Leave it out of one of them",
                refusal(linux, b(echo(LINUX, "l"))));
        assertTrue(refusal(linux, b(echo(LINUX, "l").cyclonedx("sbom.json", bytes("2"))))
                .contains("the entry \"sbom/sbom.json\" is in both, but not the same: its SHA-256 is "
                        + Bundle.sha256(bytes("2")) + " in b.rbp, and " + Bundle.sha256(bytes("1")) + " in a.rbp."));
        assertTrue(refusal(
                        linux,
                        b(echo(LINUX, "l")
                                .cyclonedx("sbom.json", bytes("1"))
                                .build(LINUX, "release", "{\"profile\":\"release\"}")))
                .contains("its build is {\"profile\":\"release\"} in b.rbp, and missing in a.rbp."));
        assertTrue(refusal(
                        a(echo(LINUX, "l")
                                .buildInfo(BuildInfo.NONE.withHost("here").withCompiler("cc"))),
                        b(echo(LINUX, "l")
                                .buildInfo(BuildInfo.NONE.withHost("there").withCompiler("cc"))))
                .contains("its build_info.host is \"there\" in b.rbp, and \"here\" in a.rbp."));
    }

    @Test
    void differentSchemas_areRefused_orEachLibraryKeepsItsOwn() {
        Bundle linux = a(echo(LINUX, "l").schema("m.json", bytes("{}")));
        Bundle darwin = b(echo(DARWIN, "d").schema("m.json", bytes("{\"more\":1}")));
        Bundle none = b(echo(DARWIN, "d"));

        String message = refusal(linux, darwin);
        assertTrue(
                message.startsWith(
                        "The bundle b.rbp: it cannot be combined with the bundle a.rbp: schemas.m.json.checksum is"
                                + " \"sha256:"
                                + Bundle.sha256(bytes("{\"more\":1}")) + "\" in b.rbp, and \"sha256:"
                                + Bundle.sha256(bytes("{}")) + "\" in a.rbp. If that is meant, "),
                message);
        assertTrue(refusal(linux, none)
                .contains(": schemas is missing in b.rbp, and {\"m.json\":{\"path\":\"schema/m.json\","));
        assertTrue(refusal(none, linux).contains(" in a.rbp, and missing in b.rbp. If that is meant, "));

        BundleWriter writer =
                BundleWriter.from(linux).schemaMismatchAllowed(true).combineWith(darwin);
        Bundle all = read("all.rbp", writer.toBytes());
        assertArrayEquals(bytes("{}"), all.schema(LINUX, "release", "m.json"));
        assertArrayEquals(bytes("{\"more\":1}"), all.schema(DARWIN, "release", "m.json"));
        assertTrue(all.manifest().schemas().isEmpty());
    }

    @Test
    void differentSchemaChecksum_isRefused() {
        Bundle one = read("a.rbp", new BundleParts().bytes());
        Bundle other = read(
                "b.rbp",
                new BundleParts()
                        .manifest(manifest -> manifest.put("schema_checksum", "another"))
                        .bytes());

        assertTrue(refusal(one, other).contains(": schema_checksum is \"another\" in b.rbp, and "));
    }

    @Test
    void differentDocumentsOfOneName_areRefused() {
        Bundle linux = a(echo(LINUX, "l").document("README.md", bytes("one")).notices(bytes("one")));

        assertEquals(
                "The bundle b.rbp: it cannot be combined with the bundle a.rbp: the entry \"docs/README.md\" is in"
                        + " both, but not the same: its SHA-256 is " + Bundle.sha256(bytes("two")) + " in b.rbp, and "
                        + Bundle.sha256(bytes("one")) + " in a.rbp. Leave it out of one of them",
                refusal(linux, b(echo(DARWIN, "d").document("README.md", bytes("two")))));
        assertTrue(refusal(linux, b(echo(DARWIN, "d").notices(bytes("two")))).contains("docs/NOTICES.txt"));
    }

    @Test
    void noticesOfTwoNames_areRefused() {
        BundleWriter darwin = new BundleWriter("echo", "1.2.0")
                .description("Says it again")
                .author("Ada")
                .author("Brian")
                .license("Apache-2.0")
                .repository("https://example.org/echo")
                .library(DARWIN, "release", "libecho.dylib", bytes("d"))
                .notices(bytes("Thanks"));
        Bundle linux = read(
                "b.rbp",
                new BundleParts()
                        .field("", "notices", "THANKS")
                        .put("THANKS", "Thanks")
                        .bytes());

        BundleWriter writer = BundleWriter.from(a(darwin)).schemaMismatchAllowed(true);
        BundleException refused = assertThrows(BundleException.class, () -> writer.combineWith(linux));

        assertTrue(
                refused.getMessage().contains("notices is \"THANKS\" in b.rbp, and \"docs/NOTICES.txt\" in a.rbp. "),
                refused::getMessage);
    }

    @Test
    void damagedLibrary_isRefused() {
        Bundle damaged = read(
                "b.rbp",
                new BundleParts().put(BundleParts.DEBUG, bytes("damaged")).bytes());

        BundleException refused = assertThrows(
                BundleException.class,
                () -> BundleWriter.from(a(echo(DARWIN, "d"))).combineWith(damaged));

        assertEquals(Problem.UNTRUSTED, refused.problem());
        assertTrue(refused.getMessage().startsWith("The bundle b.rbp: " + BundleParts.DEBUG), refused::getMessage);
    }

    // ---- less of it ----

    @Test
    void keepOnly_leavesOutTheOtherLibrariesAndWhatOnlyTheyHave() {
        BundleWriter writer = echo(LINUX, "l")
                .library(LINUX, "debug", "libecho.so", bytes("ld"))
                .library(DARWIN, "release", "libecho.dylib", bytes("d"))
                .schema("m.json", bytes("{}"))
                .schema(LINUX, "debug", "m.json", bytes("{}"))
                .schema(DARWIN, "release", "m.json", bytes("{}"))
                .document("README.md", bytes("read me"));

        Bundle slim = read(
                "slim.rbp",
                writer.keepOnly((platform, variant) -> platform.equals(LINUX) && variant.equals("release"))
                        .toBytes());

        assertEquals(
                List.of("manifest.json", "docs/README.md", "lib/linux-x86_64/release/libecho.so", "schema/m.json"),
                List.copyOf(slim.entries()));
        assertEquals(Set.of(LINUX), slim.manifest().platforms().keySet());
        assertEquals("1.0", slim.manifest().bundleVersion());
    }

    /** A library that two variants share stays for the one that stays. */
    @Test
    void keepOnly_ofOneOfTwoThatShareAnEntry_keepsTheEntry() {
        Bundle shared = read(
                "a.rbp",
                new BundleParts()
                        .manifest(manifest -> ((ObjectNode) manifest.at(BundleParts.VARIANTS))
                                .set("other", manifest.at(BundleParts.VARIANTS + "/release")))
                        .bytes());

        Bundle slim = read(
                "slim.rbp",
                BundleWriter.from(shared)
                        .keepOnly((platform, variant) -> variant.equals("release"))
                        .toBytes());

        assertArrayEquals(BundleParts.LIBRARY, slim.library(LINUX, "release").bytes());
        assertFalse(slim.entries().contains(BundleParts.DEBUG), slim.entries()::toString);
    }

    @Test
    void keepOnly_ofNothing_orNoRelease_isRefusedAtOnce() {
        BundleException nothing =
                assertThrows(BundleException.class, () -> echo(LINUX, "l").keepOnly((platform, variant) -> false));
        assertTrue(
                nothing.getMessage().endsWith("no library would be left: keep one of linux-x86_64 release"),
                nothing::getMessage);
        BundleException noRelease = assertThrows(
                BundleException.class,
                () -> echo(LINUX, "l")
                        .library(LINUX, "debug", "libecho.so", bytes("ld"))
                        .keepOnly((platform, variant) -> variant.equals("debug")));
        assertTrue(
                noRelease
                        .getMessage()
                        .endsWith("linux-x86_64 would be left without its variant \"release\": keep that, or nothing of"
                                + " the platform"),
                noRelease::getMessage);
    }

    @Test
    void withoutDocuments_keepsTheNotices() {
        Bundle slim = read(
                "slim.rbp",
                echo(LINUX, "l")
                        .document("README.md", bytes("read me"))
                        .notices(bytes("notices"))
                        .withoutDocuments()
                        .toBytes());

        assertEquals(
                List.of("manifest.json", "docs/NOTICES.txt", "lib/linux-x86_64/release/libecho.so"),
                List.copyOf(slim.entries()));
    }
}
