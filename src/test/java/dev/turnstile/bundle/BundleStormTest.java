package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.plugin.SynchronizedPlugin;
import dev.turnstile.testing.ExtractionPlace;
import dev.turnstile.testing.TestPlugins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Many threads open one signed bundle at once: each gets a file of its own, and nothing is left in the end. */
@Tag("slow")
class BundleStormTest {
    private static final int THREADS = 64;
    /** By each; all together make a little more than 1,000. */
    private static final int OPENS_EACH = Integer.getInteger("turnstile.test.opens", 16);

    @TempDir
    private Path directory;

    @RegisterExtension
    final ExtractionPlace place = new ExtractionPlace();

    private Path file;
    private BundleTrust trust;

    @BeforeEach
    void writeBundle() {
        MinisignKey key = MinisignKey.generate();
        file = directory.resolve("demo.rbp");
        new BundleWriter("turnstile-demo", "1.0.0")
                .library(Platform.host(), BundleManifest.RELEASE, TestPlugins.demo())
                .signWith(key, "timestamp:1700000000")
                .write(file);
        trust = BundleTrust.signedBy(key.publicKey());
    }

    @Test
    void virtualThreads_openAndExtractAtOnce_andLeaveNothing() throws Exception {
        assertEachHasItsOwn(Thread.ofVirtual().factory());
    }

    @Test
    void platformThreads_openAndExtractAtOnce_andLeaveNothing() throws Exception {
        assertEachHasItsOwn(Thread.ofPlatform().factory());
    }

    private void assertEachHasItsOwn(ThreadFactory factory) throws Exception {
        byte[] library = Files.readAllBytes(TestPlugins.demo());
        Set<Path> extracted = ConcurrentHashMap.newKeySet();

        storm(factory, OPENS_EACH, () -> {
            BundledLibrary bundled = Bundle.open(file, trust).library();
            try (ExtractedLibrary own = bundled.extract()) {
                assertTrue(extracted.add(own.file()), () -> "extracted twice: " + own.file());
                assertTrue(own.file().startsWith(place.path()), () -> own.file().toString());
                assertArrayEquals(library, Files.readAllBytes(own.file()));
            }
            return null;
        });

        assertEquals(OPENS_EACH * THREADS, extracted.size());
        assertEquals(List.of(), place.extracted());
    }

    @Test
    void threads_loadAndCallAtOnce_andLeaveNothing() throws Exception {
        storm(Thread.ofVirtual().factory(), 1, () -> {
            try (SynchronizedPlugin plugin = SynchronizedPlugin.load(file, trust)) {
                assertEquals("{\"message\":\"hi\",\"length\":2}", plugin.call("echo", "{\"message\":\"hi\"}"));
            }
            return null;
        });

        assertEquals(List.of(), place.extracted());
    }

    /** Nobody begins before all are there. */
    private static void storm(ThreadFactory factory, int times, Callable<?> action) throws Exception {
        CountDownLatch ready = new CountDownLatch(THREADS);
        List<Future<?>> done = new ArrayList<>();
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(factory)) {
            for (int i = 0; i < THREADS; i++) {
                done.add(threads.submit(() -> {
                    ready.countDown();
                    ready.await();
                    for (int time = 0; time < times; time++) {
                        action.call();
                    }
                    return null;
                }));
            }
        }
        for (Future<?> each : done) {
            each.get();
        }
    }
}
