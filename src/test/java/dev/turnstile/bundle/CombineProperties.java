package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.turnstile.bundle.BundleManifest.Sbom;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Whatever is combined, in whatever order, each library keeps its bytes and what holds for it; and what is taken out of the whole again is
 * what was put in.
 */
class CombineProperties {
    private static final List<Platform> PLATFORMS =
            List.of(Platform.LINUX_X86_64, Platform.LINUX_AARCH64, Platform.DARWIN_AARCH64, Platform.WINDOWS_X86_64);

    /** What a bundle, or a variant of it, says; each may be missing. */
    record Said(Optional<Integer> builtBy, Optional<Integer> bill, Optional<Integer> schema) {}

    record Part(int library, Optional<Said> debug, Said said) {}

    /** All that can be seen of a library in a bundle, without the names of the entries. */
    private record Seen(
            String library,
            Optional<String> build,
            Optional<BuildInfo> info,
            Optional<String> cyclonedx,
            Map<String, String> schemas) {}

    @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
    void combined_andSlimmedToEachOfItsParts_isThatPart(@ForAll("parts") List<Part> parts, @ForAll boolean backwards) {
        List<Bundle> bundles = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            bundles.add(bundle(PLATFORMS.get(i), parts.get(i)));
        }
        List<Bundle> order = backwards ? bundles.reversed() : bundles;
        BundleWriter writer = BundleWriter.from(order.getFirst()).schemaMismatchAllowed(true);
        order.subList(1, order.size()).forEach(writer::combineWith);

        Bundle all = read(writer.toBytes());

        assertEquals(
                Set.copyOf(PLATFORMS.subList(0, parts.size())),
                all.manifest().platforms().keySet());
        for (int i = 0; i < parts.size(); i++) {
            Platform platform = PLATFORMS.get(i);
            Bundle part = bundles.get(i);
            assertEquals(seen(part, platform), seen(all, platform));
            Bundle slim = read(BundleWriter.from(all)
                    .keepOnly((each, variant) -> each.equals(platform))
                    .toBytes());
            assertEquals(Set.of(platform), slim.manifest().platforms().keySet());
            assertEquals(seen(part, platform), seen(slim, platform));
            assertEquals(new TreeSet<>(contents(part)), new TreeSet<>(contents(slim)));
        }
    }

    @Property(tries = 50, edgeCases = EdgeCasesMode.NONE)
    void combined_withItself_isTheSame(@ForAll("parts") List<Part> parts) {
        Bundle bundle = bundle(PLATFORMS.getFirst(), parts.getFirst());
        byte[] once = BundleWriter.from(bundle).toBytes();

        assertArrayEquals(once, BundleWriter.from(bundle).combineWith(bundle).toBytes());
    }

    private static Map<String, Seen> seen(Bundle bundle, Platform platform) {
        BundleManifest manifest = bundle.manifest();
        Map<String, Seen> seen = new HashMap<>();
        manifest.platforms().getOrDefault(platform, new TreeMap<>()).forEach((name, variant) -> {
            Map<String, String> schemas = new TreeMap<>();
            manifest.schemas(platform, name)
                    .keySet()
                    .forEach(schema -> schemas.put(schema, text(bundle.schema(platform, name, schema))));
            seen.put(
                    name,
                    new Seen(
                            text(bundle.library(platform, name).bytes()) + variant.checksum(),
                            variant.build(),
                            manifest.buildInfo(platform, name),
                            manifest.sbom(platform, name)
                                    .flatMap(Sbom::cyclonedx)
                                    .map(entry -> text(bundle.unverified(entry))),
                            schemas));
        });
        return seen;
    }

    /** What the entries have in them, but the manifest: nothing of another part stays behind. */
    private static List<String> contents(Bundle bundle) {
        return bundle.entries().stream()
                .filter(entry -> !entry.equals(Bundle.MANIFEST))
                .map(entry -> text(bundle.unverified(entry)))
                .toList();
    }

    private static Bundle bundle(Platform platform, Part part) {
        BundleWriter writer = new BundleWriter("echo", "1.0.0")
                .library(platform, "release", "libecho", bytes("library " + part.library()))
                .document("README.md", bytes("read me"));
        Said said = part.said();
        said.builtBy().ifPresent(who -> writer.buildInfo(BuildInfo.NONE.withBuiltBy("builder " + who)));
        said.bill().ifPresent(bill -> writer.cyclonedx("sbom.json", bytes("bill " + bill)));
        said.schema().ifPresent(schema -> writer.schema("m.json", bytes("{\"schema\":" + schema + "}")));
        part.debug().ifPresent(own -> {
            writer.library(platform, "debug", "libecho", bytes("debug " + part.library()))
                    .build(platform, "debug", "{\"profile\":" + part.library() + "}");
            own.builtBy()
                    .ifPresent(
                            who -> writer.buildInfo(platform, "debug", BuildInfo.NONE.withBuiltBy("debugger " + who)));
            own.schema()
                    .ifPresent(
                            schema -> writer.schema(platform, "debug", "m.json", bytes("{\"schema\":" + schema + "}")));
        });
        return read(writer.toBytes());
    }

    private static Bundle read(byte[] bytes) {
        return Bundle.read(
                "x.rbp", new ByteArrayInputStream(bytes), BundleTrust.checksumsOnly(), BundleLimits.defaults());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Provide
    Arbitrary<List<Part>> parts() {
        Arbitrary<Optional<Integer>> few = Arbitraries.integers().between(0, 1).optional();
        Arbitrary<Said> said = Combinators.combine(few, few, few).as(Said::new);
        return Combinators.combine(Arbitraries.integers().between(0, 3), said.optional(), said)
                .as(Part::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(PLATFORMS.size());
    }
}
