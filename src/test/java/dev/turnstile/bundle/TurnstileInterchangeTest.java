package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.BundleException.Problem;
import dev.turnstile.bundle.BundleManifest.Sbom;
import dev.turnstile.bundle.InterchangeTable.Reader;
import dev.turnstile.bundle.Workshop.KeyFiles;
import dev.turnstile.bundle.Workshop.KeyOwner;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.SynchronizedPlugin;
import dev.turnstile.testing.Audit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever rustbridge's tools and minisign make is opened, verified, extracted, loaded and called here. */
@ExtendWith(Workshop.Provided.class)
class TurnstileInterchangeTest {
    @RegisterExtension
    private final Audit audit = new Audit();

    @ParameterizedTest
    @EnumSource
    void bundle_isVerifiedLoadedAndCalled(Specimen specimen, Workshop workshop) throws Exception {
        byte[] library = Files.readAllBytes(workshop.library());
        Path file = workshop.bundle(specimen);
        BundleTrust trust =
                specimen.trust(workshop).expectingName(Workshop.NAME).atLeastVersion(Workshop.VERSION);
        if (specimen.isLegacy()) {
            BundleTrust strict = trust;
            assertEquals(Problem.UNTRUSTED, refused(file, strict).problem());
            trust = trust.allowingLegacySignatures();
        }
        Bundle bundle = Bundle.open(file, trust);

        Set<String> verified = bundle.verifyAll().keySet();

        assertEquals(specimen.isSigned(), bundle.signature().isPresent());
        for (String variant : specimen.variants()) {
            BundledLibrary bundled = bundle.library(variant);
            assertArrayEquals(library, bundled.bytes());
            assertTrue(verified.contains(bundled.entry()), verified::toString);
            PluginOptions options = PluginOptions.defaults().withVariant(variant);
            SynchronizedPlugin plugin = audit.watch(SynchronizedPlugin.load(bundle, PluginConfig.defaults(), options));
            assertEquals("{\"message\":\"hi\",\"length\":2}", plugin.call("echo", "{\"message\":\"hi\"}"));
        }
        InterchangeTable.note(
                specimen,
                Reader.TURNSTILE,
                specimen.isLegacy()
                        ? "refused; " + InterchangeTable.FINE + " with `allowingLegacySignatures()`"
                        : InterchangeTable.FINE);
    }

    @ParameterizedTest
    @EnumSource
    void bundle_thatTheTrustedKeyDidNotSign_isRefused(Specimen specimen, Workshop workshop) throws Exception {
        BundleTrust somebody =
                BundleTrust.signedBy(MinisignKey.generate().publicKey()).allowingLegacySignatures();

        BundleException refused = refused(workshop.bundle(specimen), somebody);

        assertEquals(Problem.UNTRUSTED, refused.problem());
        String reason = specimen.isSigned() ? "it was made by key " + keyId(specimen, workshop) : "it is not signed";
        assertTrue(refused.getMessage().contains(reason), refused::getMessage);
    }

    private static String keyId(Specimen specimen, Workshop workshop) throws Exception {
        return specimen.key(workshop).publicKey().keyId();
    }

    private static BundleException refused(Path file, BundleTrust trust) {
        return assertThrows(BundleException.class, () -> Bundle.open(file, trust));
    }

    @ParameterizedTest
    @EnumSource(names = {"CREATED_ALL", "CREATED_SIGNED_ALL"})
    void all_thatRustbridgePutsIn_isRead(Specimen specimen, Workshop workshop) throws Exception {
        Bundle bundle = Bundle.open(workshop.bundle(specimen), specimen.trust(workshop));
        BundleManifest manifest = bundle.manifest();
        byte[] text = Files.readAllBytes(workshop.directory().resolve("text"));

        assertEquals("1.0", manifest.bundleVersion());
        assertArrayEquals(Workshop.SCHEMA, bundle.schema("messages.json"));
        assertArrayEquals(text, bundle.schema(Workshop.HOST, "debug", "messages.h"));
        assertEquals("c-header", manifest.schemas().get("messages.h").format());
        assertArrayEquals(text, bundle.unverified(manifest.notices().orElseThrow()));
        assertArrayEquals(text, bundle.unverified(manifest.licenseFile().orElseThrow()));
        Sbom sbom = manifest.sbom().orElseThrow();
        assertArrayEquals(text, bundle.unverified(sbom.cyclonedx().orElseThrow()));
        assertArrayEquals(text, bundle.unverified(sbom.spdx().orElseThrow()));
        BuildInfo info = manifest.buildInfo().orElseThrow();
        assertTrue(info.rustbridgeVersion().isPresent() && info.builtAt().isPresent(), info::toString);
        assertEquals(Map.of("ticket", "12345"), info.custom());
    }

    /** What {@code combine} loses: it keeps the paths of the bills of materials, and leaves the files behind. */
    @Test
    void combinedBundle_namesBillsThatAreNotThere_andIsReadAllTheSame(Workshop workshop) throws Exception {
        Bundle bundle = Bundle.open(workshop.bundle(Specimen.COMBINED), BundleTrust.checksumsOnly());

        assertEquals("1.1", bundle.manifest().bundleVersion());
        assertEquals(
                Set.of(Workshop.HOST, Workshop.OTHER),
                bundle.manifest().platforms().keySet());
        assertEquals(Optional.empty(), bundle.manifest().buildInfo());
        assertTrue(bundle.manifest().buildInfo(Workshop.HOST, "debug").isPresent());
        String bill = bundle.manifest()
                .sbom(Workshop.HOST, "debug")
                .flatMap(Sbom::cyclonedx)
                .orElseThrow();
        BundleException missing = assertThrows(BundleException.class, () -> bundle.unverified(bill));
        assertEquals(Problem.MISSING, missing.problem());
    }

    /** A variant's own schema survives {@code slim}, the bundle's are only files then: nothing has their checksums. */
    @Test
    void slimmedBundle_hasTheVariantsSchemasOnly(Workshop workshop) throws Exception {
        Bundle ours = Bundle.open(workshop.bundle(Specimen.OURS_ALL), Specimen.OURS_ALL.trust(workshop));
        Path file = workshop.place().resolve("slim.rbp");
        ExternalTool.rustbridge()
                .run(
                        workshop.directory(),
                        "bundle",
                        "slim",
                        "-i",
                        workshop.bundle(Specimen.OURS_ALL),
                        "-o",
                        file,
                        "--variants",
                        "release,debug")
                .succeeded();

        Bundle slim = Bundle.open(file, BundleTrust.checksumsOnly());

        assertEquals("1.1", slim.manifest().bundleVersion());
        assertArrayEquals(Workshop.SCHEMA, slim.schema(Workshop.HOST, "debug", "messages.json"));
        assertEquals(
                ours.manifest().buildInfo(Workshop.HOST, "debug"),
                slim.manifest().buildInfo(Workshop.HOST, "debug"));
        assertEquals(ours.manifest().sbom(), slim.manifest().sbom());
        assertEquals(2, ours.manifest().schemas().size());
        assertEquals(Map.of(), slim.manifest().schemas());
        assertTrue(slim.entries().contains("schema/messages.h"));
        assertEquals(Optional.empty(), slim.manifest().notices());
    }

    /** rustbridge signs what it combines, slims and promotes without looking at what was there. */
    @Test
    void libraryThatWasChangedBeforeRustbridgeSignedIt_isRefused(Workshop workshop) throws Exception {
        Path changed = workshop.altered(
                Specimen.OURS_UNSIGNED, (entry, content) -> entry.equals(Bundle.MANIFEST) ? content : Workshop.SCHEMA);
        Path signed = workshop.place().resolve("signed.rbp");
        KeyFiles key = workshop.key(KeyOwner.RUSTBRIDGE);
        ExternalTool.rustbridge()
                .runOnTerminal(
                        workshop.directory(),
                        Workshop.PASSWORD + "\n",
                        "promote",
                        changed,
                        "-o",
                        signed,
                        "--sign-key",
                        key.secret())
                .succeeded();

        Bundle bundle = Bundle.open(signed, BundleTrust.signedBy(key.publicKey()));

        BundleException refused = assertThrows(BundleException.class, bundle::library);
        assertTrue(refused.getMessage().contains("its SHA-256 is "), refused::getMessage);
    }
}
