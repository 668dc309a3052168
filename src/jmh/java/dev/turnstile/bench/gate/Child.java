package dev.turnstile.bench.gate;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Runs one of the programs that measure in a JVM of its own, of the JDK that runs this one. */
final class Child {
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private final String heap;
    private final Consumer<Sample> figures;

    /**
     * Prepares a JVM.
     *
     * @param heap the most memory it gets, as {@code -Xmx} wants it
     * @param figures gets each figure as it comes
     */
    Child(String heap, Consumer<Sample> figures) {
        this.heap = heap;
        this.figures = figures;
    }

    /**
     * Runs a program to its end. What it writes beside figures goes to the standard error stream.
     *
     * @throws ChildFailedException if it did not end well
     */
    void run(Class<?> program, String... arguments) throws IOException, InterruptedException, ChildFailedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx" + heap,
                // Who wants a method compiled waits for it. Beside callers that take every processor the compiler
                // starves, and
                // what is measured is the interpreter.
                "-Xbatch",
                "-XX:+ExitOnOutOfMemoryError",
                "-Dturnstile.native.dir=" + System.getProperty("turnstile.native.dir", "target/native"),
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        CompletableFuture<Process> tooLong =
                new CompletableFuture<Process>().completeOnTimeout(process, LONGEST.toSeconds(), TimeUnit.SECONDS);
        tooLong.thenAccept(Process::destroyForcibly);
        try {
            read(process);
            int code = process.waitFor();
            if (code != 0) {
                throw new ChildFailedException(program.getSimpleName() + " " + String.join(" ", arguments)
                        + (tooLong.isDone() ? " took more than " + LONGEST : " ended with exit code " + code));
            }
        } finally {
            tooLong.cancel(false);
            process.destroyForcibly();
        }
    }

    private void read(Process process) throws IOException {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            lines.lines().forEach(line -> {
                if (line.startsWith(Output.MARK)) {
                    figures.accept(Sample.parse(line.substring(Output.MARK.length())));
                } else {
                    System.err.println(line);
                }
            });
        } catch (UncheckedIOException unreadable) {
            throw unreadable.getCause();
        }
    }
}
