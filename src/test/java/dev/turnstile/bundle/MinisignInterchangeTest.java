package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnstile.bundle.BundleException.Problem;
import dev.turnstile.bundle.InterchangeTable.Reader;
import dev.turnstile.bundle.Workshop.KeyFiles;
import dev.turnstile.bundle.Workshop.KeyOwner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** minisign verifies what is signed here, and the other way round; each reads the other's key files. */
@ExtendWith(Workshop.Provided.class)
@Tag("slow")
@Tag("any-java")
class MinisignInterchangeTest {
    private static final byte[] DATA = "some data\n".getBytes(StandardCharsets.UTF_8);
    private static final String TYPED = Workshop.PASSWORD + "\n";

    private static Stream<Specimen> signed() {
        return Arrays.stream(Specimen.values()).filter(Specimen::isSigned);
    }

    @ParameterizedTest
    @MethodSource("signed")
    void signaturesInABundle_areVerifiedByMinisign(Specimen specimen, Workshop workshop) throws Exception {
        ExternalTool minisign = ExternalTool.minisign();
        Bundle bundle = Bundle.open(workshop.bundle(specimen), BundleTrust.checksumsOnly());
        Path place = workshop.place();
        for (String variant : specimen.variants()) {
            for (String entry : List.of(Bundle.MANIFEST, bundle.library(variant).entry())) {
                Path file = Files.write(place.resolve("file"), bundle.unverified(entry));
                Path signature =
                        Files.write(place.resolve("signature"), bundle.unverified(entry + Bundle.SIGNATURE_SUFFIX));

                String said = minisign.run(
                                place, "-V", "-p", specimen.key(workshop).open(), "-m", file, "-x", signature)
                        .succeeded();

                assertTrue(said.contains("Signature and comment signature verified"), said);
                assertTrue(said.contains("Trusted comment: timestamp:"), said);
            }
        }
        InterchangeTable.note(specimen, Reader.MINISIGN, InterchangeTable.FINE);
    }

    @ParameterizedTest
    @EnumSource
    void signatureOfOurs_isVerifiedByMinisign(KeyOwner key, Workshop workshop) throws Exception {
        KeyFiles files = workshop.key(key);
        Path place = workshop.place();
        Path data = Files.write(place.resolve("data"), DATA);
        String comment = "for Mörg\t" + key;
        Files.writeString(place.resolve("data.minisig"), read(key, files).sign(DATA, comment));
        ExternalTool minisign = ExternalTool.minisign();

        String said =
                minisign.run(place, "-V", "-H", "-p", files.open(), "-m", data).succeeded();

        assertTrue(said.contains("Trusted comment: " + comment), said);
        Files.writeString(data, "other data\n");
        assertTrue(minisign.run(place, "-V", "-p", files.open(), "-m", data)
                .failed()
                .contains("Signature verification failed"));
    }

    @ParameterizedTest
    @EnumSource
    void signatureOfMinisigns_isVerifiedHere(KeyOwner key, Workshop workshop) throws Exception {
        KeyFiles files = workshop.key(key);

        MinisignSignature signature = sign(workshop, files, "-t", "a comment");

        assertEquals(
                new BundleSignature(files.publicKey().keyId(), "a comment", false),
                signature.verify(DATA, trusted(files), false));
        byte[] other = "other data\n".getBytes(StandardCharsets.UTF_8);
        BundleException changed =
                assertThrows(BundleException.class, () -> signature.verify(other, trusted(files), false));
        assertEquals(Problem.UNTRUSTED, changed.problem());
    }

    @Test
    void legacySignatureOfMinisigns_isRefusedUnlessAllowed(Workshop workshop) throws Exception {
        KeyFiles files = workshop.key(KeyOwner.MINISIGN_UNENCRYPTED);
        MinisignSignature legacy = sign(workshop, files, "-l");

        BundleException refused = assertThrows(BundleException.class, () -> legacy.verify(DATA, trusted(files), false));

        assertEquals(Problem.UNTRUSTED, refused.problem());
        assertTrue(legacy.verify(DATA, trusted(files), true).legacy());
    }

    @Test
    void keyOfMinisigns_isReadWithItsPasswordOnly(Workshop workshop) throws Exception {
        KeyFiles files = workshop.key(KeyOwner.MINISIGN);
        assertTrue(MinisignKey.isEncrypted(files.secret()));

        assertEquals(files.publicKey(), read(KeyOwner.MINISIGN, files).publicKey());

        BundleException wrong =
                assertThrows(BundleException.class, () -> MinisignKey.read(files.secret(), "wrong".toCharArray()));
        assertEquals("The key file " + files.secret() + ": the password is wrong", wrong.getMessage());
    }

    @Test
    void keyOfMinisigns_withoutAPassword_isRead(Workshop workshop) throws Exception {
        KeyFiles files = workshop.key(KeyOwner.MINISIGN_UNENCRYPTED);

        assertFalse(MinisignKey.isEncrypted(files.secret()));
        assertEquals(files.publicKey(), MinisignKey.read(files.secret()).publicKey());
    }

    /** From the secret half alone, so what it writes is what it read. In the comment it drops an id's leading zeros. */
    @ParameterizedTest
    @EnumSource(names = {"OURS", "OURS_UNENCRYPTED"})
    void publicKey_isRecreatedByMinisign(KeyOwner key, Workshop workshop) throws Exception {
        KeyFiles files = workshop.key(key);
        Path place = workshop.place();
        Path recreated = place.resolve("recreated.pub");

        ExternalTool.minisign()
                .runWithInput(place, TYPED, "-R", "-s", files.secret(), "-p", recreated)
                .succeeded();

        assertEquals(
                Files.readAllLines(files.open()).getLast(),
                Files.readAllLines(recreated).getLast());
    }

    @Test
    void keyOfOurs_withAWrongPassword_isRefusedByMinisign(Workshop workshop) throws Exception {
        KeyFiles files = workshop.key(KeyOwner.OURS);
        Path place = workshop.place();

        String said = ExternalTool.minisign()
                .runWithInput(place, "wrong\n", "-R", "-s", files.secret(), "-p", place.resolve("none.pub"))
                .failed();

        assertTrue(said.contains("Wrong password for that key"), said);
    }

    private static List<MinisignPublicKey> trusted(KeyFiles files) {
        return List.of(files.publicKey());
    }

    private static MinisignSignature sign(Workshop workshop, KeyFiles files, String... options)
            throws IOException, InterruptedException {
        Path place = workshop.place();
        Path data = Files.write(place.resolve("data"), DATA);
        Object[] arguments = Stream.concat(Stream.of(options), Stream.of("-S", "-s", files.secret(), "-m", data))
                .toArray();
        ExternalTool.minisign().runWithInput(place, TYPED, arguments).succeeded();
        return MinisignSignature.parse(new Source("It"), Files.readAllBytes(place.resolve("data.minisig")));
    }

    private static MinisignKey read(KeyOwner key, KeyFiles files) {
        assumeTrue(
                key != KeyOwner.MINISIGN || Runtime.getRuntime().maxMemory() > 1536L << 20,
                "minisign's password hash takes 1 GiB, and this JVM has too little heap for it");
        return MinisignKey.read(files.secret(), Workshop.PASSWORD.toCharArray());
    }
}
