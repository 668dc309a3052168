package dev.turnstile.soak;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.ChildJvm;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The soak as its user runs it, for some seconds: it ends well, and its one line adds up. {@code scripts/soak} is the real one. */
@Tag("slow")
class SoakTest {
    private static final Pattern OUTCOMES = Pattern.compile(
            "(returned|failed|cancelled|expired|refused|refused while down|turned away|overridden|left by its block)"
                    + " ([0-9,]+)");

    @Test
    void shortSoak_endsWithALineInWhichAllThatMustBeZeroIs() throws Exception {
        ChildJvm.Result result = ChildJvm.run(
                List.of("-Xmx512m", "-Dslf4j.provider=" + FaultyLogging.class.getName()),
                Soak.class,
                "--seconds",
                "3",
                "--callers",
                "2000",
                "--seed",
                "7");

        List<String> lines = result.output().lines().toList();
        String last = lines.getLast();
        assertTrue(lines.get(lines.size() - 2).matches("[0-9,]+ gates counted: [0-9,]+ accepted = .*"), result::output);
        assertEquals(0, result.exitCode(), result::output);
        assertTrue(last.matches("soak of [0-9]+ s, seed 7: [0-9]+ rounds, [0-9,]+ calls: .*"), last);
        assertTrue(
                last.endsWith("; lost 0, stranded 0, duplicated 0, overlaps 0, out of order 0, beyond the bound 0,"
                        + " pinned 0, leaked 0, wrong 0, miscounted 0"),
                last);
        List<Long> outcomes = OUTCOMES.matcher(last)
                .results()
                .map(outcome -> number(outcome.group(2)))
                .toList();
        MatchResult calls = Pattern.compile("([0-9,]+) calls")
                .matcher(last)
                .results()
                .findFirst()
                .orElseThrow();
        assertEquals(End.values().length, outcomes.size());
        assertEquals(
                number(calls.group(1)),
                outcomes.stream().mapToLong(count -> count).sum());
        // A gate is down at times, and whether callers come just then is up to them.
        assertAll(OUTCOMES.matcher(last)
                .results()
                .filter(outcome -> !outcome.group(1).endsWith("refused while down"))
                .map(outcome -> () -> assertTrue(number(outcome.group(2)) > 0, last)));
    }

    private static long number(String digits) {
        return Long.parseLong(digits.replace(",", ""));
    }

    @Test
    void options_areReadFromTheCommandLine() {
        assertEquals(
                new SoakOptions(Duration.ofMinutes(5), -3, 8, true, true),
                SoakOptions.parse("--minutes", "5", "--seed", "-3", "--callers", "8", "--calm", "--verbose"));
        assertEquals(Duration.ofSeconds(9), SoakOptions.parse("--seconds", "9").duration());
        assertEquals(Duration.ofMinutes(1), SoakOptions.parse().duration());
        assertEquals(100_000, SoakOptions.parse().mostCallers());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--minutes", "--minutes 0", "--seconds x", "--hours 1", "--seed"})
    void optionsThatMakeNoSense_areRefused(String line) {
        assertThrows(IllegalArgumentException.class, () -> SoakOptions.parse(line.split(" ")));
    }
}
