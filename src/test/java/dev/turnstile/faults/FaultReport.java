package dev.turnstile.faults;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What {@link FaultRuns} found, the worst first, with the threads where something hung. */
final class FaultReport {
    private static final int MOST_RUNS = 6;

    private final List<Finding> findings = new ArrayList<>();
    private final Set<String> doubtful = new TreeSet<>();
    private final Set<String> ended = new TreeSet<>();
    private final Set<String> unreached = new TreeSet<>();
    private int reached;
    private int notOpened;

    void add(Finding finding) {
        findings.add(finding);
    }

    /** It was found; whether it is so again is to be seen. */
    void doubtful(Finding finding) {
        doubtful.add(
                finding.run() + " " + finding.where() + ": " + finding.breach().what());
    }

    int findings() {
        return findings.size();
    }

    void reached() {
        reached++;
    }

    void unreached(String aim) {
        unreached.add(aim);
    }

    /** Opening failed, and whoever opened was told. */
    void notOpened() {
        notOpened++;
    }

    /** The gate ended, and said so. */
    void ended(String how) {
        ended.add(how);
    }

    void write(Path file) throws IOException {
        Map<String, List<Finding>> byPoint = new TreeMap<>();
        for (Finding finding : findings) {
            byPoint.computeIfAbsent(finding.where(), unused -> new ArrayList<>())
                    .add(finding);
        }
        List<Map.Entry<String, List<Finding>>> sorted = new ArrayList<>(byPoint.entrySet());
        sorted.sort(Comparator.comparing(entry -> worst(entry.getValue())));
        Map<Harm, Long> counts = new TreeMap<>();
        sorted.forEach(entry -> counts.merge(worst(entry.getValue()), 1L, Long::sum));
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8))) {
            out.printf(
                    "%d runs threw, %d did not come to their point; %d points broke a promise%n",
                    reached, unreached.size(), byPoint.size());
            out.println("by the worst that happened: " + counts);
            sorted.forEach(entry -> write(out, entry.getKey(), entry.getValue()));
            out.printf("%n%nNot counted: %d times opening failed, and whoever opened was told%n", notOpened);
            list(out, "What was played once more, with more patience", doubtful);
            list(out, "What ended the gate, which said so", ended);
            list(out, "What did not come to its point", unreached);
            writeStacks(out);
        }
    }

    private static void write(PrintWriter out, String where, List<Finding> some) {
        out.printf("%n[%s] %s%n", worst(some), where);
        Map<String, List<Finding>> runs = new TreeMap<>();
        some.forEach(finding ->
                runs.computeIfAbsent(finding.run(), unused -> new ArrayList<>()).add(finding));
        Map<String, Set<String>> alike = new TreeMap<>();
        Map<String, String> examples = new TreeMap<>();
        runs.forEach((run, ofOne) -> {
            String what = what(ofOne);
            String kind = kind(what);
            examples.putIfAbsent(kind, what);
            alike.computeIfAbsent(kind, unused -> new TreeSet<>()).add(run);
        });
        alike.forEach((kind, all) -> out.printf("  %s%n      in %s%n", examples.get(kind), first(all)));
    }

    private static String what(List<Finding> ofOneRun) {
        return ofOneRun.stream()
                .map(Finding::breach)
                .sorted(Comparator.comparing(Breach::harm))
                .map(breach -> breach.harm() + ": " + breach.what())
                .distinct()
                .collect(Collectors.joining(System.lineSeparator() + "  "));
    }

    /** Without what differs from run to run. */
    private static String kind(String what) {
        return what.replaceAll("\"[^\"]*\"|[0-9]+", "*")
                .replaceAll("Unexpected: injected|Unprintable|java.lang.OutOfMemoryError: injected", "it");
    }

    private static String first(Collection<String> all) {
        String first = all.stream().limit(MOST_RUNS).collect(Collectors.joining(", "));
        return all.size() > MOST_RUNS ? first + " and " + (all.size() - MOST_RUNS) + " more" : first;
    }

    private static void list(PrintWriter out, String title, Collection<String> all) {
        out.printf("%n%n%s%n", title);
        all.forEach(each -> out.println("    " + each));
    }

    private void writeStacks(PrintWriter out) {
        out.printf("%n%nThreads where something hung%n");
        Set<String> written = new TreeSet<>();
        for (Finding finding : findings) {
            if (finding.breach().harm() == Harm.HANGS && written.add(finding.where())) {
                out.printf(
                        "%n%s, in %s: %s%n",
                        finding.where(), finding.run(), finding.breach().what());
                finding.stacks().forEach(stack -> out.println("    " + stack));
            }
        }
    }

    private static Harm worst(List<Finding> some) {
        return some.stream()
                .map(finding -> finding.breach().harm())
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }
}
