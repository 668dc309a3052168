package dev.turnstile.bundle;

import dev.turnstile.bundle.HostileBundles.Attack;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What rustbridge's own Python loader makes of the hostile bundles: as it was measured, and as it is measured again. */
final class RustbridgePython {
    private static final Path BASE = Path.of(System.getProperty("turnstile.basedir", "."));
    /** A line with version and date; then one for each attack: with the key given, with the key inside, the attack's name. */
    private static final Path MEASURED = BASE.resolve("src/test/resources/dev/turnstile/bundle/rustbridge-python.tsv");

    private static final JsonMapper JSON = JsonMapper.shared();

    /** What the loader does: "accepted", or the name of the exception. */
    record Answer(String keyGiven, String keyInside) {}

    /** The answers by the names of the attacks. */
    record Answers(String version, SequencedMap<String, Answer> byName) {}

    private RustbridgePython() {}

    /** What was measured when the file was written. */
    static Answers measured() throws IOException {
        List<String> lines = Files.readAllLines(MEASURED);
        SequencedMap<String, Answer> answers = new LinkedHashMap<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] columns = line.split("\t", 3);
            answers.put(columns[2], new Answer(columns[0], columns[1]));
        }
        return new Answers(lines.get(0), answers);
    }

    static void write(Answers answers, String date) throws IOException {
        StringBuilder text = new StringBuilder("rustbridge " + answers.version() + ", " + date + "\n");
        answers.byName()
                .forEach((name, answer) ->
                        text.append(answer.keyGiven() + "\t" + answer.keyInside() + "\t" + name + "\n"));
        Files.createDirectories(MEASURED.getParent());
        Files.writeString(MEASURED, text);
    }

    /** Asks the loader. */
    static Answers measure(ExternalTool python, Path directory) throws IOException, InterruptedException {
        List<Attack> attacks =
                HostileBundles.attacks().filter(Attack::isInTheBundle).toList();
        List<Map<String, String>> index = new ArrayList<>();
        for (Attack attack : attacks) {
            String file = String.format("%03d.rbp", index.size());
            Files.write(directory.resolve(file), attack.bytes().get());
            index.add(Map.of("file", file, "key", SigningKey.TRUSTED.publicKey().base64()));
        }
        Files.write(directory.resolve("index.json"), JSON.writeValueAsBytes(index));
        Path log = directory.resolve("log");
        Process process = new ProcessBuilder(
                        python.file().toString(),
                        BASE.resolve("src/test/python/accepts.py").toString(),
                        directory.toString())
                .redirectError(log.toFile())
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(output + Files.readString(log));
        }
        List<JsonNode> lines = output.lines().map(JSON::readTree).toList();
        SequencedMap<String, Answer> answers = new LinkedHashMap<>();
        for (int i = 0; i < attacks.size(); i++) {
            JsonNode line = lines.get(i + 1);
            answers.put(
                    attacks.get(i).name(),
                    new Answer(
                            line.get("key_given").asString(),
                            line.get("key_inside").asString()));
        }
        return new Answers(lines.get(0).get("version").asString(), answers);
    }
}
