package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.turnstile.bundle.BuildInfo.Git;
import dev.turnstile.bundle.BundleManifest.Plugin;
import dev.turnstile.bundle.BundleManifest.Sbom;
import dev.turnstile.bundle.BundleManifest.Schema;
import dev.turnstile.bundle.BundleManifest.Variant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** Whatever a manifest says, it is written and read again as the same; whatever the bytes, they are read or refused. */
class ManifestProperties {
    private static final Source SOURCE = new Source("The bundle x: manifest.json");

    @Property(tries = 300)
    void manifest_writtenAndRead_isTheSame(@ForAll("manifests") BundleManifest manifest) {
        byte[] written = ManifestWriter.write(manifest);

        assertEquals(manifest, ManifestReader.read(SOURCE, written));
        assertArrayEquals(written, ManifestWriter.write(ManifestReader.read(SOURCE, written)));
    }

    @Property
    void bytes_ofAnyKind_areReadOrRefused(@ForAll @Size(max = 200) byte[] bytes) {
        assertReadOrRefused(bytes);
    }

    @Property
    void manifest_withACharacterChanged_isReadOrRefused(
            @ForAll("manifests") BundleManifest manifest, @ForAll int place, @ForAll("characters") char character) {
        byte[] bytes = ManifestWriter.write(manifest);
        bytes[Math.floorMod(place, bytes.length)] = (byte) character;
        assertReadOrRefused(bytes);
    }

    private static void assertReadOrRefused(byte[] bytes) {
        try {
            BundleManifest read = ManifestReader.read(SOURCE, bytes);
            assertFalse(read.platforms().isEmpty());
        } catch (BundleException refused) {
            assertEquals(BundleException.Problem.MALFORMED, refused.problem());
        }
    }

    @Provide
    Arbitrary<Character> characters() {
        return Arbitraries.of('{', '}', '[', ']', '"', ',', ':', '\\', ' ', '0', '\0', 'é');
    }

    @Provide
    Arbitrary<BundleManifest> manifests() {
        Arbitrary<Plugin> plugins = Combinators.combine(
                        texts().filter(text -> !text.isEmpty()),
                        texts().filter(text -> !text.isEmpty()),
                        optional(texts()),
                        texts().list().ofMaxSize(3),
                        optional(texts()),
                        optional(texts()))
                .as(Plugin.PluginValues::new)
                .map(Plugin::new);
        return Combinators.combine(
                        Arbitraries.of("1.0", "1.1"),
                        plugins,
                        platforms(),
                        optional(buildInfos()),
                        optional(sboms()),
                        schemas())
                .flatAs((version, plugin, platforms, info, sbom, schemas) -> Combinators.combine(
                                optional(texts()), optional(paths()), optional(paths()), optional(texts()))
                        .as((checksum, notices, license, key) -> new BundleManifest(new BundleManifest.Values(
                                version, plugin, platforms, info, sbom, schemas, checksum, notices, license, key))));
    }

    private static Arbitrary<SequencedMap<Platform, SequencedMap<String, Variant>>> platforms() {
        Arbitrary<String> names = Arbitraries.of("debug", "a", "9", "nightly-2026", "x".repeat(64));
        Arbitrary<SequencedMap<String, Variant>> variants = Combinators.combine(
                        variants(), Arbitraries.maps(names, variants()).ofMaxSize(2))
                .as((release, more) -> {
                    SequencedMap<String, Variant> all = new TreeMap<>(more);
                    all.put(BundleManifest.RELEASE, release);
                    return Collections.unmodifiableSequencedMap(all);
                });
        Arbitrary<Platform> platforms =
                Arbitraries.of(Platform.LINUX_X86_64, Platform.WINDOWS_AARCH64, Platform.parse("plan9-mips"));
        return Arbitraries.maps(platforms, variants).ofMinSize(1).ofMaxSize(2).map(ManifestProperties::sorted);
    }

    private static Arbitrary<Variant> variants() {
        return Combinators.combine(
                        paths(),
                        checksums(),
                        optional(Arbitraries.of(
                                "{}", "[1,2.5,\"ü\"]", "\"\\u0000\\\"\"", "true", "{\"a\":{\"b\":null}}")),
                        optional(buildInfos()),
                        optional(sboms()),
                        schemas(),
                        optional(texts()))
                .as(Variant.VariantValues::new)
                .map(Variant::new);
    }

    private static Arbitrary<SequencedMap<String, Schema>> schemas() {
        Arbitrary<Schema> schemas = Combinators.combine(
                        paths(), texts().filter(text -> !text.isEmpty()), checksums(), optional(texts()))
                .as(Schema.SchemaValues::new)
                .map(Schema::new);
        return Arbitraries.maps(texts(), schemas).ofMaxSize(2).map(ManifestProperties::sorted);
    }

    private static Arbitrary<Sbom> sboms() {
        return Combinators.combine(optional(paths()), optional(paths()))
                .as(Sbom.SbomValues::new)
                .map(Sbom::new);
    }

    private static Arbitrary<BuildInfo> buildInfos() {
        Arbitrary<Git> gits = Combinators.combine(
                        texts().filter(text -> !text.isEmpty()),
                        optional(texts()),
                        optional(texts()),
                        optional(Arbitraries.of(true, false)))
                .as(Git.GitValues::new)
                .map(Git::new);
        return Combinators.combine(
                        optional(texts()),
                        optional(texts()),
                        optional(texts()),
                        optional(texts()),
                        optional(texts()),
                        optional(gits),
                        Arbitraries.maps(texts(), texts()).ofMaxSize(2))
                .as((by, at, host, compiler, version, git, custom) ->
                        new BuildInfo(new BuildInfo.Values(by, at, host, compiler, version, git, sorted(custom))));
    }

    /** Whatever has both halves of its surrogate pairs. */
    private static Arbitrary<String> texts() {
        return Arbitraries.strings()
                .ofMaxLength(12)
                .map(text -> text.codePoints()
                        .filter(character -> Character.getType(character) != Character.SURROGATE)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString());
    }

    private static Arbitrary<String> paths() {
        return Arbitraries.strings()
                .withCharRange('a', 'z')
                .withChars('0', '.', '-', '_', '/', ' ', 'ü')
                .ofMinLength(1)
                .ofMaxLength(12)
                .filter(path -> EntryNames.whyUnsafe(path) == null);
    }

    private static Arbitrary<String> checksums() {
        return Arbitraries.strings().withChars("0123456789abcdef").ofLength(64);
    }

    private static <T> Arbitrary<Optional<T>> optional(Arbitrary<T> values) {
        return values.optional();
    }

    private static <K extends Comparable<K>, V> SequencedMap<K, V> sorted(Map<K, V> map) {
        return Collections.unmodifiableSequencedMap(new TreeMap<>(map));
    }
}
