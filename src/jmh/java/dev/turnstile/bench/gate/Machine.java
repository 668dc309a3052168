package dev.turnstile.bench.gate;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;

/**
 * Where and on what the figures were measured.
 *
 * @param load how many threads wanted a processor in the last minute before, or less than 0 if that is not known
 */
record Machine(
        LocalDate date,
        String processor,
        int processors,
        String system,
        String java,
        int javaVersion,
        String collector,
        String commit,
        double load) {
    private static final String MODEL = "model name";
    private static final double BUSY = 0.25;

    static Machine here() throws IOException {
        return new Machine(
                LocalDate.now(ZoneOffset.UTC),
                processorName(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                        + System.getProperty("os.arch"),
                System.getProperty("java.vendor") + " " + Runtime.version(),
                Runtime.version().feature(),
                ManagementFactory.getGarbageCollectorMXBeans().stream()
                        .map(bean -> bean.getName())
                        .sorted()
                        .reduce((one, other) -> one + ", " + other)
                        .orElse("unknown"),
                System.getProperty("turnstile.commit", "unknown"),
                Double.parseDouble(System.getProperty("turnstile.load", "-1")));
    }

    private static String processorName() throws IOException {
        Path file = Path.of("/proc/cpuinfo");
        List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
        return lines.stream()
                .filter(line -> line.startsWith(MODEL))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown processor");
    }

    /** Whether others wanted the processors: then little can be said of times. */
    boolean isBusy() {
        return load > processors * BUSY;
    }

    String sentence() {
        String busy = load < 0 ? "" : String.format(Locale.ROOT, "; load %.2f before it began", load);
        return date + ", commit " + commit + ", Java " + java + " (" + collector + "), " + processors + " × "
                + processor + ", " + system + busy;
    }
}
