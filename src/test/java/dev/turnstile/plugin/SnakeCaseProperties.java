package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** A name of Rust comes back from Java as it was. */
class SnakeCaseProperties {
    /** A word of Rust: letters, and perhaps digits at its end. */
    @Provide
    Arbitrary<String> words() {
        Arbitrary<String> letters =
                Arbitraries.strings().withCharRange('a', 'z').ofMinLength(2).ofMaxLength(6);
        Arbitrary<String> digits = Arbitraries.strings().numeric().ofMaxLength(3);
        return letters.flatMap(word -> digits.map(number -> word + number));
    }

    private static String capitalized(String word) {
        return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }

    @Property
    void name_ofRust_comesBackFromCamelCase(@ForAll @Size(min = 1, max = 5) List<@From("words") String> words) {
        String rust = String.join("_", words);
        String pascal = words.stream().map(SnakeCaseProperties::capitalized).collect(Collectors.joining());
        assertEquals(rust, SnakeCase.of(pascal));
        assertEquals(rust, SnakeCase.of(pascal.substring(0, 1).toLowerCase(Locale.ROOT) + pascal.substring(1)));
        assertEquals(rust, SnakeCase.of(rust.toUpperCase(Locale.ROOT)));
    }

    @Property
    void name_thatIsSnakeCaseAlready_staysAsItIs(@ForAll("anyNames") String name) {
        String snake = SnakeCase.of(name);
        assertEquals(snake, SnakeCase.of(snake));
        assertEquals(name.replace("_", "").toLowerCase(Locale.ROOT), snake.replace("_", ""));
    }

    @Provide
    Arbitrary<String> anyNames() {
        return Arbitraries.strings()
                .withCharRange('a', 'd')
                .withCharRange('A', 'D')
                .withChars("_12$äÄ")
                .ofMinLength(1)
                .ofMaxLength(10);
    }
}
