package dev.turnstile.bundle;

import static dev.turnstile.bundle.BundleParts.LIBRARY;
import static dev.turnstile.bundle.BundleParts.VARIANTS;
import static dev.turnstile.bundle.BundleParts.utf8;

import dev.turnstile.bundle.BundleException.Problem;
import dev.turnstile.bundle.HostileBundles.Attack;
import dev.turnstile.bundle.HostileBundles.Step;
import dev.turnstile.bundle.HostileBundles.Use;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;

/** What is not in the bundle, but around it: something else in its place, and something that waits where it is extracted. */
final class HostileSituations {
    private static final String A_DIRECTORY = "a directory in the place of the bundle";
    private static final String NOTHING = "no file at all";
    private static final String A_DANGLING_LINK = "a link that leads nowhere";

    /** Those that have no bundle that another reader could be given. */
    static final Set<String> NO_BUNDLE = Set.of(A_DIRECTORY, NOTHING, A_DANGLING_LINK);

    private HostileSituations() {}

    static Stream<Attack> attacks() {
        return Stream.of(
                Attack.of(A_DIRECTORY, () -> new byte[0])
                        .in((file, bytes) -> Files.createDirectory(file))
                        .refusedAt(Step.OPEN, Problem.IO, "not a file"),
                Attack.of(NOTHING, () -> new byte[0])
                        .in((file, bytes) -> {})
                        .refusedAt(Step.OPEN, Problem.IO, "no such file"),
                Attack.of(A_DANGLING_LINK, () -> new byte[0])
                        .in((file, bytes) -> Files.createSymbolicLink(file, file.resolveSibling("gone")))
                        .refusedAt(Step.OPEN, Problem.IO, "no such file"),
                Attack.of("a file waits where the library is extracted to", () -> new BundleParts().bytes())
                        .using(extractingOnto(waiting -> Files.writeString(waiting, "mine")))
                        .refusedAt(Step.EXTRACT, Problem.IO, "libecho.so", "not overwritten"),
                Attack.of("a link waits where the library is extracted to", () -> new BundleParts().bytes())
                        .using(extractingOnto(waiting -> {
                            Path target = Files.writeString(waiting.resolveSibling("target"), "mine");
                            Files.createSymbolicLink(waiting, target);
                        }))
                        .refusedAt(Step.EXTRACT, Problem.IO, "libecho.so", "not overwritten"),
                Attack.of(
                                "a link to a file that is not there waits where the library is extracted to",
                                () -> new BundleParts().bytes())
                        .using(extractingOnto(
                                waiting -> Files.createSymbolicLink(waiting, waiting.resolveSibling("target"))))
                        .refusedAt(Step.EXTRACT, Problem.IO, "libecho.so", "not overwritten"),
                Attack.of(
                                "a library that has the name of the file which guards its directory",
                                () -> new BundleParts()
                                        .field(VARIANTS + "/release", "library", "lib/lock")
                                        .library("lib/lock", LIBRARY)
                                        .bytes())
                        .refusedAt(Step.EXTRACT, Problem.MALFORMED, "lib/lock", "\"lock\""));
    }

    private interface Waiting {
        void make(Path file) throws IOException;
    }

    /** What waits must be there as it was afterwards, and so must what it leads to. */
    private static Use extractingOnto(Waiting waiting) {
        return (bundle, place, steps) -> {
            BundledLibrary library = bundle.library(BundleParts.PLATFORM, BundleManifest.RELEASE);
            Path target = place.resolve("target");
            Path file = place.resolve(library.fileName());
            waiting.make(file);
            boolean link = Files.isSymbolicLink(file);
            boolean dangling = !Files.exists(file);
            steps.accept(Step.EXTRACT);
            try {
                Path unused = library.extractTo(place);
            } catch (BundleException refused) {
                boolean same = Files.isSymbolicLink(file) == link
                        && (dangling ? !Files.exists(target) : Arrays.equals(Files.readAllBytes(file), utf8("mine")));
                Files.deleteIfExists(file);
                Files.deleteIfExists(target);
                if (!same) {
                    throw new AssertionError("What waited there was touched", refused);
                }
                throw refused;
            }
        };
    }
}
