package dev.turnstile.flink.cluster;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The input of a run, and what became of it. Each line has a customer and a number; the numbers are those from 1 to that of the records. Each file has customers of its own, in the order of the numbers, since one
 * subtask reads a file.
 */
final class Orders {
    private static final int CUSTOMERS_OF_A_FILE = 250;

    /** A file of Flink's sink: whose it is, and which one of theirs. */
    private static final Pattern PART = Pattern.compile("part-(.+)-(\\d+)");

    private Orders() {}

    static void write(Path directory, int files, long records) throws IOException {
        Files.createDirectories(directory);
        List<BufferedWriter> writers = new ArrayList<>();
        for (int i = 0; i < files; i++) {
            writers.add(Files.newBufferedWriter(directory.resolve("orders-" + i)));
        }
        for (long number = 1; number <= records; number++) {
            int file = (int) (number % files);
            long customer = number / files % CUSTOMERS_OF_A_FILE;
            writers.get(file).write("c" + file + "-" + customer + " " + number + "\n");
        }
        for (BufferedWriter writer : writers) {
            writer.close();
        }
    }

    /**
     * What was counted.
     *
     * @param lost numbers that are in no file
     * @param doubled lines beyond the first one for a number
     * @param outOfOrder lines that follow a later number of their customer
     */
    record Count(long answered, long dead, long lost, long doubled, long outOfOrder) {}

    static Count count(Path out, long records) throws IOException {
        int[] seen = new int[(int) records + 1];
        long answered = 0;
        long outOfOrder = 0;
        Map<String, List<Span>> spans = new HashMap<>();
        for (List<Path> parts : parts(out.resolve("answered"))) {
            Map<String, Span> ofWriter = new HashMap<>();
            for (Path part : parts) {
                for (String line : Files.readAllLines(part)) {
                    String[] words = line.split(" ", -1);
                    long number = Long.parseLong(words[1]);
                    seen[(int) number]++;
                    answered++;
                    Span span = ofWriter.get(words[0]);
                    if (span == null) {
                        ofWriter.put(words[0], new Span(number, number));
                    } else {
                        if (number <= span.last) {
                            outOfOrder++;
                        }
                        span.last = Math.max(span.last, number);
                    }
                }
            }
            ofWriter.forEach((customer, span) ->
                    spans.computeIfAbsent(customer, unused -> new ArrayList<>()).add(span));
        }
        outOfOrder += overlaps(spans);
        long dead = 0;
        for (List<Path> parts : parts(out.resolve("dead"))) {
            for (Path part : parts) {
                for (String line : Files.readAllLines(part)) {
                    seen[Integer.parseInt(line.split(" ", -1)[1])]++;
                    dead++;
                }
            }
        }
        long lost = 0;
        long doubled = 0;
        for (int number = 1; number <= records; number++) {
            lost += seen[number] == 0 ? 1 : 0;
            doubled += Math.max(0, seen[number] - 1);
        }
        return new Count(answered, dead, lost, doubled, outOfOrder);
    }

    /** The first and the last number of a customer that a writer has written. */
    private static final class Span {
        final long first;
        long last;

        Span(long first, long last) {
            this.first = first;
            this.last = last;
        }
    }

    /** One writer has a customer at a time. If what two have written overlaps, one of them has written late. */
    private static long overlaps(Map<String, List<Span>> spans) {
        long overlaps = 0;
        for (List<Span> ofCustomer : spans.values()) {
            ofCustomer.sort(Comparator.comparingLong(span -> span.first));
            for (int i = 1; i < ofCustomer.size(); i++) {
                overlaps += ofCustomer.get(i).first <= ofCustomer.get(i - 1).last ? 1 : 0;
            }
        }
        return overlaps;
    }

    /** The finished files, those of each writer in the order in which it has written them. */
    private static List<List<Path>> parts(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return List.of();
        }
        Map<String, TreeMap<Long, Path>> all = new HashMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            files.filter(Files::isRegularFile).forEach(file -> {
                Matcher part = PART.matcher(file.getFileName().toString());
                if (part.matches()) { // else it is not finished
                    all.computeIfAbsent(part.group(1), unused -> new TreeMap<>())
                            .put(Long.valueOf(part.group(2)), file);
                }
            });
        }
        return all.values().stream().map(parts -> List.copyOf(parts.values())).toList();
    }
}
