package dev.turnstile.flink.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The arguments of {@code scripts/flink}.
 *
 * @param kill whether a TaskManager is killed in mid-run
 * @param crashEvery each so many records the plugin, isolated, crashes; 0 for never
 * @param measure what to measure instead of a run; empty for a run
 * @param keep whether the files of the run stay
 */
record FlinkOptions(long records, boolean kill, long crashEvery, String measure, boolean keep, boolean quiet) {
    private static final Path NATIVE =
            Path.of(System.getProperty("turnstile.native.dir", "target/native")).toAbsolutePath();

    static FlinkOptions of(String... arguments) {
        long records = 300_000;
        long crashEvery = 0;
        boolean kill = true;
        boolean keep = false;
        String measure = "";
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--records" -> records = number(arguments, ++i);
                case "--crash-every" -> {
                    crashEvery = number(arguments, ++i);
                    kill = false;
                }
                case "--no-kill" -> kill = false;
                case "--keep" -> keep = true;
                case "--measure" -> measure = value(arguments, ++i);
                default -> throw refused("does not know " + arguments[i] + "; --help lists what it knows");
            }
        }
        if (!measure.isEmpty() && !FlinkMeasures.NAMES.contains(measure)) {
            throw refused("--measure knows " + String.join(", ", FlinkMeasures.NAMES) + ", and got " + measure);
        }
        return new FlinkOptions(records, kill, crashEvery, measure, keep, false);
    }

    private static String value(String[] arguments, int index) {
        if (index == arguments.length) {
            throw refused(arguments[index - 1] + " needs a value");
        }
        return arguments[index];
    }

    private static long number(String[] arguments, int index) {
        String value = value(arguments, index);
        if (!value.matches("[1-9][0-9]{0,8}")) {
            throw refused(arguments[index - 1] + " needs a number from 1 to 999999999, and got " + value);
        }
        return Long.parseLong(value);
    }

    private static RuntimeException refused(String why) {
        System.err.println("scripts/flink " + why);
        System.exit(2);
        return new IllegalStateException(why);
    }

    /** The JDK of the cluster, which is the one that this runs on. */
    Path home() {
        return Path.of(System.getProperty("java.home"));
    }

    Path bundle() {
        return NATIVE.resolve("turnstile-demo.rbp");
    }

    Path key() {
        return NATIVE.resolve("demo.pub");
    }

    /** The native host of isolated plugins; a JVM stands in where there is none. */
    Optional<Path> host() {
        return Optional.of(NATIVE.resolve("turnstile-host")).filter(Files::isExecutable);
    }

    void say(String what) {
        if (!quiet) {
            System.err.println("scripts/flink: " + what);
        }
    }
}
