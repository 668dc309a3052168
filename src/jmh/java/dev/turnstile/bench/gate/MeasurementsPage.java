package dev.turnstile.bench.gate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The page of measurements: a part for each Java version, which a run on that version writes anew, between two marks. All else
 * on the page is written by hand and kept.
 */
final class MeasurementsPage {
    private static final Path SITE = Path.of(System.getProperty("turnstile.basedir", "."), "src", "site");
    private static final String NAME = "measurements";
    private static final String INTRODUCTION = """
        # Measurements

        Made by `scripts/bench --write`. Compare what stands in one part: it comes from one run, in which the contestants took
        turns, each in new JVMs.
        """;

    private MeasurementsPage() {}

    static void write(Report report) throws IOException {
        Path page = SITE.resolve(Path.of("markdown", NAME + ".md"));
        Path images = SITE.resolve(Path.of("resources", NAME));
        Files.createDirectories(images);
        String java = "java-" + report.machine().javaVersion();
        StringBuilder part =
                new StringBuilder("## On Java " + report.machine().javaVersion() + "\n\n" + report.screen());
        report.plots()
                .write(images, "-" + java)
                .forEach((plot, file) -> part.append("\n![")
                        .append(plot)
                        .append("](../resources/" + NAME + "/")
                        .append(file)
                        .append(")\n"));
        String before = Files.exists(page) ? Files.readString(page) : INTRODUCTION;
        Files.writeString(page, replacePart(before, java, part.toString()));
        System.err.println("Written: " + page);
    }

    /** Puts a part in the place of the one of the same name; where there is none, at the end. */
    static String replacePart(String page, String name, String part) {
        String begin = "<!-- " + name + " -->\n";
        String end = "<!-- end of " + name + " -->\n";
        String marked = begin + part + end;
        int from = page.indexOf(begin);
        if (from < 0) {
            return page + "\n" + marked;
        }
        int to = page.indexOf(end, from);
        if (to < 0) {
            throw new IllegalArgumentException("The part " + name + " has no end");
        }
        return page.substring(0, from) + marked + page.substring(to + end.length());
    }
}
