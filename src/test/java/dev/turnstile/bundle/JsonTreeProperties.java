package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The reader of manifests reads what Jackson reads, as the same, and refuses what Jackson refuses. */
class JsonTreeProperties {
    private static final JsonMapper JACKSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(64).build())
                    .build())
            .build();

    private static Optional<String> read(String text) {
        try {
            return Optional.of(
                    JACKSON.readTree(JsonTree.text(JsonTree.read(text))).toString());
        } catch (JsonTree.MalformedException refused) {
            return Optional.empty();
        }
    }

    private static Optional<String> readByJackson(String text) {
        try {
            JsonNode tree = JACKSON.readTree(text);
            return tree.isMissingNode() ? Optional.empty() : Optional.of(tree.toString());
        } catch (JacksonException refused) {
            return Optional.empty();
        }
    }

    @Property(tries = 2_000)
    void text_ofJson_isReadAsJacksonDoes(@ForAll("json") String text) {
        assertEquals(readByJackson(text), read(text));
    }

    @Property(tries = 2_000)
    void text_withACharacterChanged_isReadOrRefusedAsByJackson(
            @ForAll("json") String text, @ForAll int place, @ForAll("characters") char character) {
        int at = Math.floorMod(place, text.length());
        String changed = text.substring(0, at) + character + text.substring(at + 1);
        assertEquals(readByJackson(changed), read(changed), changed);
    }

    @Property(tries = 2_000)
    void text_ofPieces_isReadOrRefusedAsByJackson(@ForAll("pieces") String text) {
        assertEquals(readByJackson(text), read(text), text);
    }

    @Property
    void text_thatIsCutOff_isRefusedUnlessItIsANumber(@ForAll("json") String text, @ForAll int place) {
        String cut = text.substring(0, Math.floorMod(place, text.length()));
        assertEquals(readByJackson(cut), read(cut), cut);
    }

    @Example
    void nesting_hasJacksonsLimit() {
        for (int depth : new int[] {1, 63, 64, 65, 100_000}) {
            String arrays = "[".repeat(depth) + "]".repeat(depth);
            assertEquals(readByJackson(arrays), read(arrays), depth + " arrays");
            String objects = "{\"a\":".repeat(depth) + "0" + "}".repeat(depth);
            assertEquals(readByJackson(objects), read(objects), depth + " objects");
        }
    }

    /** Jackson looks at the lower half of a character only, and takes this one for a B. */
    @Example
    void escape_withADigitOfAnotherScript_isRefused() {
        assertThrows(JsonTree.MalformedException.class, () -> JsonTree.read("\"\\u00\u5642\u0661\""));
        assertThrows(JsonTree.MalformedException.class, () -> JsonTree.read("\u0661"));
    }

    /** Half of a pair can be read, and is refused where a text is needed. */
    @Example
    void escapes_ofAPair_areOneCharacter() throws Exception {
        assertEquals("\ud83d\ude00", JsonTree.read("\"\\ud83d\\uDE00\""));
        assertEquals("\ud83d", JsonTree.read("\"\\ud83d\""));
    }

    @Example
    void refusal_namesTheLine() {
        JsonTree.MalformedException refused =
                assertThrows(JsonTree.MalformedException.class, () -> JsonTree.read("{\n\"a\":1,\n\"a\":2}"));
        assertEquals(3, refused.line());
        assertEquals("Duplicate member \"a\"", refused.getMessage());
    }

    private static void assertRefused(String message, String text) {
        BundleException refused =
                assertThrows(BundleException.class, () -> ManifestReader.compact(new Source("The text"), text));
        assertEquals("The text: it is not proper JSON: " + message, refused.getMessage());
    }

    /** Jackson, which reads the same text later, has a limit, too. */
    @Example
    void name_hasALimit() throws Exception {
        String longest = "{\"" + "n".repeat(1_000) + "\":1}";
        assertEquals(longest, JsonTree.text(JsonTree.read(longest)));
        assertRefused(
                "a name has 1001 characters, more than 1000 (line 2, column 3)",
                "{\n  \"" + "n".repeat(1_001) + "\":1}");
    }

    @Example
    void number_isKeptToTheLetter() throws Exception {
        for (String number : new String[] {
            "1e999",
            "-0",
            "-0.0",
            "1.50",
            "1E5",
            "0.1234567890123456789012345678901234567890",
            "123456789012345678901234567890"
        }) {
            assertEquals(number, JsonTree.text(JsonTree.read(number)));
            assertEquals("[" + number + "]", ManifestReader.compact(new Source("The text"), " [ " + number + " ]"));
        }
    }

    @Example
    void refusal_namesLineAndColumn_andTheWayOut() {
        assertRefused("it begins with a byte order mark: save it as UTF-8 without one (line 1, column 1)", "\ufeff{}");
        assertRefused("a comma is before the end of an object: leave it out (line 2, column 8)", "{\n\"a\": 1,}");
        assertRefused("a comma is before the end of an array: leave it out (line 1, column 5)", "[ 1,]");
        assertRefused("no value begins with 'x' (line 3, column 2)", "[\n1,\n x]");
    }

    @Example
    void text_inUtf16_isNamedAsThat() {
        for (Charset charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
            BundleException refused = assertThrows(
                    BundleException.class, () -> new Source("The text").utf8("\ufeff{}".getBytes(charset)));
            assertEquals("The text: it is UTF-16 text, but must be UTF-8: save it as that", refused.getMessage());
        }
    }

    @Provide
    Arbitrary<Character> characters() {
        return Arbitraries.of("{}[]\",:\\ \t\n0123456789-+.eEtrufalsn/bx\0\u0001\u000b\u00a0\ufeff\u00e9"
                .chars()
                .mapToObj(character -> (char) character)
                .toList());
    }

    @Provide
    Arbitrary<String> pieces() {
        return Arbitraries.of(
                        "{",
                        "}",
                        "[",
                        "]",
                        ",",
                        ":",
                        "\"a\"",
                        "\"b\"",
                        "\"\\u0061\"",
                        "\"\\ud83d\"",
                        "\"\\x\"",
                        "0",
                        "-0",
                        "-",
                        "1",
                        "01",
                        "1.5",
                        "1.",
                        ".5",
                        "1e5",
                        "1E+2",
                        "1e",
                        "9".repeat(30),
                        "true",
                        "false",
                        "null",
                        "nul",
                        "NaN",
                        " ",
                        "\n",
                        "\t",
                        "\r",
                        "\u000b",
                        "\ufeff",
                        "//",
                        "'a'")
                .list()
                .ofMaxSize(9)
                .map(pieces -> String.join("", pieces));
    }

    @Provide
    Arbitrary<String> json() {
        Arbitrary<String> space = Arbitraries.of("", "", "", " ", "\n", "\r\n\t");
        Arbitrary<String> letters = Arbitraries.of(
                "a", "B", "\\n", "\\\"", "\\\\", "\\/", "\\u00e9", "\\u00FC", "\\b\\f\\r\\t", "\u00fc", " ");
        Arbitrary<String> strings = letters.list().ofMaxSize(4).map(parts -> '"' + String.join("", parts) + '"');
        Arbitrary<String> numbers = Arbitraries.oneOf(
                Arbitraries.longs().map(String::valueOf),
                Arbitraries.doubles().map(String::valueOf),
                Arbitraries.of("0", "-0", "1e3", "1E-3", "12.50", "-0.0", "9".repeat(18), "9".repeat(19), "1e999"));
        Arbitrary<String> leaves = Arbitraries.oneOf(strings, numbers, Arbitraries.of("true", "false", "null"));
        return Arbitraries.recursive(() -> leaves, inner -> containers(inner, strings, space), 0, 3);
    }

    private static Arbitrary<String> containers(
            Arbitrary<String> inner, Arbitrary<String> names, Arbitrary<String> space) {
        Arbitrary<String> elements = Combinators.combine(space, inner, space).as((a, value, b) -> a + value + b);
        Arbitrary<String> members = Combinators.combine(space, names, space, elements)
                .as((a, name, b, value) -> a + name + b + ":" + value);
        return Arbitraries.oneOf(
                elements.list().ofMaxSize(3).map(all -> "[" + String.join(",", all) + "]"),
                members.list().ofMaxSize(3).map(all -> "{" + String.join(",", all) + "}"));
    }
}
