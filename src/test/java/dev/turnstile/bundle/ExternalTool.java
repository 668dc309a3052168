package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnstile.testing.Audit;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A program of somebody else's that reads or writes what we do. It is the one that an environment variable names ({@code
 * .ci/tools} prints them), else the one on PATH; where there is none, the test that asks for it is skipped.
 */
record ExternalTool(Path file) {
    /** How it ended and what it wrote, both streams together. */
    record Result(int exitCode, String output) {
        String succeeded() {
            assertEquals(0, exitCode, output);
            return output;
        }

        String failed() {
            assertTrue(exitCode != 0, output);
            return output;
        }
    }

    static ExternalTool rustbridge() {
        return named("TURNSTILE_RUSTBRIDGE_CLI", "rustbridge", "rustbridge's command line");
    }

    static ExternalTool minisign() {
        return named("TURNSTILE_MINISIGN", "minisign", "minisign");
    }

    /** A Python that has rustbridge's package. */
    static ExternalTool python() throws IOException, InterruptedException {
        ExternalTool python = named("TURNSTILE_RUSTBRIDGE_PYTHON", "python3", "Python");
        Result result = python.run(Path.of("."), "-c", "import rustbridge");
        if (System.getenv("TURNSTILE_RUSTBRIDGE_PYTHON") != null) {
            String unused = result.succeeded();
        }
        assumeTrue(result.exitCode == 0, "rustbridge's Python package is not installed (TURNSTILE_RUSTBRIDGE_PYTHON)");
        return python;
    }

    private static ExternalTool named(String variable, String name, String description) {
        String named = System.getenv(variable);
        if (named != null) {
            assertTrue(Files.isExecutable(Path.of(named)), () -> variable + " names no program: " + named);
            return new ExternalTool(Path.of(named));
        }
        return onPath(name)
                .map(ExternalTool::new)
                .orElseGet(
                        () -> abort(description + " is not here: neither " + variable + " nor " + name + " on PATH"));
    }

    private static Optional<Path> onPath(String name) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    Result run(Path directory, Object... arguments) throws IOException, InterruptedException {
        return runWithInput(directory, "", arguments);
    }

    Result runWithInput(Path directory, String input, Object... arguments) throws IOException, InterruptedException {
        return start(directory, input, command(arguments));
    }

    /** Runs it on a pseudo-terminal of its own, at which the lines are typed: passwords are asked for there. */
    Result runOnTerminal(Path directory, String typed, Object... arguments) throws IOException, InterruptedException {
        assumeTrue(
                Platform.host().system().equals("linux") && onPath("script").isPresent(),
                "there is no script of util-linux to give a terminal with");
        String command = command(arguments).stream()
                .map(word -> "'" + word.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" "));
        return end(directory, List.of("script", "-qec", command, "/dev/null"), UnaryOperator.identity(), typed);
    }

    private List<String> command(Object... arguments) {
        return Stream.concat(Stream.of(file), Arrays.stream(arguments))
                .map(Object::toString)
                .toList();
    }

    private static Result start(Path directory, String input, List<String> command)
            throws IOException, InterruptedException {
        Path typed = Files.writeString(Files.createTempFile("turnstile-tool", ".in"), input);
        try {
            return end(directory, command, builder -> builder.redirectInput(typed.toFile()), "");
        } finally {
            Files.delete(typed);
        }
    }

    private static Result end(Path directory, List<String> command, UnaryOperator<ProcessBuilder> input, String typed)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile("turnstile-tool", ".out");
        ProcessBuilder builder = input.apply(new ProcessBuilder(command))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        String here = directory.toAbsolutePath().toString();
        builder.environment().put("HOME", here); // without the keys of whoever runs the tests
        builder.environment().put("TMPDIR", here);
        builder.environment().put("SHELL", "/bin/sh");
        Process process = builder.start();
        try (OutputStream typing = process.getOutputStream()) {
            typing.write(typed.getBytes(StandardCharsets.UTF_8));
            typing.flush(); // and not closed until it ended: a terminal would type the end, too
            boolean ended = process.waitFor(2 * Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            String written = Files.readString(output);
            assertTrue(ended, () -> "never ended: " + command + "\n" + written);
            return new Result(process.exitValue(), written);
        } finally {
            process.destroyForcibly();
            Files.delete(output);
        }
    }
}
