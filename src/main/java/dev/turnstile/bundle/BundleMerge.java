package dev.turnstile.bundle;

import dev.turnstile.bundle.BundleContent.Entry;
import dev.turnstile.bundle.BundleException.Problem;
import dev.turnstile.bundle.BundleManifest.Plugin;
import dev.turnstile.bundle.BundleManifest.Variant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Adds what is in one bundle to another one. What holds for a library before holds for it afterwards: what both bundles say stays the
 * bundle's, the rest becomes the libraries' own. What cannot be so is refused, and both bundles are named.
 */
final class BundleMerge {
    private final BundleContent into;
    private final BundleContent from;

    private BundleMerge(BundleContent into, BundleContent from) {
        this.into = into;
        this.from = from;
    }

    /** The content that is added is used up. */
    static void merge(BundleContent into, BundleContent from, boolean schemaMismatchAllowed) {
        BundleMerge merge = new BundleMerge(into, from);
        merge.checkPlugin();
        if (!schemaMismatchAllowed) {
            merge.checkSchemas();
        }
        into.leaveOutMissing();
        from.leaveOutMissing();
        merge.checkSameLibraries();
        from.retain((platform, variant) -> into.variant(platform, variant).isEmpty());
        into.notices = merge.same("notices", into.notices, from.notices);
        into.licenseFile = merge.same("license_file", into.licenseFile, from.licenseFile);
        if (into.leastFormat.compareTo(from.leastFormat) < 0) {
            into.leastFormat = from.leastFormat;
        }
        merge.addLibraries(merge.addEntries());
    }

    // ---- what must be the same ----

    private void checkPlugin() {
        checkPlugin("name", Plugin::name);
        checkPlugin("version", Plugin::version);
        checkPlugin("description", plugin -> plugin.description().orElse(""));
        checkPlugin("authors", plugin -> String.join(", ", plugin.authors()));
        checkPlugin("license", plugin -> plugin.license().orElse(""));
        checkPlugin("repository", plugin -> plugin.repository().orElse(""));
    }

    private void checkPlugin(String field, Function<Plugin, String> value) {
        String there = value.apply(into.plugin());
        String here = value.apply(from.plugin());
        if (!there.equals(here)) {
            throw differ("plugin." + field, here, there);
        }
    }

    private BundleException differ(String field, String here, String there) {
        return refuse(into.origin, field + " is " + Quoted.of(here) + " here, and " + Quoted.of(there) + " there");
    }

    private void checkSchemas() {
        TreeSet<String> names = new TreeSet<>(into.metadata.schemas().keySet());
        names.addAll(from.metadata.schemas().keySet());
        for (String name : names) {
            if (!Objects.equals(
                    into.metadata.schemas().get(name), from.metadata.schemas().get(name))) {
                throw schemasDiffer("the schema " + Quoted.of(name) + " is another one, or only in one of them");
            }
        }
        if (!into.metadata.schemaChecksum().equals(from.metadata.schemaChecksum())) {
            throw schemasDiffer("schema_checksum is another one, or only in one of them");
        }
    }

    private BundleException schemasDiffer(String what) {
        return refuse(
                into.origin,
                what + ". If that is meant, each library can keep its own: schemaMismatchAllowed(true), or"
                        + " --allow-schema-mismatch");
    }

    /** A library may be in both, if it is the same and both say the same of it. */
    private void checkSameLibraries() {
        from.forEachVariant((platform, name, here) -> {
            Variant there = into.variant(platform, name).orElse(null);
            if (there == null) {
                return;
            }
            String library = "the library for " + platform + ", " + name;
            Source origin = entry(into, there.library()).origin();
            if (!there.checksum().equals(here.checksum())) {
                throw refuse(
                        origin,
                        library + ", is in both, but not the same: its SHA-256 is " + here.checksum() + " here, and "
                                + there.checksum() + " there");
            }
            if (!there.build().equals(here.build()) || !isSame(into.metadata(there), from.metadata(here))) {
                throw refuse(
                        origin,
                        library + ", is in both, but they say different things of it (build, build_info, sbom, schemas"
                                + " or schema_checksum)");
            }
        });
    }

    private boolean isSame(Metadata there, Metadata here) {
        return there.equals(here)
                && here.entries().stream().allMatch(entry -> entry(from, entry).hasContentOf(entry(into, entry)));
    }

    private @Nullable String same(String field, @Nullable String there, @Nullable String here) {
        if (there != null && here != null && !there.equals(here)) {
            throw differ(field, here, there);
        }
        return there == null ? here : there;
    }

    // ---- what is added ----

    /** Returns the new names of entries whose name something else has. */
    private Map<String, String> addEntries() {
        Map<String, String> renamed = new HashMap<>();
        Map<String, String> movable = movable();
        from.entries.forEach((name, added) -> {
            Entry there = into.entries.putIfAbsent(name, added);
            if (there == null || added.hasContentOf(there)) {
                return;
            }
            String other = movable.get(name);
            if (other == null || from.entries.containsKey(other) || into.entries.putIfAbsent(other, added) != null) {
                throw refuse(there.origin(), "the entry " + Quoted.of(name) + " is in both, but not the same");
            }
            renamed.put(name, other);
        });
        return renamed;
    }

    /** The entries that belong to a library, with other names for them: in a directory for the first such library. */
    private Map<String, String> movable() {
        Map<String, String> movable = new HashMap<>();
        from.forEachVariant((platform, name, variant) -> {
            String directory = platform + "/" + name + "/";
            UnaryOperator<String> moved = entry -> {
                String fileName = EntryNames.fileName(entry);
                return entry.substring(0, entry.length() - fileName.length()) + directory + fileName;
            };
            movable.computeIfAbsent(variant.library(), moved);
            from.metadata(variant).entries().forEach(entry -> movable.computeIfAbsent(entry, moved));
        });
        return movable;
    }

    private void addLibraries(Map<String, String> renamed) {
        UnaryOperator<String> names = entry -> renamed.getOrDefault(entry, entry);
        Metadata common = into.metadata.inCommonWith(from.metadata.renamed(names));
        into.forEachVariant((platform, name, variant) ->
                into.change(platform, name, own -> own.or(into.metadata).without(common)));
        from.forEachVariant((platform, name, variant) -> {
            Metadata own = from.metadata(variant).renamed(names).without(common);
            into.put(platform, name, own.of(names.apply(variant.library()), variant.checksum(), variant.build()));
        });
        into.metadata = common;
        into.libraries().forEach(library -> into.entries.remove(library + Bundle.SIGNATURE_SUFFIX));
    }

    private static Entry entry(BundleContent content, String name) {
        return Objects.requireNonNull(content.entries.get(name), name);
    }

    private BundleException refuse(Source other, String what) {
        return from.origin.refuse(Problem.MALFORMED, "it cannot be combined with " + other.inSentence() + ": " + what);
    }
}
