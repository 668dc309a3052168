package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Versions are ordered as semver.org says, whatever they are. */
class SemanticVersionProperties {
    /** The examples of semver.org, item 11, and what they leave out. */
    private static final List<String> IN_ORDER = List.of(
            "0.0.0",
            "0.0.1-0",
            "0.0.1",
            "1.0.0--",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.2.0",
            "1.10.0",
            "2.0.0",
            "2.1.0",
            "2.1.1",
            "18446744073709551616.0.0",
            "18446744073709551617.0.0");

    @Example
    void examplesOfSemverOrg_areInOrder() {
        for (int i = 0; i < IN_ORDER.size(); i++) {
            for (int j = 0; j < IN_ORDER.size(); j++) {
                String both = IN_ORDER.get(i) + " and " + IN_ORDER.get(j);
                assertEquals(Integer.signum(Integer.compare(i, j)), compare(IN_ORDER.get(i), IN_ORDER.get(j)), both);
            }
        }
    }

    @Property
    void shuffledExamples_areSortedAgain(@ForAll Random random) {
        List<SemanticVersion> versions = new ArrayList<>();
        IN_ORDER.forEach(version -> versions.add(SemanticVersion.parse(version)));
        List<SemanticVersion> shuffled = new ArrayList<>(versions);
        Collections.shuffle(shuffled, random);
        Collections.sort(shuffled);

        assertEquals(versions, shuffled);
    }

    @Property
    void order_isTotal(
            @ForAll("versions") String first, @ForAll("versions") String second, @ForAll("versions") String third) {
        assertEquals(compare(first, second), -compare(second, first));
        if (compare(first, second) <= 0 && compare(second, third) <= 0) {
            assertTrue(compare(first, third) <= 0);
        }
        SemanticVersion one = SemanticVersion.parse(first);
        SemanticVersion other = SemanticVersion.parse(second);
        assertEquals(one.compareTo(other) == 0, one.equals(other));
        assertTrue(!one.equals(other) || one.hashCode() == other.hashCode());
    }

    @Property
    void buildMetadata_countsForNothing(@ForAll("versions") String version, @ForAll("identifiers") String build) {
        assertEquals(SemanticVersion.parse(version), SemanticVersion.parse(version + "+" + build));
    }

    @Property
    void numbers_areComparedAsNumbers(@ForAll BigInteger one, @ForAll BigInteger other) {
        assertEquals(one.abs().compareTo(other.abs()), compare("1." + one.abs() + ".0", "1." + other.abs() + ".0"));
        assertEquals(one.abs().compareTo(other.abs()), compare("1.0.0-" + one.abs(), "1.0.0-" + other.abs()));
    }

    @Property
    void anyText_isAVersionOrRefusedAsNone(@ForAll String text) {
        if (!text.matches("\\d+\\.\\d+\\.\\d+.*")) {
            assertThrows(IllegalArgumentException.class, () -> SemanticVersion.parse(text));
        }
    }

    @Example
    void whatSemverOrgCallsInvalid_isRefused() {
        for (String text : List.of(
                "",
                "1",
                "1.2",
                "1.2.3.4",
                "01.1.1",
                "1.01.1",
                "1.1.01",
                "1.2.3-",
                "1.2.3-0123",
                "1.2.3-a..b",
                "1.2.3+",
                "1.2.3+a+b",
                "v1.2.3",
                " 1.2.3",
                "1.2.3\n",
                "-1.0.0",
                "1.2.3-é",
                "1.0.0-" + "a".repeat(300))) {
            assertThrows(IllegalArgumentException.class, () -> SemanticVersion.parse(text), text);
        }
    }

    private static int compare(String first, String second) {
        return Integer.signum(SemanticVersion.parse(first).compareTo(SemanticVersion.parse(second)));
    }

    @Provide
    Arbitrary<String> versions() {
        Arbitrary<Integer> number = Arbitraries.integers().between(0, 12);
        Arbitrary<String> preRelease =
                identifiers().list().ofMaxSize(3).map(list -> list.isEmpty() ? "" : "-" + String.join(".", list));
        return Combinators.combine(number, number, number, preRelease)
                .as((major, minor, patch, pre) -> major + "." + minor + "." + patch + pre);
    }

    @Provide
    Arbitrary<String> identifiers() {
        Arbitrary<String> numbers = Arbitraries.integers().between(0, 200).map(String::valueOf);
        Arbitrary<String> words = Arbitraries.strings()
                .withCharRange('a', 'c')
                .withChars('A', '-', '0', '9')
                .ofMinLength(1)
                .ofMaxLength(4)
                .filter(word -> !word.matches("0\\d+"));
        return Arbitraries.oneOf(numbers, words);
    }
}
