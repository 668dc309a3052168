package dev.turnstile.bundle;

import dev.turnstile.bundle.BundleManifest.Sbom;
import dev.turnstile.bundle.BundleManifest.Schema;
import dev.turnstile.bundle.BundleManifest.Variant;
import java.util.Collections;
import java.util.HashSet;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** What a bundle says of its libraries, and in format 1.1 a variant may say of itself instead; immutable. */
record Metadata(
        Optional<BuildInfo> buildInfo,
        Optional<Sbom> sbom,
        SequencedMap<String, Schema> schemas,
        Optional<String> schemaChecksum) {
    static final Metadata NONE = new Metadata(
            Optional.empty(),
            Optional.empty(),
            Collections.unmodifiableSequencedMap(new TreeMap<>()),
            Optional.empty());

    static Metadata of(BundleManifest manifest) {
        return new Metadata(manifest.buildInfo(), manifest.sbom(), manifest.schemas(), manifest.schemaChecksum());
    }

    static Metadata of(Variant variant) {
        return new Metadata(variant.buildInfo(), variant.sbom(), variant.schemas(), variant.schemaChecksum());
    }

    Variant of(String library, String checksum, Optional<String> build) {
        return new Variant(
                new Variant.VariantValues(library, checksum, build, buildInfo, sbom, schemas, schemaChecksum));
    }

    Metadata withBuildInfo(Optional<BuildInfo> info) {
        return new Metadata(info, sbom, schemas, schemaChecksum);
    }

    Metadata withCyclonedx(Optional<String> entry) {
        return withSbom(entry, sbom.flatMap(Sbom::spdx));
    }

    Metadata withSpdx(Optional<String> entry) {
        return withSbom(sbom.flatMap(Sbom::cyclonedx), entry);
    }

    private Metadata withSbom(Optional<String> cyclonedx, Optional<String> spdx) {
        Optional<Sbom> bills = cyclonedx.or(() -> spdx).map(unused -> new Sbom(new Sbom.SbomValues(cyclonedx, spdx)));
        return new Metadata(buildInfo, bills, schemas, schemaChecksum);
    }

    Metadata withSchema(String name, Schema schema) {
        SequencedMap<String, Schema> more = new TreeMap<>(schemas);
        more.put(name, schema);
        return new Metadata(buildInfo, sbom, Collections.unmodifiableSequencedMap(more), schemaChecksum);
    }

    /** What holds for a variant that says this of itself in a bundle that says {@code bundles}. */
    Metadata or(Metadata bundles) {
        return new Metadata(
                buildInfo.or(bundles::buildInfo),
                sbom.or(bundles::sbom),
                schemas.isEmpty() ? bundles.schemas : schemas,
                schemaChecksum.or(bundles::schemaChecksum));
    }

    /** What both say. */
    Metadata inCommonWith(Metadata other) {
        return new Metadata(
                buildInfo.filter(info -> other.buildInfo.equals(buildInfo)),
                sbom.filter(bills -> other.sbom.equals(sbom)),
                other.schemas.equals(schemas) ? schemas : NONE.schemas,
                schemaChecksum.filter(checksum -> other.schemaChecksum.equals(schemaChecksum)));
    }

    /** What this says and {@code bundles} does not: {@code without(bundles).or(bundles)} is this. */
    Metadata without(Metadata bundles) {
        return new Metadata(
                buildInfo.filter(info -> !bundles.buildInfo.equals(buildInfo)),
                sbom.filter(bills -> !bundles.sbom.equals(sbom)),
                bundles.schemas.equals(schemas) ? NONE.schemas : schemas,
                schemaChecksum.filter(checksum -> !bundles.schemaChecksum.equals(schemaChecksum)));
    }

    /** The names of the entries that it refers to. */
    Set<String> entries() {
        Set<String> entries = new HashSet<>();
        sbom.flatMap(Sbom::cyclonedx).ifPresent(entries::add);
        sbom.flatMap(Sbom::spdx).ifPresent(entries::add);
        schemas.values().forEach(schema -> entries.add(schema.path()));
        return entries;
    }

    /** The same with other names for the entries. */
    Metadata renamed(UnaryOperator<String> names) {
        SequencedMap<String, Schema> renamed = new TreeMap<>();
        schemas.forEach((name, schema) -> renamed.put(
                name,
                new Schema(new Schema.SchemaValues(
                        names.apply(schema.path()), schema.format(), schema.checksum(), schema.description()))));
        return new Metadata(buildInfo, sbom, Collections.unmodifiableSequencedMap(renamed), schemaChecksum)
                .withSbom(
                        sbom.flatMap(Sbom::cyclonedx).map(names),
                        sbom.flatMap(Sbom::spdx).map(names));
    }

    /** The same without bills of materials that are not there. */
    Metadata withBillsIn(Predicate<String> entries) {
        return withSbom(
                sbom.flatMap(Sbom::cyclonedx).filter(entries),
                sbom.flatMap(Sbom::spdx).filter(entries));
    }
}
