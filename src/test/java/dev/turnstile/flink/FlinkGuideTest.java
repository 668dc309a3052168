package dev.turnstile.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.plugin.Isolation;
import dev.turnstile.testing.TestPlugins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The code in the guide is from files that are compiled; the sample is compiled where it is run, by {@code FlinkClusterTest}. */
@Tag("any-java")
class FlinkGuideTest {
    private static final Path BASE = Path.of(System.getProperty("turnstile.basedir", "."));

    /** Indentation and line breaks aside. */
    private static String words(String code) {
        return code.strip().replaceAll("\\s+", " ");
    }

    @Test
    void code_isThatOfTheFileItNames() throws Exception {
        String guide = Files.readString(BASE.resolve("src/site/markdown/guides/flink.md"));
        List<MatchResult> blocks = Pattern.compile("<!-- from (\\S+) -->\\n```\\n(.*?)```", Pattern.DOTALL)
                .matcher(guide)
                .results()
                .toList();
        assertEquals(6, blocks.size());
        for (MatchResult block : blocks) {
            String source = words(Files.readString(BASE.resolve(block.group(1))));
            assertTrue(source.contains(words(block.group(2))), block.group(2));
        }
    }

    @Test
    void isolatedPlugin_isIsolated() {
        Isolation isolation = FlinkGuide.isolated(PluginDescription.javaPlugin(StagedPlugin.class))
                .optionsMade()
                .isolation();
        assertTrue(isolation.isProcess() && isolation.hasSpareProcess());
    }

    @Test
    void partition_ofSpark_isAnswered() {
        SparkPartitions.bundle = TestPlugins.bundle().toString();
        try {
            Iterator<String> answers = SparkPartitions.answers(
                    List.of("{\"message\":\"a\"}", "{\"message\":\"bc\"}").iterator());
            assertEquals("{\"message\":\"a\",\"length\":1}", answers.next());
            assertEquals("{\"message\":\"bc\",\"length\":2}", answers.next());
        } finally {
            SparkPartitions.close();
        }
    }
}
