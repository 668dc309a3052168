package dev.turnstile.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An application as users write it, {@code src/samples/spring-boot}, under load: no request is lost, whatever is done to it meanwhile. What the plugin has completed is
 * compared with what the clients got.
 */
@Tag("slow")
@Tag("any-java")
class SpringBootSampleTest {
    private static final int CLIENTS = 300;

    @TempDir
    static Path directory;

    private static SampleFiles files;

    @BeforeAll
    static void build() throws Exception {
        files = new SampleFiles(directory);
    }

    private final AtomicLong answered = new AtomicLong();

    /** Counts the calls that were answered. */
    private HttpResponse<String> call(SampleApplication application, String path)
            throws IOException, InterruptedException {
        HttpResponse<String> response = application.get(path);
        if (response.statusCode() == 200) {
            answered.incrementAndGet();
        }
        return response;
    }

    private void assertEchoes(SampleApplication application, String message) throws IOException, InterruptedException {
        HttpResponse<String> response = call(application, "/echo/" + message);
        assertEquals(
                "200 {\"message\":\"" + message + "\",\"length\":" + message.length() + "}",
                response.statusCode() + " " + response.body());
    }

    /** Starts as many clients at once. */
    private static List<Future<?>> clients(ExecutorService threads, int count, Callable<?> client) {
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(threads.submit(client));
        }
        return all;
    }

    private static void join(List<Future<?>> all) throws Exception {
        for (Future<?> each : all) {
            Object unused = each.get();
        }
    }

    private static boolean isFull(SampleApplication application) {
        try {
            return application.get("/actuator/turnstile").body().contains("\"pending\":2,\"waiting\":3");
        } catch (IOException | InterruptedException failed) {
            throw new UncheckedIOException(new IOException(failed));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"4", "3"})
    void requests_areAnswered_underLoad_duringASwap_andAtTheEnd(String version) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                SampleApplication application = SampleApplication.start(
                        files.run(version),
                        "--turnstile.plugins.demo.capacity=2",
                        "--management.endpoint.turnstile.access=unrestricted")) {
            application.awaitStart();
            manyAtOnce(application, threads);
            swapUnderLoad(application, threads);
            fullLine(application, threads);
            assertTrue(application.get("/actuator/health/readiness").body().contains("1 of 1 instances work"));
            assertTrue(
                    application.get("/actuator/metrics/turnstile.calls").body().contains("\"demo\""));
            stopUnderLoad(application, threads);
        }
    }

    private void manyAtOnce(SampleApplication application, ExecutorService threads) throws Exception {
        AtomicLong numbers = new AtomicLong();
        join(clients(threads, CLIENTS, () -> {
            assertEchoes(application, "hello-" + numbers.incrementAndGet());
            return null;
        }));
    }

    private void swapUnderLoad(SampleApplication application, ExecutorService threads) throws Exception {
        CountDownLatch begun = new CountDownLatch(50);
        CountDownLatch swapped = new CountDownLatch(1);
        List<Future<?>> all = clients(threads, 50, () -> {
            assertEchoes(application, "before");
            begun.countDown();
            for (long left = swapped.getCount(); left > 0; left = swapped.getCount()) {
                assertEchoes(application, "meanwhile");
            }
            assertEchoes(application, "after");
            return null;
        });
        begun.await();
        HttpResponse<String> swap = application.post("/actuator/turnstile/demo");
        swapped.countDown();
        assertEquals(200, swap.statusCode(), swap.body());
        assertTrue(swap.body().contains("\"switched\":1"), swap.body());
        join(all);
    }

    private void fullLine(SampleApplication application, ExecutorService threads) throws Exception {
        List<Future<?>> sleepers = clients(threads, 6, () -> {
            assertEquals(200, call(application, "/sleep/300").statusCode());
            return null;
        });
        Eventually.isTrue("one is asleep, two are in the line and three wait", () -> isFull(application));
        HttpResponse<String> refused = call(application, "/try/now");
        assertEquals(503, refused.statusCode(), refused.body());
        assertEquals("1", refused.headers().firstValue("Retry-After").orElse(""));
        assertFalse(refused.body().contains("turnstile"), refused.body());
        join(sleepers);
        assertEquals(200, call(application, "/try/now").statusCode());
    }

    private void stopUnderLoad(SampleApplication application, ExecutorService threads) throws Exception {
        CountDownLatch begun = new CountDownLatch(CLIENTS);
        List<Future<?>> all = clients(threads, CLIENTS, () -> {
            try {
                assertEchoes(application, "first");
                begun.countDown();
                HttpResponse<String> response = call(application, "/sleep/1");
                while (response.statusCode() == 200) {
                    response = call(application, "/sleep/1");
                }
                // Tomcat 10 may answer a connection that it is about to close with 400: that request has not come to
                // the application.
                assertTrue(
                        List.of(503, 400).contains(response.statusCode()),
                        response.statusCode() + " " + response.body());
            } catch (IOException nobodyThere) {
                // refused: the counts below tell if it was more than that
            }
            return null;
        });
        begun.await();
        application.terminate();
        join(all);
        assertEquals(143, application.awaitEnd(), application.output());
        Matcher report = Pattern.compile("The plugin demo is closed after \\d+ ms: (\\d+) calls completed in all, (.*)")
                .matcher(application.output());
        assertTrue(report.find(), application.output());
        assertEquals(
                "0 drained at last, 0 refused, 0 callers not admitted, 0 calls still running, plugin shut down: true",
                report.group(2));
        assertEquals(answered.get(), Long.parseLong(report.group(1)), "each completed call was answered");
    }

    @Test
    void fatJar_hasBundleLibraryAndIsolatedPluginInside_andLeavesNothing() throws Exception {
        Path extracted = Files.createDirectory(directory.resolve("extracted"));
        List<String> how = new ArrayList<>();
        if (Runtime.version().feature() >= 24) {
            how.add("--illegal-native-access=deny"); // the manifest grants it
        }
        how.addAll(List.of(
                "-Dturnstile.extraction.dir=" + extracted,
                "-jar",
                files.fatJar().toString()));
        try (SampleApplication application = SampleApplication.start(
                how,
                "--turnstile.plugins.isolated.bundle=classpath:turnstile-demo.rbp",
                "--turnstile.plugins.isolated.trust.keys=classpath:demo.pub",
                "--turnstile.plugins.isolated.isolation.process=true",
                "--turnstile.plugins.isolated.restarts.attempts=1",
                "--turnstile.plugins.bare.library=classpath:libturnstile_demo.so")) {
            application.awaitStart();
            assertEchoes(application, "hello");
            String health = application.get("/actuator/health").body();
            for (String name : List.of("demo", "isolated", "bare")) {
                assertTrue(health.contains("\"" + name + "\":{\"details\":{\"condition\":\"UP\""), health);
            }
            application.terminate();
            assertEquals(143, application.awaitEnd(), application.output());
        }
        try (Stream<Path> left = Files.list(extracted)) {
            assertEquals(List.of(), left.toList());
        }
    }

    /** As developers have it: the application's classes are loaded anew, the library stays. */
    @Test
    void restartByDeveloperTools_closesThePlugin_andOpensItAgain() throws Exception {
        Path extracted = Files.createDirectory(directory.resolve("restarted"));
        List<String> how = new ArrayList<>(List.of("-Dturnstile.extraction.dir=" + extracted));
        how.addAll(files.runWithDeveloperTools());
        try (SampleApplication application = SampleApplication.start(how)) {
            application.awaitStart();
            for (int restart = 1; restart <= 3; restart++) {
                assertEchoes(application, "hello");
                application.willRestart();
                files.touchClasses();
                application.awaitStart();
                long closed = application
                        .output()
                        .lines()
                        .filter(line -> line.contains("The plugin demo is closed after")
                                && line.contains("1 calls completed in all, ")
                                && line.endsWith("plugin shut down: true"))
                        .count();
                assertEquals(restart, closed, application.output());
            }
            assertEchoes(application, "hello");
            application.terminate();
            assertEquals(143, application.awaitEnd(), application.output());
        }
        try (Stream<Path> left = Files.list(extracted)) {
            assertEquals(List.of(), left.toList());
        }
    }

    /** As Spring Boot 3.5 manages them. */
    @Test
    void olderAnnotationsOfJackson_endTheStart_withTheWayOut() throws Exception {
        List<String> how = files.run("3").stream()
                .map(word -> word.replace("3/jackson-annotations-2.22.jar", "4/jackson-annotations-2.21.jar"))
                .toList();
        try (SampleApplication application = SampleApplication.start(how)) {
            assertEquals(1, application.awaitEnd(), application.output());
            for (String said : List.of(
                    "APPLICATION FAILED TO START", "do not fit together", "jackson-bom.version (Spring Boot 3)")) {
                assertTrue(application.output().contains(said), application.output());
            }
        }
    }

    @Test
    void refusedBundle_endsTheStart_withTheWayOut() throws Exception {
        try (SampleApplication application =
                SampleApplication.start(files.run("4"), "--turnstile.plugins.demo.trust.name=another")) {
            assertEquals(1, application.awaitEnd(), application.output());
            for (String said : List.of(
                    "APPLICATION FAILED TO START",
                    "\"another\" was expected",
                    "correct turnstile.plugins.NAME.trust")) {
                assertTrue(application.output().contains(said), application.output());
            }
        }
    }
}
