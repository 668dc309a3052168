package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.InterchangeTable.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** rustbridge's loader in Python verifies, loads and calls what is written here. */
@ExtendWith(Workshop.Provided.class)
@Tag("slow")
@Tag("any-java")
class RustbridgePythonInterchangeTest {
    private static final Path LOAD =
            Path.of(System.getProperty("turnstile.basedir", "."), "src/test/python/load_bundle.py");

    @ParameterizedTest
    @EnumSource
    void bundle_isVerifiedLoadedAndCalled(Specimen specimen, Workshop workshop) throws Exception {
        ExternalTool python = ExternalTool.python();
        for (String variant : specimen.variants()) {
            List<Object> arguments =
                    new ArrayList<>(List.of(LOAD.toAbsolutePath(), workshop.bundle(specimen), variant));
            if (specimen.isSigned()) {
                arguments.add(specimen.key(workshop).publicKey().base64());
            }

            String answer = python.run(workshop.place(), arguments.toArray()).succeeded();

            // It reads the answer, and writes it in Python's own way.
            assertEquals("{\"message\": \"hi\", \"length\": 2}", answer.strip());
        }
        InterchangeTable.note(
                specimen,
                Reader.RUSTBRIDGE_PYTHON,
                specimen.isLegacy() ? InterchangeTable.FINE + ", without being asked to" : InterchangeTable.FINE);
    }

    /** So the loading above did verify. */
    @ParameterizedTest
    @EnumSource(names = {"OURS_SIGNED", "OURS_UNSIGNED"})
    void bundle_thatTheTrustedKeyDidNotSign_isRefused(Specimen specimen, Workshop workshop) throws Exception {
        String somebody = MinisignKey.generate().publicKey().base64();

        String said = ExternalTool.python()
                .run(workshop.place(), LOAD.toAbsolutePath(), workshop.bundle(specimen), "release", somebody)
                .failed();

        String reason = specimen.isSigned()
                ? "Manifest signature verification failed"
                : "manifest.json.minisig not found in bundle";
        assertTrue(said.contains(reason), said);
    }

    /** It reads two of a signature's four lines, so nothing protects the comment there. */
    @Test
    void trustedComment_thatWasChanged_isAcceptedThereAndRefusedHere(Workshop workshop) throws Exception {
        Path changed = workshop.altered(
                Specimen.OURS_SIGNED,
                (entry, content) -> entry.endsWith(Bundle.SIGNATURE_SUFFIX)
                        ? new String(content, StandardCharsets.UTF_8)
                                .replace("timestamp:1700000000", "timestamp:1800000000")
                                .getBytes(StandardCharsets.UTF_8)
                        : content);
        MinisignPublicKey key = Specimen.OURS_SIGNED.key(workshop).publicKey();

        String unused = ExternalTool.python()
                .run(workshop.place(), LOAD.toAbsolutePath(), changed, "release", key.base64())
                .succeeded();

        BundleException refused =
                assertThrows(BundleException.class, () -> Bundle.open(changed, BundleTrust.signedBy(key)));
        assertTrue(refused.getMessage().contains("its trusted comment"), refused::getMessage);
    }
}
