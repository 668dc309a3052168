package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Text of others is fit for a line in a log: one line, not long, with nothing cut in half. */
class OneLineTest {
    @Test
    void text_thatIsFit_staysAsItIs() {
        assertEquals("grüß dich 🎟", OneLine.of("grüß dich 🎟"));
        assertEquals("grüß dich 🎟", OneLine.of("grüß dich 🎟".getBytes(StandardCharsets.UTF_8)));
        assertEquals("", OneLine.of(""));
        assertEquals("null", OneLine.of((String) null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\0", "\u0085", "\u2028", "\u2029", "\u001b", "\u007f", "\u009b"})
    void text_withSeveralLines_isOne(String end) {
        assertEquals("a b", OneLine.of("a" + end + "b"));
        assertEquals("a b", OneLine.of(("a" + end + "b").getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void text_thatIsLong_keepsItsEnds() {
        String line = OneLine.of("begin" + "x".repeat(1_000_000) + "end");
        assertTrue(line.startsWith("beginx") && line.endsWith("xend") && line.contains(" … "), line);
        assertTrue(line.length() <= OneLine.LONGEST + 3, line);
        assertEquals(line, OneLine.of(("begin" + "x".repeat(1_000_000) + "end").getBytes(StandardCharsets.UTF_8)));
    }

    /** Whatever the cut meets. */
    @ParameterizedTest
    @ValueSource(strings = {"", "x", "xx", "xxx"})
    void character_atTheCut_isNotCut(String before) {
        String text = before + "🎟é€".repeat(1_000);
        for (String line : new String[] {OneLine.of(text), OneLine.of(text.getBytes(StandardCharsets.UTF_8))}) {
            assertTrue(line.chars().allMatch(c -> c != 0xfffd), line);
            assertTrue(line.codePoints().noneMatch(c -> c >= 0xd800 && c <= 0xdfff), line);
            assertTrue(line.length() <= OneLine.LONGEST + 3, line);
        }
    }
}
