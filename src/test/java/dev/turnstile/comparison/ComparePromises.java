package dev.turnstile.comparison;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes every contender through every scenario and prints the table: {@code scripts/compare-promises}. The exit code is 1 if
 * Turnstile broke a promise.
 */
public final class ComparePromises {
    private static final Path PAGE =
            Path.of(System.getProperty("turnstile.basedir", "."), "src", "site", "markdown", "comparison.md");

    private final Setting setting;
    private final Map<Scenario, Map<Contender, Outcome>> outcomes = new EnumMap<>(Scenario.class);
    private final Map<Reason, Integer> notes = new LinkedHashMap<>();

    private ComparePromises(Setting setting) {
        this.setting = setting;
    }

    public static void main(String[] arguments) throws Exception {
        List<String> options = List.of(arguments);
        ComparePromises comparison =
                new ComparePromises(options.contains("--quick") ? Setting.quick() : Setting.full());
        comparison.run();
        String page = comparison.page();
        new PrintStream(System.out, true, StandardCharsets.UTF_8).print(page);
        if (options.contains("--write")) {
            write(page);
        }
        // The threads that contenders left behind do not keep the program.
        System.exit(comparison.isTurnstileHarmed() ? 1 : 0);
    }

    private static void write(String page) throws IOException {
        Files.writeString(PAGE, page);
        System.err.println("Written: " + PAGE);
    }

    private void run() throws Exception {
        for (Scenario scenario : Scenario.values()) {
            System.err.println(scenario.title(setting) + " ...");
            Map<Contender, Outcome> row = new EnumMap<>(Contender.class);
            for (Contender contender : Contender.values()) {
                row.put(contender, scenario.run(contender, setting));
            }
            outcomes.put(scenario, row);
        }
    }

    private boolean isTurnstileHarmed() {
        return outcomes.values().stream()
                .anyMatch(row -> !row.get(Contender.TURNSTILE).isFine());
    }

    private String page() {
        StringBuilder page = new StringBuilder(introduction());
        page.append("| |");
        for (Contender contender : Contender.values()) {
            page.append(' ').append(contender.label()).append(" |");
        }
        page.append("\n| --- |").append(" --- |".repeat(Contender.values().length));
        outcomes.forEach((scenario, row) -> {
            page.append("\n| ").append(scenario.title(setting)).append(" |");
            row.forEach((contender, outcome) ->
                    page.append(' ').append(cell(contender, scenario, outcome)).append(" |"));
        });
        page.append("\n\n");
        notes.forEach((reason, number) ->
                page.append(number).append(". ").append(named(reason)).append('\n'));
        return page.toString();
    }

    private String cell(Contender contender, Scenario scenario, Outcome outcome) {
        Optional<Reason> reason = Reason.of(contender, scenario, outcome);
        if (reason.isPresent()) {
            return outcome.cell() + " (" + notes.computeIfAbsent(reason.get(), first -> notes.size() + 1) + ")";
        }
        return outcome.isHarmed() ? outcome.cell() + " (not explained)" : outcome.cell();
    }

    private static String named(Reason reason) {
        List<String> names =
                reason.contenders().stream().map(Contender::shortLabel).toList();
        return String.join(", ", names) + ": " + reason.text();
    }

    private String introduction() {
        return """
            # Promises compared

            Made by `scripts/compare-promises` on %s, on Java %s, %d processors. Each contender stands before the same
            resource, which may be used by one thread at a time, and goes through the same scenarios. 0 is what its callers would
            want; in **bold**, how many came to what harm:

            - *without an end*: a future, or a call on a thread of its own, still open %d s after everything was set free
            - *hung*: a caller who still waited for a place then, or did not come back when its time limit had passed
            - *place leaked*, *next caller stuck*: a place or permit that was not given back; where none can be counted, a later
              call that did not come through
            - *ran all the same*: a call that had been given up before its turn

            — is what a contender has no way to do. Where threads race the numbers vary from run to run, and a small one may be
            missing from one.

            The contenders were made for different jobs. A bulkhead limits how many calls run at once and has neither a thread of
            its own (but for the pool) nor a resource to close; it is here because people put it in front of one. The tutorial's
            wrapper is written anew from its description. Each is used as its own documentation shows, by one class below
            `src/test/java/dev/turnstile/comparison` that says how. Those without futures (jox, Resilience4j's `Bulkhead`) make
            each call on a virtual thread, whose interrupt is the cancel. The notes below the table were read in the contenders'
            sources.

            """.formatted(
                        LocalDate.now(ZoneOffset.UTC),
                        System.getProperty("java.version"),
                        Runtime.getRuntime().availableProcessors(),
                        setting.patience().toSeconds());
    }
}
