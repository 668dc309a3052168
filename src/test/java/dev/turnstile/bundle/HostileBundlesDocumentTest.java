package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.turnstile.bundle.HostileBundles.Attack;
import dev.turnstile.bundle.HostileBundles.Step;
import dev.turnstile.bundle.RustbridgePython.Answer;
import dev.turnstile.bundle.RustbridgePython.Answers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code hostile-bundles.md} is made of the attacks and of the messages they get, and must be what they make today. */
@Tag("slow")
class HostileBundlesDocumentTest {
    static final boolean WRITE = Boolean.getBoolean("turnstile.docs.write");
    static final String HOW =
            "mvn test -Dtest='RustbridgePythonTest,HostileBundlesDocumentTest' -Dturnstile.docs.write=true"
                    + " writes it anew (with TURNSTILE_RUSTBRIDGE_PYTHON also what rustbridge accepts)";

    private static final Path DOCUMENT =
            Path.of(System.getProperty("turnstile.basedir", ".")).resolve("src/site/markdown/hostile-bundles.md");

    @TempDir
    private Path directory;

    @Test
    void document_isWhatTheAttacksMakeToday() throws IOException {
        String today = document();
        if (WRITE) {
            Files.writeString(DOCUMENT, today);
        }

        assertEquals(Files.readString(DOCUMENT), today, HOW);
    }

    private String document() throws IOException {
        Answers measured = RustbridgePython.measured();
        StringBuilder tables = new StringBuilder();
        List<String> counts = new ArrayList<>();
        List<Answer> all = new ArrayList<>();
        int attacks = 0;
        for (Map.Entry<String, Stream<Attack>> kind : HostileBundles.byKind().entrySet()) {
            tables.append("\n## ").append(kind.getKey()).append("\n\n");
            tables.append("| what it tries | refused by | the message | the Python loader, key given / key inside |\n");
            tables.append("| --- | --- | --- | --- |\n");
            List<Answer> answers = new ArrayList<>();
            for (Attack attack : kind.getValue().toList()) {
                Answer answer = measured.byName().get(attack.name());
                if (answer != null) {
                    answers.add(answer);
                }
                tables.append("| " + escaped(attack.name()) + " | " + shown(attack.refusedAt()) + " | "
                        + code(message(attack)) + " | " + shown(answer) + " |\n");
                attacks++;
            }
            counts.add(counted(kind.getKey(), answers));
            all.addAll(answers);
        }
        counts.add(counted("together", all));
        return head(attacks, measured.version(), counts) + tables + harmless();
    }

    private static String head(int attacks, String version, List<String> counts) {
        return """
            # What a hostile bundle tries

            <!-- Generated: HostileBundlesDocumentTest says how. -->

            %d attacks, each a test: what it tries, which step refuses it, and what the message says. Nothing of a refused
            bundle is written. Unless the signature is the point, the bundle is properly signed by the trusted key, so that it
            is the attack itself that is refused. `open` is `Bundle.open`, `read` is `library()` or `schema()`, and `extract`
            is `extract()` or `extractTo()`. Besides these, a good bundle is cut off at every length, has a bit flipped in
            every byte and each field of its manifest replaced or taken away (`SpoiledBundlesTest`), and the readers are fuzzed
            (`scripts/fuzz`).

            ## What rustbridge's own Python loader accepts

            Measured: %s, `BundleLoader(verify_signatures=True).extract_library_to_temp`, each attempt within 1 GiB of memory
            and 60 s; with the trusted key given (`public_key_override`), and by its default, which is to trust the key inside
            of the bundle. Only what is in the bundle itself counts, not what is around it or what the reader asks for. That
            it accepts something need not be a hole: much of this is only what two readers may understand differently, and
            the trusted key has signed it all, unless the signature is the point.

            | | bundles | accepted, key given | accepted, key inside |
            | --- | --- | --- | --- |
            %s
            """.formatted(attacks, version, String.join("\n", counts));
    }

    private static String counted(String kind, List<Answer> answers) {
        long given = answers.stream()
                .filter(answer -> answer.keyGiven().equals("accepted"))
                .count();
        long inside = answers.stream()
                .filter(answer -> answer.keyInside().equals("accepted"))
                .count();
        return "| " + kind + " | " + answers.size() + " | " + given + " | " + inside + " |";
    }

    private static String harmless() {
        StringBuilder list = new StringBuilder("\n## Odd, and accepted\n\n");
        HostileBundles.harmless()
                .forEach(odd -> list.append("- ").append(odd.name()).append('\n'));
        return list.toString();
    }

    private String message(Attack attack) throws IOException {
        Path file = directory.resolve("hostile.rbp");
        Path place = Files.createDirectory(directory.resolve("place"));
        attack.setting().make(file, attack.bytes().get());
        try {
            attack.on(file, place, step -> {});
            throw new AssertionError("It was accepted: " + attack);
        } catch (BundleException refused) {
            return refused.getMessage().replace(directory + "/", "");
        } finally {
            Files.deleteIfExists(file);
            Files.delete(place);
        }
    }

    private static String shown(Step step) {
        return step.name().toLowerCase(Locale.ROOT);
    }

    private static String shown(Answer answer) {
        if (answer == null) {
            return "";
        }
        return answer.keyGiven().equals(answer.keyInside())
                ? answer.keyGiven()
                : answer.keyGiven() + " / " + answer.keyInside();
    }

    private static String code(String message) {
        return "`` " + escaped(message) + " ``";
    }

    private static String escaped(String text) {
        return text.replace("|", "\\|");
    }
}
