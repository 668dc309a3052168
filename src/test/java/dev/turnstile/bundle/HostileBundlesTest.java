package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.HostileBundles.Attack;
import dev.turnstile.bundle.HostileBundles.Step;
import dev.turnstile.testing.ExtractionPlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a hostile bundle tries, it is refused: by the step that can know, with a message that names entry, field and
 * value, and before anything of it is written.
 */
@Tag("slow")
class HostileBundlesTest {
    @TempDir
    private Path directory;

    @RegisterExtension
    final ExtractionPlace place = new ExtractionPlace();

    static Stream<Attack> attacks() {
        return HostileBundles.attacks();
    }

    static Stream<Attack> harmless() {
        return HostileBundles.harmless();
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void attack_ofAnyKind_isRefusedByNameBeforeAnythingIsWritten(Attack attack) throws IOException {
        Step[] step = {Step.NOWHERE};
        Path file = directory.resolve("hostile.rbp");
        attack.setting().make(file, attack.bytes().get());

        BundleException refused =
                assertThrows(BundleException.class, () -> attack.on(file, place.path(), reached -> step[0] = reached));

        String message = refused.getMessage();
        assertAll(
                () -> assertEquals(attack.refusedAt(), step[0], message),
                () -> assertEquals(attack.problem(), refused.problem(), message),
                () -> assertTrue(message.startsWith("The bundle " + file + ": "), message),
                () -> assertEquals(List.of(), missing(attack.says(), message), message),
                () -> assertFalse(actsOnATerminal(message), message),
                () -> assertTrue(message.length() < 600 + file.toString().length(), message),
                () -> assertEquals(List.of(), place.extracted(), "what was written"));
    }

    @ParameterizedTest
    @MethodSource("harmless")
    void oddity_thatHarmsNobody_isAccepted(Attack harmless) throws IOException {
        Step[] step = {Step.NOWHERE};
        Path file = directory.resolve("odd.rbp");
        harmless.setting().make(file, harmless.bytes().get());

        harmless.on(file, place.path(), reached -> step[0] = reached);

        assertEquals(Step.EXTRACT, step[0]);
        assertEquals(List.of(), place.extracted(), "what was left");
    }

    @Test
    void attacks_haveDifferentNames() {
        Set<String> names = new HashSet<>();
        Stream.concat(attacks(), harmless())
                .forEach(attack -> assertTrue(names.add(attack.name()), () -> "twice: " + attack));
    }

    @Test
    void file_swappedAfterItWasOpened_changesNothing() throws IOException {
        Path file = Files.write(directory.resolve("swapped.rbp"), new BundleParts().bytes());
        Bundle bundle = Bundle.open(file, BundleTrust.signedBy(SigningKey.TRUSTED.publicKey()));

        Files.write(file, new BundleParts().put(BundleParts.RELEASE, "evil").bytes());

        try (ExtractedLibrary extracted =
                bundle.library(BundleParts.PLATFORM, BundleManifest.RELEASE).extract()) {
            assertEquals("the release library", Files.readString(extracted.file()));
        }
    }

    private static List<String> missing(List<String> parts, String message) {
        return parts.stream().filter(part -> !message.contains(part)).toList();
    }

    private static boolean actsOnATerminal(String message) {
        return message.codePoints()
                .anyMatch(character ->
                        Character.isISOControl(character) || Character.getType(character) == Character.FORMAT);
    }
}
