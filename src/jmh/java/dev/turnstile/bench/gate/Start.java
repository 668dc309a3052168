package dev.turnstile.bench.gate;

import dev.turnstile.testing.TestPlugins;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A program from its start to its end, in a JVM as users start it: nothing of it is warm. */
enum Start {
    EMPTY("an empty program") {
        @Override
        List<String> command() {
            return java(StartProgram.NOTHING);
        }
    },
    OPEN("opens a signed bundle, and verifies its library") {
        @Override
        List<String> command() {
            return java(StartProgram.OPEN, bundle(), key());
        }
    },
    OPEN_AND_CALL("the same, loads the plugin and makes a call") {
        @Override
        List<String> command() {
            return java(StartProgram.CALL, bundle(), key());
        }
    },
    INSPECT("`turnstile inspect` of a signed bundle") {
        @Override
        List<String> command() {
            return List.of(SCRIPT, "inspect", bundle());
        }
    },
    CALL("`turnstile call` of a signed bundle") {
        @Override
        List<String> command() {
            Question question = Question.ofCaller(0);
            return List.of(SCRIPT, "call", bundle(), "--key-file", key(), question.tag(), question.request());
        }
    };

    private static final String SCRIPT =
            Path.of("scripts", "turnstile").toAbsolutePath().toString();

    /** What POSIX shells say of their children: user and system time. */
    private static final Pattern TIMES = Pattern.compile("(\\d+)m([\\d.]+)s");

    /** What an application that uses the library has on its class path. */
    private static final Pattern NEEDED = Pattern.compile(".*/(jackson|slf4j)-[^/]*|(.*/)?(jmh-)?classes");

    private final String label;

    Start(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    abstract List<String> command();

    /** Starts all of them in turns. */
    static void measure(int round, int turns, Consumer<Sample> figures)
            throws IOException, InterruptedException, ChildFailedException {
        for (Start start : values()) {
            start.run(round, figure -> {}); // the command line makes an archive of its classes first
        }
        for (int turn = 0; turn < turns; turn++) {
            for (Start start : values()) {
                start.run(round, figures);
            }
        }
    }

    private void run(int round, Consumer<Sample> figures)
            throws IOException, InterruptedException, ChildFailedException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "\"$@\" >&2 || exit; times", "sh"));
        command.addAll(command());
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        long begun = System.nanoTime();
        Process process = builder.start();
        process.getOutputStream().close();
        String times = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        long nanos = System.nanoTime() - begun;
        if (code != 0) {
            throw new ChildFailedException(String.join(" ", command()) + " ended with exit code " + code);
        }
        figures.accept(new Sample(name(), round, Measure.START_NANOS, 0, nanos));
        figures.accept(new Sample(name(), round, Measure.START_CPU_NANOS, 0, cpuNanos(times)));
    }

    /** Of the children: the second of two lines, {@code 0m0.123s 0m0.045s}. */
    static double cpuNanos(String times) {
        return TIMES.matcher(times).results().skip(2).mapToDouble(Start::nanos).sum();
    }

    private static double nanos(MatchResult time) {
        return (Integer.parseInt(time.group(1)) * 60 + Double.parseDouble(time.group(2))) * 1e9;
    }

    private static List<String> java(String... arguments) {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> NEEDED.matcher(entry).matches())
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                classPath,
                StartProgram.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    private static String bundle() {
        return beside("turnstile-demo.rbp");
    }

    private static String key() {
        return beside("demo.pub");
    }

    private static String beside(String name) {
        return TestPlugins.demo().resolveSibling(name).toAbsolutePath().toString();
    }
}
