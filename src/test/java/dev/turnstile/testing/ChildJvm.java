package dev.turnstile.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of the tests in a JVM of its own, of the JDK that runs the tests. */
public final class ChildJvm {
    private ChildJvm() {}

    /** How it ended and what it wrote, both streams together. */
    public record Result(int exitCode, String output) {}

    public static Result run(List<String> options, Class<?> program, String... arguments)
            throws IOException, InterruptedException {
        return run(options, System.getProperty("java.class.path"), program.getName(), arguments);
    }

    /** In the C locale, in which Java knows ASCII only. */
    public static Result runInTheCLocale(List<String> options, Class<?> program, String... arguments)
            throws IOException, InterruptedException {
        ProcessBuilder builder = builder(options, System.getProperty("java.class.path"), program.getName(), arguments);
        builder.environment().put("LC_ALL", "C");
        return run(builder);
    }

    /** With a class path of its own. */
    public static Result run(List<String> options, String classPath, String program, String... arguments)
            throws IOException, InterruptedException {
        return run(builder(options, classPath, program, arguments));
    }

    /** Behind another command, which runs the rest of its arguments. */
    public static Result runBehind(List<String> prefix, List<String> options, Class<?> program, String... arguments)
            throws IOException, InterruptedException {
        ProcessBuilder builder = builder(options, System.getProperty("java.class.path"), program.getName(), arguments);
        builder.command().addAll(0, prefix);
        return run(builder);
    }

    private static Result run(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.redirectErrorStream(true).start();
        try {
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("Did not end: " + builder.command() + "\n" + output);
            }
            return new Result(process.exitValue(), output);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Starts a program and does not wait for it; its standard error is that of the tests. */
    public static Process start(Class<?> program, String... arguments) throws IOException {
        return start(List.of(), program, arguments);
    }

    public static Process start(List<String> options, Class<?> program, String... arguments) throws IOException {
        return builder(options, System.getProperty("java.class.path"), program.getName(), arguments)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static ProcessBuilder builder(List<String> options, String classPath, String program, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (options.stream().noneMatch(option -> option.contains("native-access"))) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(options);
        command.add("-Dturnstile.native.dir=" + System.getProperty("turnstile.native.dir", "target/native"));
        command.addAll(List.of("-cp", classPath, program));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }
}
