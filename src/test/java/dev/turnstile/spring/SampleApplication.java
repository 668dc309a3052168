package dev.turnstile.spring;

import dev.turnstile.testing.Audit;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The sample application in a JVM of its own, of the JDK that runs the tests; it answers on a port of its own choice. */
final class SampleApplication implements AutoCloseable {
    private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+)");

    private final Process process;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Queue<String> output = new ConcurrentLinkedQueue<>();
    private final AtomicReference<CompletableFuture<Integer>> port = new AtomicReference<>(new CompletableFuture<>());
    private final Thread reader;

    private SampleApplication(Process process) {
        this.process = process;
        this.reader = Thread.ofVirtual().start(this::readOutput);
    }

    static SampleApplication start(List<String> how, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"));
        command.addAll(how);
        command.addAll(List.of("--server.port=0", "--server.address=127.0.0.1", "--spring.main.banner-mode=off"));
        command.addAll(List.of(arguments));
        return new SampleApplication(
                new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    private void readOutput() {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.add(line);
                Matcher started = STARTED.matcher(line);
                if (started.find()) {
                    boolean unused = port.get().complete(Integer.valueOf(started.group(1)));
                }
            }
            port.get().completeExceptionally(new IllegalStateException("It ended: " + output()));
        } catch (IOException unreadable) {
            port.get().completeExceptionally(unreadable);
        }
    }

    String output() {
        return String.join("\n", output);
    }

    /** What makes it restart is about to be done: its port will be another. */
    void willRestart() {
        port.set(new CompletableFuture<>());
    }

    void awaitStart() throws Exception {
        Integer unused = port.get().get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)).GET().build());
    }

    HttpResponse<String> post(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build());
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create(address() + path);
    }

    String address() {
        return "http://127.0.0.1:" + port.get().join();
    }

    /** As an operating system or a cluster does it: SIGTERM. */
    void terminate() {
        if (!process.toHandle().destroy()) { // Process.destroy would stop listening to it, too
            throw new AssertionError("It cannot be terminated");
        }
    }

    /** Waits for its end, and for all its output. */
    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("Did not end: " + output());
        }
        reader.join();
        return process.exitValue();
    }

    @Override
    public void close() {
        client.shutdownNow();
        process.destroyForcibly();
        try {
            process.getInputStream().close();
        } catch (IOException unclosable) {
            throw new UncheckedIOException(unclosable);
        }
    }
}
