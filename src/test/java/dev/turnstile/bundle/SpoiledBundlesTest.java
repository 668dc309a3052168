package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.BundleException.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A good bundle, spoiled at every place in turn: it is refused, or what is verified in it is what it was. */
@Tag("slow")
@Tag("any-java")
class SpoiledBundlesTest {
    private static final BundleTrust SIGNED = BundleTrust.signedBy(SigningKey.TRUSTED.publicKey());
    private static final BundleTrust CHECKSUMS = BundleTrust.checksumsOnly();

    /** The fields without which there is no manifest; a path ends where all below it is required, too. */
    private static final Set<String> REQUIRED = Set.of(
            "/bundle_version",
            "/plugin",
            "/plugin/name",
            "/plugin/version",
            "/platforms",
            "/platforms/linux-x86_64",
            "/platforms/linux-x86_64/variants",
            "/platforms/linux-x86_64/variants/release",
            "/platforms/linux-x86_64/variants/release/library",
            "/platforms/linux-x86_64/variants/release/checksum",
            "/platforms/linux-x86_64/variants/debug/library",
            "/platforms/linux-x86_64/variants/debug/checksum",
            "/platforms/linux-x86_64/variants/debug/schemas/messages.json/path",
            "/platforms/linux-x86_64/variants/debug/schemas/messages.json/format",
            "/platforms/linux-x86_64/variants/debug/schemas/messages.json/checksum",
            "/platforms/linux-x86_64/variants/debug/build_info/git/commit",
            "/schemas/messages.json/path",
            "/schemas/messages.json/format",
            "/schemas/messages.json/checksum",
            "/build_info/git/commit");

    private static Bundle open(byte[] bytes, BundleTrust trust) {
        return Bundle.of(Source.bundle("spoiled.rbp"), bytes, trust, BundleLimits.defaults());
    }

    /** Everything in a bundle that something vouches for. */
    private static Map<String, List<Byte>> verified(Bundle bundle) {
        Map<String, List<Byte>> verified = new TreeMap<>();
        for (String variant :
                bundle.manifest().platforms().get(BundleParts.PLATFORM).keySet()) {
            BundledLibrary library = bundle.library(BundleParts.PLATFORM, variant);
            verified.put(library.entry(), boxed(library.bytes()));
        }
        bundle.manifest().schemas().keySet().forEach(name -> verified.put(name, boxed(bundle.schema(name))));
        return verified;
    }

    private static List<Byte> boxed(byte[] bytes) {
        List<Byte> boxed = new ArrayList<>();
        for (byte value : bytes) {
            boxed.add(value);
        }
        return boxed;
    }

    // ---- the file ----

    @Test
    void bundle_cutOffAnywhere_isRefused() {
        byte[] whole = new BundleParts().bytes();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            BundleException refused =
                    assertThrows(BundleException.class, () -> open(cut, SIGNED), length + " of " + whole.length);
            assertEquals(Problem.MALFORMED, refused.problem(), refused.getMessage());
        }
    }

    /** One bit anywhere, the lowest or the highest of its byte. */
    @ParameterizedTest
    @ValueSource(ints = {0x01, 0x80})
    void signedBundle_withABitFlippedAnywhere_isRefusedOrVerifiedAsItWas(int bit) {
        byte[] whole = new BundleParts().bytes();
        Bundle before = open(whole.clone(), SIGNED);
        Map<String, List<Byte>> verifiedBefore = verified(before);
        int refused = 0;
        for (int at = 0; at < whole.length; at++) {
            byte[] flipped = whole.clone();
            flipped[at] ^= (byte) bit;
            try {
                Bundle bundle = open(flipped, SIGNED);
                Map<String, List<Byte>> verified = verified(bundle);
                assertEquals(before.manifest(), bundle.manifest(), "byte " + at);
                assertEquals(verifiedBefore, verified, "byte " + at);
            } catch (BundleException known) {
                refused++;
            }
        }
        assertTrue(refused > whole.length / 2, refused + " of " + whole.length + " were refused");
    }

    /** Without signatures there is less to refuse, and still nothing but a refusal. */
    @Test
    void unsignedBundle_withAByteChangedAnywhere_hasNoLibraryOfAnotherChecksum() {
        byte[] whole = new BundleParts().bytes();
        for (int at = 0; at < whole.length; at++) {
            byte[] flipped = whole.clone();
            flipped[at] ^= (byte) 0xff;
            try {
                BundledLibrary library = open(flipped, CHECKSUMS).library(BundleParts.PLATFORM, BundleManifest.RELEASE);
                assertEquals(library.checksum(), Bundle.sha256(library.bytes()), "byte " + at);
            } catch (BundleException known) {
                assertNotEquals(Problem.IO, known.problem(), known.getMessage());
            }
        }
    }

    // ---- the manifest ----

    static Stream<String> fields() {
        List<String> pointers = new ArrayList<>();
        collect("", BundleParts.manifest(), pointers);
        return pointers.stream();
    }

    private static void collect(String pointer, JsonNode node, List<String> pointers) {
        if (!pointer.isEmpty()) {
            pointers.add(pointer);
        }
        if (node instanceof ObjectNode object) {
            object.properties()
                    .forEach(member -> collect(pointer + "/" + member.getKey(), member.getValue(), pointers));
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                collect(pointer + "/" + i, array.get(i), pointers);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("fields")
    void field_thatIsMissing_isRefusedByNameIfItIsRequired(String pointer) {
        ObjectNode manifest = BundleParts.manifest();
        remove(manifest, pointer);

        assertRefusedIfRequired(pointer, manifest, true);
    }

    @ParameterizedTest
    @MethodSource("fields")
    void field_thatIsAnythingElse_isRefusedByNameOrMakesSense(String pointer) {
        for (String value : List.of(
                "null",
                "7",
                "-1.5e300",
                "true",
                "[]",
                "[null]",
                "[[[]]]",
                "{}",
                "{\"x\":null}",
                "{\"\":{\"\":1}}",
                "\"\"",
                "\"x\"")) {
            ObjectNode manifest = BundleParts.manifest();
            replace(manifest, pointer, JsonMapper.shared().readTree(value));

            boolean never = Set.of("null", "7", "[]").contains(value);
            assertRefusedIfRequired(pointer, manifest, never);
        }
    }

    private static void assertRefusedIfRequired(String pointer, ObjectNode manifest, boolean wrong) {
        String json = manifest.toString();
        byte[] bundle = new BundleParts().manifestText(json).bytes();
        try {
            Bundle accepted = open(bundle, SIGNED);
            assertTrue(!wrong || !REQUIRED.contains(pointer), () -> pointer + " was accepted: " + json);
            Map<String, List<Byte>> unused = verified(accepted);
        } catch (BundleException refused) {
            String message = refused.getMessage();
            String field = pointer.substring(1).replace('/', '.');
            // What is missing as a whole is told by the nearest object that is there.
            String owner = field.contains(".") ? field.substring(0, field.lastIndexOf('.')) : field;
            assertTrue(message.contains("manifest.json: "), message);
            assertTrue(message.contains(owner), () -> pointer + " is not named: " + message);
        }
    }

    private static void remove(ObjectNode manifest, String pointer) {
        JsonNode owner = owner(manifest, pointer);
        if (owner instanceof ObjectNode object) {
            object.remove(last(pointer));
        } else {
            ((ArrayNode) owner).remove(Integer.parseInt(last(pointer)));
        }
    }

    private static void replace(ObjectNode manifest, String pointer, JsonNode value) {
        JsonNode owner = owner(manifest, pointer);
        if (owner instanceof ObjectNode object) {
            object.set(last(pointer), value);
        } else {
            ((ArrayNode) owner).set(Integer.parseInt(last(pointer)), value);
        }
    }

    private static JsonNode owner(ObjectNode manifest, String pointer) {
        return manifest.at(pointer.substring(0, pointer.lastIndexOf('/')));
    }

    private static String last(String pointer) {
        return pointer.substring(pointer.lastIndexOf('/') + 1);
    }

    /** Every unsafe path in every field that is a path. */
    @Test
    void path_thatIsUnsafe_isRefusedInEveryField() {
        HostileNames.FIELDS.forEach((owner, member) -> HostileNames.UNSAFE.forEach((what, path) -> {
            HostileBundles.Attack attack = HostileNames.field(owner, member, what, path);
            BundleException refused = assertThrows(
                    BundleException.class, () -> open(attack.bytes().get(), SIGNED), attack.name());
            attack.says().forEach(part -> assertTrue(refused.getMessage().contains(part), refused.getMessage()));
        }));
    }

    @Test
    void bundle_thatIsNotSpoiled_isVerified() {
        Map<String, List<Byte>> verified = verified(open(new BundleParts().bytes(), SIGNED));

        assertEquals(Set.of(BundleParts.RELEASE, BundleParts.DEBUG, "messages.json"), verified.keySet());
        assertArrayEquals(
                BundleParts.LIBRARY,
                open(new BundleParts().bytes(), SIGNED)
                        .library(BundleParts.PLATFORM, BundleManifest.RELEASE)
                        .bytes());
    }
}
