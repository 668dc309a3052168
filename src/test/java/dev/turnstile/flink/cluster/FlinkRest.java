package dev.turnstile.flink.cluster;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The REST interface of a JobManager. */
final class FlinkRest implements AutoCloseable {
    private static final String BOUNDARY = "----the-end-of-a-part";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final JsonMapper mapper = new JsonMapper();
    private final int port;

    FlinkRest(int port) {
        this.port = port;
    }

    private JsonNode send(HttpRequest request) {
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() >= 300) {
                throw new IllegalStateException(
                        request.method() + " " + request.uri() + ": " + response.statusCode() + " " + response.body());
            }
            return mapper.readTree(response.body());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    JsonNode get(String path) {
        return send(HttpRequest.newBuilder(uri(path)).GET().build());
    }

    JsonNode post(String path, Map<String, ?> body) {
        return send(HttpRequest.newBuilder(uri(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(mapper.writeValueAsString(body)))
                .build());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    int taskManagers() {
        try {
            return get("/overview").get("taskmanagers").asInt();
        } catch (UncheckedIOException | IllegalStateException notYet) {
            return 0;
        }
    }

    /** Uploads a jar; returns its name there. */
    String upload(Path jar) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"jarfile\"; filename=\""
                        + jar.getFileName() + "\"\r\nContent-Type: application/x-java-archive\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        body.write(Files.readAllBytes(jar));
        body.write(("\r\n--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
        String file = send(HttpRequest.newBuilder(uri("/jars/upload"))
                        .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
                        .build())
                .get("filename")
                .asString();
        return file.substring(file.lastIndexOf('/') + 1);
    }

    /** Runs a job of a jar; returns its number. */
    String run(String jar, String main, int parallelism, List<String> arguments) {
        return post(
                        "/jars/" + jar + "/run",
                        Map.of("entryClass", main, "parallelism", parallelism, "programArgsList", arguments))
                .get("jobid")
                .asString();
    }

    /** Runs a job of a jar from a savepoint; returns its number. */
    String run(String jar, String main, int parallelism, List<String> arguments, String savepoint) {
        return post(
                        "/jars/" + jar + "/run",
                        Map.of(
                                "entryClass", main,
                                "parallelism", parallelism,
                                "programArgsList", arguments,
                                "savepointPath", savepoint))
                .get("jobid")
                .asString();
    }

    /** Stops a job with a savepoint; returns where that is. */
    String stop(String job, boolean drain, Path savepoints) throws InterruptedException {
        String trigger = post(
                        "/jobs/" + job + "/stop",
                        Map.of(
                                "drain",
                                drain,
                                "targetDirectory",
                                savepoints.toUri().toString()))
                .get("request-id")
                .asString();
        JsonNode[] done = new JsonNode[1];
        FlinkCluster.await("the savepoint", Duration.ofMinutes(5), () -> {
            done[0] = get("/jobs/" + job + "/savepoints/" + trigger);
            return done[0].get("status").get("id").asString().equals("COMPLETED");
        });
        JsonNode location = done[0].get("operation").get("location");
        if (location == null) {
            throw new IllegalStateException("No savepoint: " + done[0]);
        }
        return location.asString();
    }

    String state(String job) {
        return get("/jobs/" + job).get("state").asString();
    }

    long durationMs(String job) {
        return get("/jobs/" + job).get("duration").asLong();
    }

    JsonNode checkpoints(String job) {
        return get("/jobs/" + job + "/checkpoints");
    }

    int completedCheckpoints(String job) {
        return checkpoints(job).get("counts").get("completed").asInt();
    }

    /** How often the job was restored from a checkpoint. */
    int restored(String job) {
        return checkpoints(job).get("counts").get("restored").asInt();
    }

    void cancel(String job) {
        send(HttpRequest.newBuilder(uri("/jobs/" + job + "?mode=cancel"))
                .method("PATCH", HttpRequest.BodyPublishers.noBody())
                .build());
    }

    String rootException(String job) {
        JsonNode history =
                get("/jobs/" + job + "/exceptions").get("exceptionHistory").get("entries");
        return history.isEmpty() ? "" : history.get(0).get("stacktrace").asString();
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
