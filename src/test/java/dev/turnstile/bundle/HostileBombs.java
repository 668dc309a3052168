package dev.turnstile.bundle;

import static dev.turnstile.bundle.BundleParts.RELEASE;

import dev.turnstile.bundle.BundleException.Problem;
import dev.turnstile.bundle.HostileBundles.Attack;
import dev.turnstile.bundle.HostileBundles.Step;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Small archives that become large. All are held against the default limits. */
final class HostileBombs {
    private static final String DOCUMENT = "docs/zeros.txt";
    /** 64 KiB chunks. */
    private static final int MIB = 16;

    private static final int GIB = 1024 * MIB;

    private HostileBombs() {}

    static Stream<Attack> attacks() {
        return Stream.of(
                manifest("a manifest of 2 GiB", () -> RawZip.zeros(Bundle.MANIFEST, 2 * GIB))
                        .refusedAt(Step.OPEN, Problem.LIMIT, "manifest.json", "2147483648", "1048576"),
                manifest(
                                "a manifest of 2 GiB that declares 1,000 bytes",
                                () -> RawZip.zeros(Bundle.MANIFEST, 2 * GIB).says(header -> header.size = 1000))
                        .malformed("manifest.json", "more than the 1000 bytes it declares"),
                manifest(
                                "a manifest of 2 GiB that declares 1,000 bytes in the directory",
                                () -> RawZip.zeros(Bundle.MANIFEST, 2 * GIB)
                                        .directorySays(header -> header.size = 1000))
                        .malformed("manifest.json", "header differs"),
                manifest(
                                "a manifest of 2 GiB that declares 1,000 bytes before its data",
                                () -> RawZip.zeros(Bundle.MANIFEST, 2 * GIB).headerSays(header -> header.size = 1000))
                        .refusedAt(Step.OPEN, Problem.LIMIT, "manifest.json", "2147483648", "1048576"),
                manifest(
                                "a manifest that declares more than it is",
                                () -> RawZip.zeros(Bundle.MANIFEST, 1).says(header -> header.size++))
                        .malformed("manifest.json", "65536 bytes", "declares 65537"),
                manifest("a manifest whose data has something behind it", () -> {
                            RawZip.Entry entry = RawZip.zeros(Bundle.MANIFEST, 1);
                            return entry.says(header -> {
                                header.compressed -= 2;
                                header.size = 1 << 16;
                            });
                        })
                        .malformed("manifest.json", "cut off"),
                with("a library of 300 MiB", RELEASE, () -> RawZip.zeros(RELEASE, 300 * MIB))
                        .refusedAt(Step.OPEN, Problem.LIMIT, RELEASE, "314572800", "268435456"),
                with(
                                "a library of 300 MiB that declares 22 bytes",
                                RELEASE,
                                () -> RawZip.zeros(RELEASE, 300 * MIB).says(header -> header.size = 22))
                        .refusedAt(Step.READ, Problem.MALFORMED, RELEASE, "more than the 22 bytes it declares"),
                with(
                                "an entry of 4 GiB less one byte",
                                "",
                                () -> RawZip.zeros(DOCUMENT, 1).says(header -> header.size = 0xffffffffL))
                        .refusedAt(Step.OPEN, Problem.LIMIT, DOCUMENT, "4294967295", "268435456"),
                with("an entry that inflates 789 to 1", "", () -> RawZip.zeros(DOCUMENT, 17))
                        .refusedAt(Step.OPEN, Problem.LIMIT, DOCUMENT, "from 1413 to 1114112", "more than 200 times"),
                HostileArchives.zip("entries that inflate to more than 1 GiB together", zip -> {
                            for (int i = 0; i < 1025; i++) {
                                zip.add(RawZip.zeros("docs/" + i, MIB));
                            }
                        })
                        .refusedAt(Step.OPEN, Problem.LIMIT, "inflate to more than the limit of 1073741824"),
                HostileArchives.zip("5,000 entries", zip -> {
                            for (int i = 0; i < 5000; i++) {
                                zip.add(RawZip.stored("docs/" + i, new byte[0]));
                            }
                        })
                        .refusedAt(Step.OPEN, Problem.LIMIT, "entries", "4096"),
                HostileArchives.zip("5,000 entries, of which it counts ten", zip -> {
                            for (int i = 0; i < 5000; i++) {
                                zip.add(RawZip.stored("docs/" + i, new byte[0]));
                            }
                            zip.endSays(end -> {
                                end.entries = 10;
                                end.entriesHere = 10;
                            });
                        })
                        .malformed("more in it than the 10 entries"),
                HostileArchives.zip(
                                "100 entries that share the data of one (a bomb without recursion)",
                                HostileBombs::overlapping)
                        .malformed("docs/1", "shares bytes with the entry \"docs/0\""));
    }

    /** Each entry's data are the headers of all that follow, stored, and at last the same zeros. */
    private static void overlapping(RawZip zip) {
        int first = zip.size();
        RawZip.Entry[] entries = new RawZip.Entry[100];
        entries[99] = RawZip.zeros("docs/99", MIB);
        for (int i = 98; i >= 0; i--) {
            entries[i] = RawZip.stored("docs/" + i, entries[i + 1].record());
        }
        zip.add(entries[0]);
        int at = first;
        for (int i = 1; i < 100; i++) {
            at += 30 + ("docs/" + (i - 1)).length();
            zip.add(entries[i].onlyInDirectory(at));
        }
    }

    /** A manifest that is a bomb; signed, though only as the manifest that it replaces. */
    private static Attack manifest(String name, Supplier<RawZip.Entry> bomb) {
        return Attack.of(name, () -> {
            BundleParts parts = new BundleParts();
            RawZip zip = new RawZip().add(bomb.get());
            zip.add(RawZip.stored(
                    BundleParts.MANIFEST_SIGNATURE, BundleParts.utf8(SigningKey.TRUSTED.sign(parts.manifestBytes()))));
            return zip.bytes();
        });
    }

    private static Attack with(String name, String inPlaceOf, Supplier<RawZip.Entry> bomb) {
        return Attack.of(
                name,
                () -> new BundleParts().remove(inPlaceOf).zip().add(bomb.get()).bytes());
    }
}
