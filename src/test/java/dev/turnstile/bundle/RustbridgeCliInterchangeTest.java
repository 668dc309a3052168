package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.BundleException.Problem;
import dev.turnstile.bundle.InterchangeTable.Reader;
import dev.turnstile.bundle.Workshop.KeyFiles;
import dev.turnstile.bundle.Workshop.KeyOwner;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** rustbridge's command line lists and extracts what is written here, and each reads the other's keys. */
@ExtendWith(Workshop.Provided.class)
@Tag("slow")
@Tag("any-java")
class RustbridgeCliInterchangeTest {
    @ParameterizedTest
    @EnumSource
    void bundle_isListedAndExtracted(Specimen specimen, Workshop workshop) throws Exception {
        ExternalTool rustbridge = ExternalTool.rustbridge();
        Path file = workshop.bundle(specimen);

        String listed = rustbridge
                .run(workshop.directory(), "bundle", "list", "--show-build", "--show-variants", file)
                .succeeded();

        assertContains(listed, "Bundle: " + Workshop.NAME + " v" + Workshop.VERSION);
        Bundle bundle = Bundle.open(file, BundleTrust.checksumsOnly());
        assertContains(listed, "Bundle format: v" + bundle.manifest().bundleVersion());
        for (String variant : specimen.variants()) {
            assertContains(listed, "Variant: " + variant);
            assertContains(listed, "Checksum: sha256:" + bundle.library(variant).checksum());
            Path place = workshop.place();
            rustbridge
                    .run(workshop.directory(), "bundle", "extract", file, "--variant", variant, "-o", place)
                    .succeeded();
            assertArrayEquals(
                    Files.readAllBytes(workshop.library()),
                    Files.readAllBytes(place.resolve(workshop.library().getFileName())));
        }
        bundle.entries().forEach(entry -> assertContains(listed, "  " + entry));
        InterchangeTable.note(specimen, Reader.RUSTBRIDGE_CLI, InterchangeTable.FINE);
    }

    @Test
    void all_thatWePutIn_isListed(Workshop workshop) throws Exception {
        String listed = ExternalTool.rustbridge()
                .run(
                        workshop.directory(),
                        "bundle",
                        "list",
                        "--show-build",
                        "--show-variants",
                        workshop.bundle(Specimen.OURS_ALL))
                .succeeded();

        assertContains(listed, "Description: Echoes");
        assertContains(listed, "Built by: turnstile");
        assertContains(listed, "Built by: a debugger");
        assertContains(listed, "ticket: 12345");
        assertContains(listed, "Build: {\"profile\":\"debug\"}");
        assertContains(listed, "CycloneDX: sbom/sbom.cdx.json");
        assertContains(listed, "SPDX: sbom/sbom.spdx.json");
        assertContains(listed, "License: legal/LICENSE");
        assertContains(listed, Workshop.OTHER + ":");
    }

    @Test
    void keyOfRustbridge_signsHere(Workshop workshop) throws Exception {
        KeyFiles files = workshop.key(KeyOwner.RUSTBRIDGE);

        MinisignKey key = MinisignKey.read(files.secret(), Workshop.PASSWORD.toCharArray());

        assertTrue(MinisignKey.isEncrypted(files.secret()));
        assertEquals(files.publicKey(), key.publicKey());
        BundleException wrong =
                assertThrows(BundleException.class, () -> MinisignKey.read(files.secret(), "wrong".toCharArray()));
        assertEquals("The key file " + files.secret() + ": the password is wrong", wrong.getMessage());
        BundleException none = assertThrows(BundleException.class, () -> MinisignKey.read(files.secret()));
        assertEquals(Problem.MISSING, none.problem());
    }

    /** rustbridge never takes a key that is not encrypted, minisign's no more than ours. */
    @ParameterizedTest
    @EnumSource(names = {"OURS_UNENCRYPTED", "MINISIGN_UNENCRYPTED"})
    void unencryptedKey_isRefusedByRustbridge(KeyOwner key, Workshop workshop) throws Exception {
        Path file = workshop.place().resolve("none.rbp");

        String said = slim(workshop, key, "", file).failed();

        assertContains(said, "Invalid password or corrupted key file");
    }

    @Test
    void keyOfOurs_withAWrongPassword_isRefusedByRustbridge(Workshop workshop) throws Exception {
        Path file = workshop.place().resolve("none.rbp");

        String said = slim(workshop, KeyOwner.OURS, "wrong", file).failed();

        assertContains(said, "Invalid password or corrupted key file");
    }

    private static ExternalTool.Result slim(Workshop workshop, KeyOwner key, String password, Path file)
            throws Exception {
        return ExternalTool.rustbridge()
                .runOnTerminal(
                        workshop.directory(),
                        password + "\n",
                        "bundle",
                        "slim",
                        "-i",
                        workshop.bundle(Specimen.OURS_UNSIGNED),
                        "-o",
                        file,
                        "--sign-key",
                        workshop.key(key).secret());
    }

    private static void assertContains(String text, String part) {
        assertTrue(text.contains(part), () -> "no \"" + part + "\" in:\n" + text);
    }
}
