package dev.turnstile.bundle;

import dev.turnstile.bundle.BundleException.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Everything that a hostile bundle is known to try, and what becomes of it. Unless the signature is the point, a bundle is
 * signed by the key that is trusted: so it is the attack itself that is refused.
 */
final class HostileBundles {
    private HostileBundles() {}

    /** A title, and the attacks of its kind. */
    static SequencedMap<String, Stream<Attack>> byKind() {
        SequencedMap<String, Stream<Attack>> kinds = new LinkedHashMap<>();
        kinds.put("Signatures, checksums, identity", HostileSignatures.attacks());
        kinds.put("The manifest", HostileManifests.attacks());
        kinds.put("Names and paths", HostileNames.attacks());
        kinds.put("The archive", HostileArchives.attacks());
        kinds.put("Bombs", HostileBombs.attacks());
        kinds.put("Around the bundle", HostileSituations.attacks());
        return kinds;
    }

    static Stream<Attack> attacks() {
        return byKind().values().stream().flatMap(attacks -> attacks);
    }

    /** What looks odd and is well: must be accepted, or the refusals above prove nothing. */
    static Stream<Attack> harmless() {
        return Stream.of(
                        HostileSignatures.harmless(),
                        HostileManifests.harmless(),
                        HostileNames.harmless(),
                        HostileArchives.harmless())
                .flatMap(attacks -> attacks);
    }

    /** How far a bundle gets. */
    enum Step {
        /** {@link Bundle#open} */
        OPEN,
        /** {@link Bundle#library(Platform, String)}, {@link Bundle#schema(String)} */
        READ,
        /** {@link BundledLibrary#extract}, {@link BundledLibrary#extractTo} */
        EXTRACT,
        /** Not at all. */
        NOWHERE
    }

    /** What is done with a bundle. */
    interface Use {
        /**
         * Uses it.
         *
         * @param place an empty directory to extract to
         * @param steps is told of each step before it
         */
        void of(Bundle bundle, Path place, Consumer<Step> steps) throws IOException;
    }

    /**
     * One thing that a bundle tries.
     *
     * @param name what it tries, in words
     * @param bytes the bundle
     * @param setting makes a file of the bytes, or what else there is in its place
     * @param trust whom the reader believes
     * @param use what the reader does with it
     * @param refusedAt the step that must refuse it
     * @param problem what kind of refusal
     * @param says what the message must have: entry, field and value
     */
    record Attack(
            String name,
            Supplier<byte[]> bytes,
            Setting setting,
            BundleTrust trust,
            Use use,
            Step refusedAt,
            Problem problem,
            List<String> says) {

        interface Setting {
            void make(Path file, byte[] bundle) throws IOException;
        }

        static Attack of(String name, Supplier<byte[]> bytes) {
            return new Attack(
                    name,
                    bytes,
                    Files::write,
                    BundleTrust.signedBy(SigningKey.TRUSTED.publicKey()),
                    Attack::loadRelease,
                    Step.NOWHERE,
                    Problem.MALFORMED,
                    List.of());
        }

        Attack refusedAt(Step step, Problem kind, String... parts) {
            return new Attack(name, bytes, setting, trust, use, step, kind, List.of(parts));
        }

        /** It is refused as malformed when it is opened. */
        Attack malformed(String... parts) {
            return refusedAt(Step.OPEN, Problem.MALFORMED, parts);
        }

        /** It is refused as untrusted when it is opened. */
        Attack untrusted(String... parts) {
            return refusedAt(Step.OPEN, Problem.UNTRUSTED, parts);
        }

        Attack trusting(BundleTrust other) {
            return new Attack(name, bytes, setting, other, use, refusedAt, problem, says);
        }

        Attack using(Use other) {
            return new Attack(name, bytes, setting, trust, other, refusedAt, problem, says);
        }

        Attack in(Setting other) {
            return new Attack(name, bytes, other, trust, use, refusedAt, problem, says);
        }

        /**
         * Opens the file, and uses the bundle.
         *
         * @param place an empty directory to extract to
         * @param steps is told of each step before it
         */
        void on(Path file, Path place, Consumer<Step> steps) throws IOException {
            steps.accept(Step.OPEN);
            use.of(Bundle.open(file, trust), place, steps);
        }

        /**
         * Whether it is in the bundle, so that any reader that trusts the key could be asked to load it. Else it is around the
         * bundle, or in what the reader asks for.
         */
        boolean isInTheBundle() {
            return !HostileSituations.NO_BUNDLE.contains(name)
                    && trust.requiresSignature()
                    && !Arrays.equals(bytes.get(), new BundleParts().bytes());
        }

        /** What a program does that only wants to run the plugin. */
        private static void loadRelease(Bundle bundle, Path place, Consumer<Step> steps) throws IOException {
            steps.accept(Step.READ);
            BundledLibrary library = bundle.library(BundleParts.PLATFORM, BundleManifest.RELEASE);
            steps.accept(Step.EXTRACT);
            try (ExtractedLibrary extracted = library.extract()) {
                if (!Files.isRegularFile(extracted.file())) {
                    throw new AssertionError("There is no " + extracted.file());
                }
            }
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
