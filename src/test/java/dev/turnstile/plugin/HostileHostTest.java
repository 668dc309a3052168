package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.TurnstileOptions;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.ExtractionPlace;
import dev.turnstile.testing.ProcessesGone;
import dev.turnstile.testing.TestPlugins;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that writes anything at all into the shared memory, and ends when it likes: callers get exceptions, and the gate goes on. */
@Tag("slow")
@Tag("any-java")
@EnabledOnOs(OS.LINUX)
class HostileHostTest {
    private static final int ROUNDS = 20;
    private static final int CALLS = 12;

    @RegisterExtension
    @Order(1)
    final ExtractionPlace place = new ExtractionPlace();

    @RegisterExtension
    @Order(2)
    final ProcessesGone processes = new ProcessesGone();

    @RegisterExtension
    @Order(3)
    final Audit audit = new Audit();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Timeout(300) // a hang is what it is about
    void hostileHost_makesCallsFail_andNothingElse(boolean byFutex) throws Exception {
        Isolation isolation = Isolation.process()
                .withNativeHost(TestPlugins.library("x").resolveSibling("turnstile-hostile-host"))
                .withFutexesAllowed(byFutex)
                .withKillAfter(Duration.ofMillis(50));
        Map<String, Integer> ends = new TreeMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            PluginOptions options = PluginOptions.defaults()
                    .withLibraryInPlace(true)
                    .withLogListener(line -> {})
                    .withIsolation(isolation.withEnvironment("SEED", Integer.toString(round)))
                    .withGate(TurnstileOptions.defaults().withRestarts(Restarts.AT_ONCE));
            try {
                callAll(
                        SynchronizedPlugin.load(TestPlugins.library("minimal"), PluginConfig.defaults(), options),
                        ends);
            } catch (PluginLoadException notStarted) {
                ends.merge("not started", 1, Integer::sum);
            }
        }
        assertTrue(ends.containsKey("answered"), ends::toString);
        assertTrue(ends.containsKey("PluginCrashedException"), ends::toString);
        assertTrue(ends.containsKey("PluginKilledException"), ends::toString);
    }

    private void callAll(SynchronizedPlugin plugin, Map<String, Integer> ends) throws InterruptedException {
        try (plugin) {
            for (int call = 0; call < CALLS; call++) {
                note(() -> plugin.call("any", "{}"), ends);
            }
            List<CompletableFuture<String>> several = new ArrayList<>(); // which are handed over before their turn
            for (int call = 0; call < CALLS; call++) {
                several.add(plugin.submit("any", "{}"));
            }
            for (CompletableFuture<String> call : several) {
                note(call::get, ends);
            }
        }
    }

    private static void note(Callable<?> call, Map<String, Integer> ends) throws InterruptedException {
        String end = "answered";
        try {
            var unused = call.call();
        } catch (InterruptedException unexpected) {
            throw unexpected;
        } catch (ExecutionException failed) {
            end = failed.getCause().getClass().getSimpleName();
        } catch (Exception | OutOfMemoryError failure) {
            end = failure.getClass().getSimpleName();
        }
        ends.merge(end, 1, Integer::sum);
    }
}
