package dev.turnstile.flink.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** What {@code scripts/flink --measure} measures, with the trial job, beside a job that calls a {@code NativePlugin} in a plain {@code map}. */
final class FlinkMeasures {
    static final List<String> NAMES =
            List.of("echo", "slow", "scaling", "checkpoints", "cancel", "rescaling", "loaders", "linger");
    private static final String TRIAL = "dev.turnstile.flink.trial.TrialJob";
    private static final int ROUNDS = 3;
    private static final int SUBMISSIONS = 20;
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private final FlinkOptions options;
    private final Path directory;
    private boolean isGood = true;

    private FlinkMeasures(FlinkOptions options, Path directory) {
        this.options = options;
        this.directory = directory;
    }

    /** Returns whether all targets were reached. */
    static boolean run(FlinkOptions options, Path directory) throws Exception {
        FlinkMeasures measures = new FlinkMeasures(options, directory);
        switch (options.measure()) {
            case "echo" -> measures.echo();
            case "slow" -> measures.slow();
            case "scaling" -> measures.scaling();
            case "checkpoints" -> measures.checkpoints();
            case "cancel" -> measures.cancel();
            case "rescaling" -> measures.rescaling();
            case "loaders" -> measures.loaders();
            case "linger" -> measures.linger();
            default -> throw new IllegalArgumentException(options.measure());
        }
        return measures.isGood;
    }

    private FlinkCluster cluster(String name, int taskManagers, boolean libraryInLib) throws Exception {
        return cluster(name, taskManagers, libraryInLib, Map.of("web.checkpoints.history", "500"));
    }

    private FlinkCluster cluster(String name, int taskManagers, boolean libraryInLib, Map<String, String> settings)
            throws Exception {
        List<Path> lib = new ArrayList<>(Jars.flink());
        if (libraryInLib) {
            lib.add(Jars.library(directory));
            lib.addAll(Jars.needs());
        }
        return FlinkCluster.start(options.home(), directory.resolve(name), lib, taskManagers, FlinkRun.SLOTS, settings);
    }

    private void verdict(boolean isReached, String figures) {
        isGood &= isReached;
        System.out.println(figures + (isReached ? ": reached" : ": NOT reached"));
    }

    private List<String> arguments(String... more) {
        List<String> all = new ArrayList<>(List.of("--bundle", options.bundle().toString()));
        all.addAll(List.of(more));
        return all;
    }

    private long finished(FlinkCluster cluster, String jar, int parallelism, String... more) throws Exception {
        FlinkRest rest = cluster.rest();
        String job = rest.run(jar, TRIAL, parallelism, arguments(more));
        FlinkCluster.await("the end of a job", LIMIT, () -> FlinkRun.requireGoesOn(rest, job));
        JsonNode times = rest.get("/jobs/" + job).get("timestamps");
        return times.get("FINISHED").asLong() - times.get("RUNNING").asLong();
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    // ---- how fast ----

    private void echo() throws Exception {
        Path jar = Jars.trial(directory, "trial", false, Map.of());
        String records = String.valueOf(options.records());
        try (FlinkCluster cluster = cluster("echo", FlinkRun.TASK_MANAGERS, true)) {
            String uploaded = cluster.rest().upload(jar);
            List<String> modes = List.of("none", "naive", "direct", "ordered");
            Map<String, Long> ms = round(
                    cluster, uploaded, "echo", modes, "--records", records, "--in-flight", "500", "--capacity", "500");
            System.out.println("echo, " + records + " records, ms: " + ms);
            double direct = (double) ms.get("naive") / ms.get("direct");
            double ordered = (double) ms.get("naive") / ms.get("ordered");
            verdict(
                    direct >= 0.95,
                    String.format(
                            Locale.ROOT,
                            "echo: direct has %.2f times the throughput of the naive map; target 0.95",
                            direct));
            verdict(
                    ordered >= 0.5,
                    String.format(
                            Locale.ROOT,
                            "echo: ordered has %.2f times the throughput of the naive map; target 0.5",
                            ordered));
        }
    }

    private void slow() throws Exception {
        Path jar = Jars.trial(directory, "trial", false, Map.of());
        try (FlinkCluster cluster = cluster("slow", FlinkRun.TASK_MANAGERS, true)) {
            String uploaded = cluster.rest().upload(jar);
            Map<String, Long> ms = round(
                    cluster,
                    uploaded,
                    "sleep-1",
                    List.of("naive", "ordered"),
                    "--records",
                    "80000",
                    "--instances",
                    "8",
                    "--in-flight",
                    "200",
                    "--capacity",
                    "200");
            System.out.println("1 ms, 8 instances a slot, 80,000 records, ms: " + ms);
            double ratio = (double) ms.get("naive") / ms.get("ordered");
            verdict(
                    ratio >= 3.5,
                    String.format(
                            Locale.ROOT,
                            "1 ms, 8 instances a slot: ordered has %.2f times the throughput of the naive map; target"
                                    + " 3.5",
                            ratio));
        }
    }

    /** The median of each mode, after one run of each that is not counted; the modes take turns. */
    private Map<String, Long> round(FlinkCluster cluster, String jar, String call, List<String> modes, String... more)
            throws Exception {
        Map<String, List<Long>> times = new HashMap<>();
        for (int i = 0; i <= ROUNDS; i++) {
            for (String mode : modes) {
                List<String> all = new ArrayList<>(List.of("--mode", mode, "--call", call));
                all.addAll(List.of(more));
                long ms = finished(cluster, jar, FlinkRun.TASK_MANAGERS * FlinkRun.SLOTS, all.toArray(String[]::new));
                if (i > 0) {
                    times.computeIfAbsent(mode, unused -> new ArrayList<>()).add(ms);
                }
            }
        }
        Map<String, Long> medians = new HashMap<>();
        times.forEach((mode, all) -> medians.put(mode, median(all)));
        return medians;
    }

    private void scaling() throws Exception {
        Path jar = Jars.trial(directory, "trial", false, Map.of());
        Map<Integer, Long> ms = new HashMap<>();
        for (int taskManagers = 1; taskManagers <= 2; taskManagers++) {
            try (FlinkCluster cluster = cluster("scaling-" + taskManagers, taskManagers, true)) {
                String uploaded = cluster.rest().upload(jar);
                List<Long> times = new ArrayList<>();
                for (int i = 0; i <= ROUNDS; i++) {
                    long one = finished(
                            cluster,
                            uploaded,
                            taskManagers * FlinkRun.SLOTS,
                            "--mode",
                            "ordered",
                            "--call",
                            "sleep-5",
                            "--records",
                            "50000",
                            "--instances",
                            "8");
                    if (i > 0) {
                        times.add(one);
                    }
                }
                ms.put(taskManagers, median(times));
            }
        }
        double gain = (double) ms.get(1) / ms.get(2);
        verdict(
                gain >= 1.8,
                String.format(
                        Locale.ROOT,
                        "5 ms, 8 instances a slot, 50,000 records: 1 TaskManager %d ms, 2 %d ms, %.2f times as fast;"
                                + " target 1.8",
                        ms.get(1),
                        ms.get(2),
                        gain));
    }

    // ---- checkpoints and cancelling ----

    private void checkpoints() throws Exception {
        Path jar = Jars.trial(directory, "trial", false, Map.of());
        try (FlinkCluster cluster = cluster("checkpoints", FlinkRun.TASK_MANAGERS, true)) {
            String uploaded = cluster.rest().upload(jar);
            List<Long> unaligned = durations(cluster, uploaded, true, 100);
            System.out.println("unaligned checkpoints under backpressure of 20 ms calls, ms, sorted: " + unaligned);
            long most = unaligned.get(unaligned.size() * 95 / 100 - 1);
            verdict(
                    most <= 1_000,
                    String.format(
                            Locale.ROOT,
                            "95 %% of %d unaligned checkpoints took at most %d ms; target 1,000",
                            unaligned.size(),
                            most));
            System.out.println("aligned ones, ms, sorted: " + durations(cluster, uploaded, false, 3));
        }
    }

    private List<Long> durations(FlinkCluster cluster, String jar, boolean isUnaligned, int count) throws Exception {
        FlinkRest rest = cluster.rest();
        String job = rest.run(
                jar,
                TRIAL,
                FlinkRun.TASK_MANAGERS * FlinkRun.SLOTS,
                arguments(
                        "--mode",
                        "ordered",
                        "--call",
                        "sleep-20",
                        "--records",
                        "100000000",
                        "--instances",
                        "8",
                        "--checkpoint-ms",
                        "300",
                        "--unaligned",
                        String.valueOf(isUnaligned)));
        FlinkCluster.await(count + " checkpoints", LIMIT, () -> {
            boolean unused = FlinkRun.requireGoesOn(rest, job);
            return rest.completedCheckpoints(job) >= count;
        });
        List<Long> durations = new ArrayList<>();
        for (JsonNode each : rest.checkpoints(job).get("history")) {
            if (each.get("status").asString().equals("COMPLETED")) {
                durations.add(each.get("end_to_end_duration").asLong());
            }
        }
        rest.cancel(job);
        FlinkCluster.await("the end of the job", LIMIT, () -> rest.state(job).equals("CANCELED"));
        return durations.stream().sorted().toList();
    }

    private void cancel() throws Exception {
        Path jar = Jars.trial(directory, "trial", false, Map.of());
        try (FlinkCluster cluster = cluster("cancel", FlinkRun.TASK_MANAGERS, true)) {
            FlinkRest rest = cluster.rest();
            String uploaded = rest.upload(jar);
            for (int closeMs : new int[] {1_000, 5_000}) {
                String job = rest.run(
                        uploaded,
                        TRIAL,
                        FlinkRun.TASK_MANAGERS * FlinkRun.SLOTS,
                        arguments(
                                "--mode",
                                "ordered",
                                "--call",
                                "sleep-3600000",
                                "--records",
                                "1000000",
                                "--close-ms",
                                String.valueOf(closeMs)));
                awaitBackpressure(rest, job);
                long begun = System.nanoTime();
                rest.cancel(job);
                FlinkCluster.await(
                        "the end of the job", LIMIT, () -> rest.state(job).equals("CANCELED"));
                long ms = (System.nanoTime() - begun) / 1_000_000;
                verdict(
                        ms <= closeMs + 3_000,
                        String.format(
                                Locale.ROOT,
                                "cancelled while calls hang, closing limit %d ms: %d ms; target the limit and 3,000",
                                closeMs,
                                ms));
            }
        }
    }

    /** Until all that the operator takes is in flight. */
    private static void awaitBackpressure(FlinkRest rest, String job) throws InterruptedException {
        FlinkCluster.await("calls that hang", LIMIT, () -> {
            boolean unused = FlinkRun.requireGoesOn(rest, job);
            for (JsonNode vertex : rest.get("/jobs/" + job).get("vertices")) {
                String path = "/jobs/" + job + "/vertices/" + vertex.get("id").asString() + "/subtasks/metrics";
                for (JsonNode metric : rest.get(path)) {
                    String id = metric.get("id").asString();
                    if (id.endsWith("turnstile.running")) {
                        JsonNode running = rest.get(path + "?get=" + id);
                        return !running.isEmpty() && running.get(0).get("min").asDouble() >= 1;
                    }
                }
            }
            return false;
        });
    }

    // ---- rescaling ----

    /** A savepoint with records in flight is refused with another parallelism, and taken with the old one; one of a drained stop is taken with any. */
    private void rescaling() throws Exception {
        int records = 400_000;
        int whole = FlinkRun.TASK_MANAGERS * FlinkRun.SLOTS;
        Path in = directory.resolve("in");
        Orders.write(in, whole, records);
        Path jar = Jars.trial(directory, "trial", false, Map.of());
        // Savepoints wait for what is in Flink's buffers, so let that be little.
        Map<String, String> small = Map.of("taskmanager.memory.segment-size", "4kb");
        try (FlinkCluster cluster = cluster("rescaling", FlinkRun.TASK_MANAGERS, true, small)) {
            FlinkRest rest = cluster.rest();
            String uploaded = rest.upload(jar);
            for (boolean drain : new boolean[] {false, true}) {
                Path out = directory.resolve("out-" + drain);
                List<String> arguments = arguments(
                        "--mode",
                        "ordered",
                        "--call",
                        "sleep-1",
                        "--instances",
                        "8",
                        "--checkpoint-ms",
                        "500",
                        "--in-flight",
                        "200",
                        "--in",
                        in.toString(),
                        "--out",
                        out.toString());
                String first = rest.run(uploaded, TRIAL, whole, arguments);
                FlinkCluster.await("a checkpoint", LIMIT, () -> rest.completedCheckpoints(first) >= 2);
                String savepoint = rest.stop(first, drain, directory.resolve("savepoints"));
                if (!drain) {
                    String refused = rest.run(uploaded, TRIAL, whole / 2, arguments, savepoint);
                    FlinkCluster.await(
                            "the refusal",
                            LIMIT,
                            () -> !rest.rootException(refused).isEmpty());
                    String why = rest.rootException(refused);
                    rest.cancel(refused);
                    FlinkCluster.await(
                            "its end", LIMIT, () -> rest.state(refused).matches("CANCELED|FAILED"));
                    verdict(
                            why.contains("with another parallelism"),
                            "restored with half the subtasks and records in flight: refused with a message");
                }
                String next = rest.run(uploaded, TRIAL, drain ? whole / 2 : whole, arguments, savepoint);
                FlinkCluster.await("the end of the job", LIMIT, () -> FlinkRun.requireGoesOn(rest, next));
                Orders.Count count = Orders.count(out, records);
                verdict(
                        count.equals(new Orders.Count(records, 0, 0, 0, 0)),
                        (drain
                                        ? "after a drained stop, with half the subtasks: "
                                        : "after a stop with records in flight, as many subtasks: ")
                                + count);
            }
        }
    }

    // ---- what stays ----

    private void loaders() throws Exception {
        Path alone = Jars.trial(directory, "alone", false, Map.of());
        Path whole = Jars.trial(directory, "whole", true, Map.of("demo.rbp", options.bundle()));
        long fromLib;
        try (FlinkCluster cluster = cluster("in-lib", FlinkRun.TASK_MANAGERS, true)) {
            fromLib = loadersAfter(cluster, alone, "ordered");
        }
        verdict(
                fromLib <= 2,
                String.format(
                        Locale.ROOT,
                        "%d submissions from lib/: at most %d job class loaders alive in a TaskManager; target 2",
                        SUBMISSIONS,
                        fromLib));
        long without;
        long with;
        try (FlinkCluster cluster = cluster("without", FlinkRun.TASK_MANAGERS, false)) {
            without = loadersAfter(cluster, whole, "none");
        }
        try (FlinkCluster cluster = cluster("in-jar", FlinkRun.TASK_MANAGERS, false)) {
            with = loadersAfter(cluster, whole, "ordered");
        }
        verdict(
                with <= without,
                String.format(
                        Locale.ROOT,
                        "%d submissions with the library in the job's jar: %d alive, without a plugin %d; target no"
                                + " more",
                        SUBMISSIONS,
                        with,
                        without));
    }

    private long loadersAfter(FlinkCluster cluster, Path jar, String mode) throws Exception {
        String uploaded = cluster.rest().upload(jar);
        for (int i = 0; i < SUBMISSIONS; i++) {
            long unused = finished(
                    cluster, uploaded, FlinkRun.TASK_MANAGERS * FlinkRun.SLOTS, "--mode", mode, "--records", "1000");
        }
        long most = 0;
        for (Process each : cluster.taskManagers()) {
            most = Math.max(most, leastLoaders(each.pid()));
        }
        return most;
    }

    /** The library's timer ends by itself, some time after its last use. */
    private long leastLoaders(long pid) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(25).toNanos();
        long least = liveLoaders(pid);
        while (least > 0 && System.nanoTime() < deadline) {
            least = Math.min(least, liveLoaders(pid));
        }
        return least;
    }

    private static final Pattern LOADER = Pattern.compile(
            "^\\s*\\d+:\\s+(\\d+)\\s+\\d+\\s+org\\.apache\\.flink\\.util\\.ChildFirstClassLoader\\b",
            Pattern.MULTILINE);

    /** After a full collection, which the histogram asks for; twice, for what is freed by what was freed. */
    private long liveLoaders(long pid) throws IOException, InterruptedException {
        long live = 0;
        for (int i = 0; i < 2; i++) {
            Process jcmd = new ProcessBuilder(
                            options.home().resolve("bin/jcmd").toString(), String.valueOf(pid), "GC.class_histogram")
                    .redirectErrorStream(true)
                    .start();
            String histogram = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (jcmd.waitFor() != 0 || !histogram.contains("java.lang.String")) {
                throw new IOException("jcmd could not look into the process " + pid + ": " + histogram);
            }
            Matcher line = LOADER.matcher(histogram);
            live = line.find() ? Long.parseLong(line.group(1)) : 0;
        }
        return live;
    }

    private void linger() throws Exception {
        Path jar = Jars.trial(directory, "trial", false, Map.of());
        try (FlinkCluster cluster = cluster("linger", FlinkRun.TASK_MANAGERS, true)) {
            String uploaded = cluster.rest().upload(jar);
            List<Long> first = null;
            List<Long> last = List.of();
            for (int i = 0; i < SUBMISSIONS; i++) {
                long unused = finished(
                        cluster,
                        uploaded,
                        FlinkRun.TASK_MANAGERS * FlinkRun.SLOTS,
                        "--mode",
                        "ordered",
                        "--records",
                        "1000",
                        "--shared",
                        "demo",
                        "--linger-s",
                        "60");
                last = mappings(cluster);
                first = first == null ? last : first;
            }
            verdict(
                    last.equals(first),
                    String.format(
                            Locale.ROOT,
                            "%d restarts with a shared plugin that lingers: mappings of the plugin's library in each"
                                    + " TaskManager %s after the first, %s after the last; target the same",
                            SUBMISSIONS,
                            first,
                            last));
        }
    }

    private static List<Long> mappings(FlinkCluster cluster) throws IOException {
        List<Long> counts = new ArrayList<>();
        for (Process each : cluster.taskManagers()) {
            counts.add(Files.readAllLines(Path.of("/proc/" + each.pid() + "/maps")).stream()
                    .filter(line -> line.contains("turnstile_demo"))
                    .count());
        }
        return counts;
    }
}
