package dev.turnstile.flink.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** {@code scripts/flink}: a job over files in a real cluster, one of whose processes is killed in mid-run, and what its sink has then. */
public final class FlinkRun {
    static final int TASK_MANAGERS = 2;
    static final int SLOTS = 2;
    private static final Duration JOB_LIMIT = Duration.ofMinutes(30);

    private final FlinkOptions options;
    private final Path directory;

    private FlinkRun(FlinkOptions options, Path directory) {
        this.options = options;
        this.directory = directory;
    }

    /**
     * What came of a run.
     *
     * @param killed how many TaskManagers were killed
     * @param restored how often the job was restored from a checkpoint
     * @param ended how many TaskManagers have ended by themselves
     */
    record Outcome(Orders.Count count, int killed, int restored, long ended, long jobMs) {
        /** Whether it is as it should be, with so many dead letters. */
        boolean isGood(long letters) {
            return count.lost() == 0
                    && count.doubled() == 0
                    && count.outOfOrder() == 0
                    && count.dead() == letters
                    && ended == 0
                    && restored >= killed;
        }
    }

    /** Ends with 0 if all is as it should be, with 1 if not. */
    public static void main(String[] arguments) throws Exception {
        FlinkOptions options = FlinkOptions.of(arguments);
        Path directory = Files.createTempDirectory("turnstile-flink-");
        boolean isGood = false;
        try {
            isGood = options.measure().isEmpty()
                    ? new FlinkRun(options, directory).report()
                    : FlinkMeasures.run(options, directory);
        } finally {
            if (options.keep()) {
                System.out.println("kept: " + directory);
            } else {
                remove(directory);
            }
        }
        System.exit(isGood ? 0 : 1);
    }

    private boolean report() throws Exception {
        Outcome outcome;
        try (FlinkCluster cluster = start(options, directory)) {
            outcome = run(options, cluster, directory);
        }
        long letters = options.crashEvery() == 0 ? 0 : options.records() / options.crashEvery();
        Orders.Count count = outcome.count();
        System.out.printf(
                "%,d records in %.1f s: %,d results, %,d dead letters; lost %,d, doubled %,d, out of order within a"
                        + " key %,d; TaskManagers killed %d, ended by themselves %d; restored from a checkpoint %d"
                        + " times%n",
                options.records(),
                outcome.jobMs() / 1000.0,
                count.answered(),
                count.dead(),
                count.lost(),
                count.doubled(),
                count.outOfOrder(),
                outcome.killed(),
                outcome.ended(),
                outcome.restored());
        if (options.crashEvery() > 0) {
            System.out.printf("%,d records crash the plugin: %,d dead letters%n", letters, count.dead());
        }
        return outcome.isGood(letters);
    }

    /** Starts a cluster that has the library in its {@code lib/}. */
    static FlinkCluster start(FlinkOptions options, Path directory) throws Exception {
        List<Path> lib = new ArrayList<>(Jars.flink());
        lib.add(Jars.library(directory));
        lib.addAll(Jars.needs());
        options.say("starting a JobManager and " + TASK_MANAGERS + " TaskManagers");
        return FlinkCluster.start(options.home(), directory.resolve("cluster"), lib, TASK_MANAGERS, SLOTS, Map.of());
    }

    /** Runs the job once. */
    static Outcome run(FlinkOptions options, FlinkCluster cluster, Path directory) throws Exception {
        Path in = directory.resolve("in");
        Path out = directory.resolve("out");
        Orders.write(in, TASK_MANAGERS * SLOTS, options.records());
        boolean isTrial = options.crashEvery() > 0;
        Path jar = isTrial ? Jars.trial(directory, "trial", false, Map.of()) : Jars.sample(directory);
        FlinkRest rest = cluster.rest();
        List<String> arguments = new ArrayList<>(List.of(
                "--in",
                in.toString(),
                "--out",
                out.toString(),
                "--bundle",
                options.bundle().toString()));
        if (isTrial) {
            arguments.addAll(List.of("--mode", "ordered", "--checkpoint-ms", "1000", "--isolated", "true"));
            arguments.addAll(List.of("--crash-every", String.valueOf(options.crashEvery())));
            arguments.addAll(options.host()
                    .map(host -> List.of("--host", host.toString()))
                    .orElse(List.of()));
        } else {
            arguments.addAll(List.of("--key", options.key().toString()));
        }
        String main = isTrial ? "dev.turnstile.flink.trial.TrialJob" : "example.OrderJob";
        String job = rest.run(rest.upload(jar), main, TASK_MANAGERS * SLOTS, arguments);
        int killed = options.kill() ? killInMidRun(options, cluster, job) : 0;
        FlinkCluster.await("the end of the job", JOB_LIMIT, () -> requireGoesOn(rest, job));
        long ended = cluster.taskManagers().stream()
                .filter(process -> !process.isAlive())
                .count();
        long jobMs = rest.durationMs(job);
        int restored = rest.restored(job);
        options.say("counting");
        return new Outcome(Orders.count(out, options.records()), killed, restored, ended, jobMs);
    }

    /** As soon as there is a checkpoint to go back to; another one takes its place, as a supervisor would start it. */
    private static int killInMidRun(FlinkOptions options, FlinkCluster cluster, String job) throws Exception {
        FlinkRest rest = cluster.rest();
        FlinkCluster.await("a checkpoint", JOB_LIMIT, () -> {
            if (requireGoesOn(rest, job)) {
                throw new IllegalStateException(
                        "The job has ended before there was a checkpoint: give it more --records");
            }
            return rest.completedCheckpoints(job) >= 1;
        });
        long pid = cluster.killTaskManager(0);
        options.say("killed the TaskManager " + pid + " with SIGKILL");
        Process unused = cluster.startTaskManager();
        return 1;
    }

    /** Says whether the job has finished; throws if it has failed. */
    static boolean requireGoesOn(FlinkRest rest, String job) {
        String state = rest.state(job);
        if (state.equals("FAILED")) {
            throw new IllegalStateException("The job has failed: " + rest.rootException(job));
        }
        return state.equals("FINISHED");
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }
}
