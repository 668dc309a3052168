package dev.turnstile.spring;

import dev.turnstile.testing.Directories;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import jdk.jfr.consumer.RecordingFile;

/**
 * Measures {@code src/samples/spring-boot} with {@code wrk}: the requests are calls through Turnstile, through an executor of one
 * thread, or under a lock by the thread of the request. Each in JVMs of its own, in turns; beside each load a few clients ask
 * for what needs no plugin.
 */
public final class WebLoad {
    private static final int BESIDE = 4;
    private static final String PINNED = "jdk.VirtualThreadPinned";
    private static final Pattern LATENCY = Pattern.compile("99%\\s+([0-9.]+)(us|ms|s|m)\\b");
    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in ([0-9.]+)(ms|s|m)\\b");
    private static final Pattern REFUSED = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");
    private static final Pattern ERRORS =
            Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");

    private enum Way {
        TURNSTILE("Turnstile", ""),
        EXECUTOR("executor of one thread", "/executor"),
        LOCK("lock, native call on the carrier", "/lock");

        private final String title;
        private final String prefix;

        Way(String title, String prefix) {
            this.title = title;
            this.prefix = prefix;
        }
    }

    private enum Load {
        ECHO_64("calls of some µs, 64 clients", 64, "/echo/hello"),
        SLEEP_64("calls of 1 ms, 64 clients", 64, "/sleep/1"),
        SLEEP_1000("calls of 1 ms, 1,000 clients", 1_000, "/sleep/1");

        private final String title;
        private final int clients;
        private final String path;

        Load(String title, int clients, String path) {
            this.title = title;
            this.clients = clients;
            this.path = path;
        }
    }

    /** What wrk said. Rates are by the second, times in milliseconds. */
    private record Figures(double answered, double refused, double p99, long errors) {
        static Figures of(String output) {
            Matcher requests = found(REQUESTS, output);
            double seconds = millis(requests.group(2), requests.group(3)) / 1_000;
            Matcher non200 = REFUSED.matcher(output);
            long refused = non200.find() ? Long.parseLong(non200.group(1)) : 0;
            Matcher errors = ERRORS.matcher(output);
            long failed = 0;
            if (errors.find()) {
                for (int group = 1; group <= errors.groupCount(); group++) {
                    failed += Long.parseLong(errors.group(group));
                }
            }
            Matcher latency = found(LATENCY, output);
            return new Figures(
                    (Long.parseLong(requests.group(1)) - refused) / seconds,
                    refused / seconds,
                    millis(latency.group(1), latency.group(2)),
                    failed);
        }

        private static Matcher found(Pattern pattern, String output) {
            Matcher matcher = pattern.matcher(output);
            if (!matcher.find()) {
                throw new IllegalStateException("wrk said nothing of " + pattern + ": " + output);
            }
            return matcher;
        }

        private static double millis(String number, String unit) {
            double value = Double.parseDouble(number);
            return switch (unit) {
                case "us" -> value / 1_000;
                case "ms" -> value;
                case "s" -> value * 1_000;
                default -> value * 60_000;
            };
        }
    }

    /** One load in one round: of the calls, and of what needs no plugin. */
    private record Run(Figures calls, Figures others) {}

    private final Path directory;
    private final int seconds;
    private final Map<Load, Map<Way, List<Run>>> runs = new EnumMap<>(Load.class);
    private final Map<Way, Long> pinned = new EnumMap<>(Way.class);
    private final List<Run> refusals = new ArrayList<>();

    private WebLoad(Path directory, int seconds) {
        this.directory = directory;
        this.seconds = seconds;
    }

    public static void main(String[] arguments) throws Exception {
        int rounds = Integer.parseInt(arguments[0]);
        Path directory = Files.createTempDirectory("turnstile-web");
        try {
            WebLoad load = new WebLoad(directory, Integer.parseInt(arguments[1]));
            SampleFiles files = new SampleFiles(directory);
            for (int round = 0; round < rounds; round++) {
                for (Way way : Way.values()) {
                    load.measure(way, files);
                }
            }
            load.print();
        } finally {
            Directories.delete(directory);
        }
    }

    private void measure(Way way, SampleFiles files) throws Exception {
        Path recording = directory.resolve("pinned.jfr");
        List<String> how = new ArrayList<>(List.of(
                "-XX:TieredStopAtLevel=4",
                "-Dturnstile.native.dir=" + System.getProperty("turnstile.native.dir"),
                "-XX:StartFlightRecording:settings=none," + PINNED + "#enabled=true,filename=" + recording));
        how.addAll(files.run("4"));
        int classPath = how.indexOf("-cp") + 1;
        how.set(classPath, how.get(classPath) + ":" + System.getProperty("java.class.path"));
        try (SampleApplication application = SampleApplication.start(
                how,
                "--spring.main.sources=" + OtherWays.class.getName(),
                "--server.tomcat.max-connections=20000",
                "--server.tomcat.accept-count=2000",
                "--logging.level.root=warn",
                "--logging.level.org.springframework.boot.tomcat=info",
                "--logging.level.dev.turnstile=info")) {
            application.awaitStart();
            String url = application.address();
            for (Load load : Load.values()) {
                wrk(load.clients, 5, url + way.prefix + load.path); // until it is compiled
                runs.computeIfAbsent(load, unused -> new EnumMap<>(Way.class))
                        .computeIfAbsent(way, unused -> new ArrayList<>())
                        .add(run(load.clients, url + way.prefix + load.path, url));
            }
            if (way == Way.TURNSTILE) {
                Process sleepers = start(200, seconds + 4, url + "/sleep/1");
                refusals.add(run(200, url + "/try/now", url));
                Figures.of(output(sleepers));
            }
            application.terminate();
            application.awaitEnd();
            application
                    .output()
                    .lines()
                    .filter(line -> line.contains("is closed after"))
                    .forEach(System.err::println);
        }
        long kept = RecordingFile.readAllEvents(recording).stream()
                .filter(event -> event.getEventType().getName().equals(PINNED)) // the application may have its own, too
                .count();
        pinned.merge(way, kept, Long::sum);
    }

    private Run run(int clients, String url, String base) throws IOException, InterruptedException {
        Process others = start(BESIDE, seconds, base + "/ping");
        Figures calls = Figures.of(output(start(clients, seconds, url)));
        return new Run(calls, Figures.of(output(others)));
    }

    private static void wrk(int clients, int seconds, String url) throws IOException, InterruptedException {
        Figures.of(output(start(clients, seconds, url)));
    }

    private static Process start(int clients, int seconds, String url) throws IOException {
        return new ProcessBuilder("wrk", "-t1", "-c" + clients, "-d" + seconds, "--timeout", "30", "--latency", url)
                .redirectErrorStream(true)
                .start();
    }

    private static String output(Process wrk) throws IOException, InterruptedException {
        String output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!wrk.waitFor(1, TimeUnit.MINUTES) || wrk.exitValue() != 0) {
            throw new IllegalStateException("wrk failed: " + output);
        }
        return output;
    }

    private void print() {
        System.out.println(
                "| | | calls a second | p99, ms | errors | beside it, without a plugin: a second | p99, ms |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- |");
        for (Load load : Load.values()) {
            for (Way way : Way.values()) {
                List<Run> all = runs.get(load).get(way);
                System.out.println(String.join(
                                " | ",
                                "| " + load.title,
                                way.title,
                                spread(all.stream().mapToDouble(run -> run.calls.answered)),
                                spread(all.stream().mapToDouble(run -> run.calls.p99)),
                                String.valueOf(all.stream()
                                        .mapToLong(run -> run.calls.errors)
                                        .sum()),
                                spread(all.stream().mapToDouble(run -> run.others.answered)),
                                spread(all.stream().mapToDouble(run -> run.others.p99)))
                        + " |");
            }
        }
        System.out.println();
        System.out.println("tryCall, 200 clients beside 200 that keep the line full: refused a second "
                + spread(refusals.stream().mapToDouble(run -> run.calls.refused)) + ", answered "
                + spread(refusals.stream().mapToDouble(run -> run.calls.answered)) + ", p99 of both "
                + spread(refusals.stream().mapToDouble(run -> run.calls.p99)) + " ms, errors "
                + refusals.stream().mapToLong(run -> run.calls.errors).sum());
        System.out.println("Virtual threads that JFR saw waiting while they kept their carrier: " + pinned);
    }

    /** The median, the least and the largest. */
    private static String spread(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        return String.format(
                Locale.ROOT,
                "%s (%s to %s)",
                rounded(sorted[sorted.length / 2]),
                rounded(sorted[0]),
                rounded(sorted[sorted.length - 1]));
    }

    private static String rounded(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%,.0f", value);
    }
}
