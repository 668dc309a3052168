package dev.turnstile.bundle;

import dev.turnstile.bundle.BundleContent.Entry;
import dev.turnstile.bundle.BundleException.Problem;
import dev.turnstile.bundle.BundleManifest.Variant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Adds what is in one bundle to another one. What holds for a library before holds for it afterwards: what both bundles say stays the
 * bundle's, the rest becomes the libraries' own. What cannot be so is refused, and both bundles are named.
 */
final class BundleMerge {
    private static final String LEAVE_OUT = ". Leave it out of one of them";

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
        ManifestDifference difference =
                ManifestDifference.between(ManifestWriter.tree(from.plugin()), ManifestWriter.tree(into.plugin()));
        if (difference != null) {
            throw differ("plugin." + difference.member(), difference.here(), difference.there());
        }
    }

    private BundleException differ(String field, String here, String there) {
        return refuse(
                into.origin,
                field + " is " + both(here, into.origin, there) + ". Pack one of them anew, so that both say the same");
    }

    private void checkSchemas() {
        ManifestDifference difference = difference(
                new Metadata(
                        Optional.empty(), Optional.empty(), into.metadata.schemas(), into.metadata.schemaChecksum()),
                Optional.empty(),
                new Metadata(
                        Optional.empty(), Optional.empty(), from.metadata.schemas(), from.metadata.schemaChecksum()),
                Optional.empty());
        if (difference != null) {
            throw refuse(
                    into.origin,
                    difference.member() + " is " + both(difference.here(), into.origin, difference.there())
                            + ". If that is meant, each library can keep its own schemas: schemaMismatchAllowed(true)");
        }
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
                throw refuse(origin, library + "," + otherContent(here.checksum(), origin, there.checksum()));
            }
            checkSaysTheSame(library, origin, there, here);
        });
    }

    private void checkSaysTheSame(String library, Source origin, Variant there, Variant here) {
        Metadata ofHere = from.metadata(here);
        ManifestDifference difference = difference(into.metadata(there), there.build(), ofHere, here.build());
        if (difference != null) {
            throw refuse(
                    origin,
                    library + ", is in both, and its " + difference.member() + " is "
                            + both(difference.here(), origin, difference.there()) + LEAVE_OUT);
        }
        for (String name : ofHere.entries()) {
            requireSameContent(name, entry(from, name), entry(into, name));
        }
    }

    private static @Nullable ManifestDifference difference(
            Metadata there, Optional<String> buildThere, Metadata here, Optional<String> buildHere) {
        return ManifestDifference.between(
                ManifestWriter.tree(here.of("", "", buildHere)), ManifestWriter.tree(there.of("", "", buildThere)));
    }

    private void requireSameContent(String name, Entry here, Entry there) {
        if (!here.hasContentOf(there)) {
            throw refuse(
                    there.origin(),
                    "the entry " + Quoted.of(name)
                            + otherContent(
                                    Bundle.sha256(here.content()), there.origin(), Bundle.sha256(there.content())));
        }
    }

    private String otherContent(String checksumHere, Source origin, String checksumThere) {
        return " is in both, but not the same: its SHA-256 is " + both(checksumHere, origin, checksumThere) + LEAVE_OUT;
    }

    /** Two values, each with the bundle that has it. */
    private String both(String here, Source origin, String there) {
        return here + " in " + from.origin.nameOfBundle() + ", and " + there + " in " + origin.nameOfBundle();
    }

    private @Nullable String same(String field, @Nullable String there, @Nullable String here) {
        if (there != null && here != null && !there.equals(here)) {
            throw differ(field, Quoted.of(here), Quoted.of(there));
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
                requireSameContent(name, added, there);
            } else {
                renamed.put(name, other);
            }
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
        return from.origin.refuse(Problem.CONFLICT, "it cannot be combined with " + other.inSentence() + ": " + what);
    }
}
