package dev.turnstile.bundle;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The table of who wrote and who read: the tests note each reading that came off as it should, {@code scripts/interchange}
 * prints the table of one run.
 */
final class InterchangeTable {
    /** Who read. */
    enum Reader {
        TURNSTILE("turnstile"),
        RUSTBRIDGE_CLI("rustbridge, command line"),
        RUSTBRIDGE_PYTHON("rustbridge, Python"),
        MINISIGN("minisign");

        private final String label;

        Reader(String label) {
            this.label = label;
        }
    }

    static final String FINE = "✓";

    private static final Path CELLS =
            Path.of(System.getProperty("turnstile.basedir", "."), "target", "interchange", "cells.txt");
    private static final String SEPARATOR = "\t";

    private InterchangeTable() {}

    static void note(Specimen written, Reader reader, String outcome) throws IOException {
        Files.createDirectories(CELLS.getParent());
        Files.writeString(
                CELLS,
                String.join(SEPARATOR, written.name(), reader.name(), outcome) + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    /** Prints the table; the exit code is 1 if a cell is empty. */
    public static void main(String[] arguments) throws IOException {
        Map<Specimen, Map<Reader, String>> cells = new EnumMap<>(Specimen.class);
        for (String line : Files.exists(CELLS) ? Files.readAllLines(CELLS) : List.<String>of()) {
            String[] cell = line.split(SEPARATOR, 3);
            cells.computeIfAbsent(Specimen.valueOf(cell[0]), unused -> new EnumMap<>(Reader.class))
                    .put(Reader.valueOf(cell[1]), cell[2]);
        }
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        StringBuilder head = new StringBuilder("| written by |");
        StringBuilder rule = new StringBuilder("| --- |");
        for (Reader reader : Reader.values()) {
            head.append(' ').append(reader.label).append(" |");
            rule.append(" --- |");
        }
        out.println(head);
        out.println(rule);
        boolean complete = true;
        for (Specimen specimen : Specimen.values()) {
            StringBuilder row = new StringBuilder("| ").append(specimen.label()).append(" |");
            for (Reader reader : Reader.values()) {
                String cell = cells.getOrDefault(specimen, Map.of()).get(reader);
                if (cell == null && reader == Reader.MINISIGN && !specimen.isSigned()) {
                    cell = "nothing to verify";
                }
                complete &= cell != null;
                row.append(' ').append(cell == null ? "NOT RUN" : cell).append(" |");
            }
            out.println(row);
        }
        if (!complete) {
            System.exit(1);
        }
    }
}
