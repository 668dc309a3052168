package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.turnstile.RestartPolicy;
import dev.turnstile.SwapException;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.ExtractionPlace;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An instance that several workers share stays one: swapped, asked, warmed up and replaced once for all of them. */
class SharedInstanceTest {
    private static final String ECHO = "{\"message\":\"m\"}";
    private static final String BLOCK = "{\"gate\":0}";
    private static final int WORKERS = 3;
    private static final Duration LIMIT = Audit.PATIENCE;

    @RegisterExtension
    @Order(1)
    final ExtractionPlace place = new ExtractionPlace();

    @RegisterExtension
    @Order(2)
    final Audit audit = new Audit();

    private final Bundle bundle = Bundle.open(TestPlugins.bundle(), BundleTrust.signedBy(TestPlugins.key()));

    private static PluginOptions options() {
        return PluginOptions.defaults().withLogListener(line -> {});
    }

    private PluginPool load(PluginConfig config, PluginOptions options) throws InterruptedException {
        return audit.watch(PluginPool.loadShared(TestPlugins.demo(), WORKERS, config, options));
    }

    private NativeProbe probe() {
        Eventually.isTrue("there is one instance", () -> place.extracted().size() == 1);
        return new NativeProbe(
                place.extracted().getFirst().resolve(TestPlugins.demo().getFileName()));
    }

    private void swap(PluginPool pool, boolean bundled, PluginWarmUp warmUp)
            throws InterruptedException, SwapException {
        assertEquals(
                WORKERS,
                (bundled
                                ? pool.swap(bundle, PluginConfig.defaults(), warmUp, LIMIT)
                                : pool.swap(TestPlugins.demo(), PluginConfig.defaults(), warmUp, LIMIT))
                        .switched());
    }

    private void assertCalledAtOnceByAll(PluginPool pool) throws InterruptedException {
        assertCalledAtOnceByAll(pool, probe());
    }

    private void assertCalledAtOnceByAll(PluginPool pool, NativeProbe probe) throws InterruptedException {
        List<CompletableFuture<String>> blocked = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            blocked.add(audit.watch(pool.submit("block", BLOCK)));
        }
        probe.awaitEntered(0, WORKERS);
        probe.openGate(0);
        blocked.forEach(CompletableFuture::join);
        assertEquals(1, probe.count("live_instances"));
    }

    // ---- swaps ----

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void swap_ofASharedInstance_isToASharedOne(boolean bundled) throws Exception {
        PluginPool pool = load(PluginConfig.defaults(), options());
        NativeProbe old = probe();
        swap(pool, bundled, PluginWarmUp.none());
        assertCalledAtOnceByAll(pool);
        assertEquals(1, old.count("shutdowns"));
        swap(pool, !bundled, PluginWarmUp.none());
        assertCalledAtOnceByAll(pool);
    }

    /** A panic is of all: each worker that has a call then is bound to the same fresh one. */
    @Test
    void restart_afterASwap_isOfOneSharedInstance() throws Exception {
        RestartPolicy atOnce =
                RestartPolicy.limited(1000, Duration.ofMinutes(1)).withDelays(Duration.ZERO, Duration.ZERO);
        PluginPool pool = load(
                PluginConfig.defaults(),
                options().withGate(TurnstileOptions.defaults().withRestarts(atOnce)));
        swap(pool, false, PluginWarmUp.none());
        assertThrows(PluginException.class, () -> pool.call("panic", "{}"));
        Eventually.isTrue("works again", () -> works(pool));
        assertCalledAtOnceByAll(pool);
    }

    private static boolean works(PluginPool pool) {
        try {
            for (int key = 0; key < 60; key++) {
                pool.withKey(key).call("echo", ECHO);
            }
            return true;
        } catch (PluginException anotherWorkerStillHasTheDeadOne) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void resize_afterASwap_bindsToTheSameInstance() throws Exception {
        PluginPool pool = load(PluginConfig.defaults(), options());
        swap(pool, true, PluginWarmUp.none());
        pool.resize(WORKERS + 2);
        pool.resize(WORKERS);
        assertCalledAtOnceByAll(pool);
    }

    @Test
    void warmUp_ofASharedInstance_isMadeOnce() throws Exception {
        PluginPool pool = load(PluginConfig.defaults(), options());
        AtomicInteger warmUps = new AtomicInteger();
        swap(pool, false, plugin -> {
            assertInstanceOf(NativePlugin.class, plugin);
            warmUps.incrementAndGet();
        });
        pool.resize(WORKERS + 1);
        assertEquals(1, warmUps.get());
    }

    @Test
    void warmUp_ofASharedInstanceThatFails_isThatOfAll_andTheOldOneGoesOn() throws Exception {
        PluginPool pool = load(PluginConfig.defaults(), options());
        NativeProbe old =
                probe(); // later there may be one more: of a worker that came while the first one failed, and goes
        SwapException failure = assertThrows(
                SwapException.class,
                () -> swap(pool, false, plugin -> {
                    throw new IllegalArgumentException("not yet");
                }));
        assertEquals("Nothing was swapped: not yet", failure.getMessage());
        assertCalledAtOnceByAll(pool, old);
    }

    // ---- what is asked of it ----

    @Test
    void rejectedCount_ofASharedInstance_isItsOwn() throws Exception {
        PluginPool pool = load(PluginConfig.defaults().withMaxConcurrentOps(1), options());
        NativeProbe probe = probe();
        CompletableFuture<String> blocked = audit.watch(pool.submit("block", BLOCK));
        probe.awaitEntered(0, 1);
        assertEquals(
                ErrorCode.TOO_MANY_REQUESTS,
                assertThrows(PluginException.class, () -> pool.call("echo", ECHO))
                        .errorCode());
        probe.openGate(0);
        blocked.join();

        assertEquals(1, pool.rejectedCount());
    }
}
