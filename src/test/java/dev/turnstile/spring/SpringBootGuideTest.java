package dev.turnstile.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The code in the guide is from files that are compiled, and the YAML that of the sample application. */
@Tag("any-java")
class SpringBootGuideTest {
    private static final Path BASE = Path.of(System.getProperty("turnstile.basedir", "."));

    private static List<MatchResult> found(String pattern, String text) {
        return Pattern.compile(pattern, Pattern.DOTALL).matcher(text).results().toList();
    }

    /** Indentation and line breaks aside. */
    private static String words(String code) {
        return code.strip().replaceAll("\\s+", " ");
    }

    @Test
    void code_isThatOfTheFileItNames() throws Exception {
        String guide = Files.readString(BASE.resolve("src/site/markdown/guides/spring-boot.md"));
        List<MatchResult> blocks = found("<!-- from (\\S+) -->\\n```\\n(.*?)```", guide);
        assertEquals(4, blocks.size());
        for (MatchResult block : blocks) {
            String source = words(Files.readString(BASE.resolve(block.group(1))));
            assertTrue(source.contains(words(block.group(2))), block.group(2));
        }
    }

    @Test
    void yaml_isThatOfTheSample() throws Exception {
        String sample =
                words(Files.readString(BASE.resolve("src/samples/spring-boot/src/main/resources/application.yaml")));
        for (String lines : List.of(
                "turnstile: plugins: demo: bundle: classpath:turnstile-demo.rbp trust.keys: classpath:demo.pub",
                "group.readiness.include: readinessState, turnstile")) {
            assertTrue(sample.contains(lines), lines);
        }
    }
}
