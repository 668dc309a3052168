package dev.turnstile.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.Charset;
import org.junit.jupiter.api.Test;

/** What Java cannot have read as it was typed is noticed, and nothing else. */
class LocaleCheckTest {
    private static final byte[] NOTHING = {};

    private static String problem(Charset charset, String commandLine, int arguments, String environment) {
        return LocaleCheck.problem(charset, commandLine.getBytes(UTF_8), arguments, environment.getBytes(UTF_8));
    }

    @Test
    void argument_outsideOfTheEncoding_isNamedByItsNumber() {
        String problem = problem(US_ASCII, "java\0-cp\0x\0Main\0call\0{\"message\":\"\u00e9\"}\0", 2, "");

        assertEquals(
                "argument 2 has characters that are not in the locale's encoding, US-ASCII, so Java cannot read them:"
                        + " set LC_ALL=C.UTF-8, or another locale that has them",
                problem);
    }

    @Test
    void argumentsOfTheJvm_areItsOwnBusiness() {
        assertNull(problem(US_ASCII, "java\0-Dx=\u00e9\0Main\0call\0?\0", 2, ""));
    }

    @Test
    void questionMark_isOne() {
        assertNull(problem(US_ASCII, "java\0Main\0call\0what?\0", 2, "A=b\0"));
    }

    @Test
    void encodingThatHasThem_isFine() {
        assertNull(problem(UTF_8, "java\0Main\0\u00e9\0", 1, ""));
        assertNull(LocaleCheck.problem(ISO_8859_1, "java\0Main\0\u00e9\0".getBytes(ISO_8859_1), 1, NOTHING));
    }

    @Test
    void encodingThatIsNotTheOneTyped_isNoticed() {
        assertTrue(LocaleCheck.problem(UTF_8, "java\0Main\0\u00e9\0".getBytes(ISO_8859_1), 1, NOTHING)
                .startsWith("argument 1 has characters"));
    }

    @Test
    void password_isLookedAt_andOtherVariablesAreNot() {
        assertTrue(problem(US_ASCII, "java\0Main\0", 0, "A=\u00e9\0TURNSTILE_KEY_PASSWORD=\u00e9\0")
                .startsWith("the environment variable TURNSTILE_KEY_PASSWORD has characters"));
        assertNull(problem(US_ASCII, "java\0Main\0", 0, "A=\u00e9\0TURNSTILE_KEY_PASSWORD=e\0"));
    }
}
