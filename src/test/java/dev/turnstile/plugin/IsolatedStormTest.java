package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.Lane;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.ExtractionPlace;
import dev.turnstile.testing.Holdings;
import dev.turnstile.testing.ProcessesGone;
import dev.turnstile.testing.TestPlugins;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A thousand callers of a plugin whose process crashes again and again: as many calls fail as there are crashes, each of the others gets its own answer, in its turn, and
 * nothing is left. A JVM crashes less often, as its start takes long: {@code -Dturnstile.test.crashes=100} has it crash as often.
 */
@Tag("slow")
class IsolatedStormTest {
    private static final int CALLERS = 1000;
    private static final int CALLS = 10;
    private static final Lane[] LANES = Lane.values();

    @RegisterExtension
    @Order(1)
    final ExtractionPlace place = new ExtractionPlace();

    @RegisterExtension
    @Order(2)
    final ProcessesGone processes = new ProcessesGone();

    @RegisterExtension
    @Order(3)
    final Audit audit = new Audit();

    private final Moments moments = new Moments();

    private static int crashes(Host host) {
        return Integer.getInteger("turnstile.test.crashes", host.isNative() ? 100 : 2);
    }

    private static PluginOptions options(Host host) {
        return PluginOptions.defaults()
                .withIsolation(host.isolation())
                .withGate(TurnstileOptions.defaults().withRestarts(Restarts.AT_ONCE));
    }

    private PluginPool load(Host host, int instances) throws InterruptedException {
        return audit.watch(
                PluginPool.load(TestPlugins.library("crashes"), instances, PluginConfig.defaults(), options(host)));
    }

    /** Each caller makes its calls one behind the other; one of them crashes, if it is that caller's turn. */
    private interface Route {
        PluginRequest<String> of(PluginRequest<String> request, int caller);

        /** What it must not be overtaken in. */
        Object line(int caller);
    }

    private void storm(Host host, GuardedPlugin plugin, Route route) {
        int every = CALLERS / crashes(host);
        List<Caller<Integer>> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            int caller = i;
            callers.add(Caller.start(() -> {
                List<Moments.Submitted> submitted = new ArrayList<>();
                for (int call = 0; call < CALLS; call++) {
                    String tag = caller % every == 0 && call == CALLS / 2 ? "segv" : "moment";
                    Moments.Asked asked = new Moments.Asked(caller, call);
                    submitted.add(
                            moments.submit(route.of(plugin.request(tag, asked), caller), route.line(caller), asked));
                }
                for (Moments.Submitted one : submitted) {
                    moments.settle(one);
                }
                return caller;
            }));
        }
        Duration patience =
                Audit.PATIENCE.multipliedBy(1 + crashes(host) / 10); // each crash costs the start of a process
        callers.forEach(caller -> caller.result(patience));
    }

    private void assertLostAreTheCrashesAlone(int crashes, GuardedPlugin plugin) {
        assertEquals(
                crashes, moments.failures().size(), () -> moments.failures().toString());
        for (Throwable failure : moments.failures()) {
            PluginCrashedException crashed = assertInstanceOf(PluginCrashedException.class, failure);
            assertEquals("segv", crashed.target());
            assertTrue(crashed.started());
        }
        assertEquals(crashes, plugin.stats().failed());
        assertEquals(CALLERS * CALLS - crashes, plugin.stats().completed());
        moments.assertOrder();
    }

    private void assertNothingIsLeft(Holdings before, GuardedPlugin plugin) {
        assertTrue(plugin.close(Audit.PATIENCE).resourceClosed());
        Holdings.awaitNoMoreThan(before, place.path());
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void oneInstance_keepsTheOrderOfEachLane(Host host) throws Exception {
        load(host, 1).close();
        Holdings before = Holdings.of(place.path());
        PluginPool plugin = load(host, 1);
        storm(host, plugin, new Route() {
            @Override
            public PluginRequest<String> of(PluginRequest<String> request, int caller) {
                return request.inLane(line(caller));
            }

            @Override
            public Lane line(int caller) {
                return LANES[caller % LANES.length];
            }
        });
        assertLostAreTheCrashesAlone(crashes(host), plugin);
        assertNothingIsLeft(before, plugin);
    }

    @ParameterizedTest
    @MethodSource("dev.turnstile.plugin.Host#processes")
    void pool_keepsTheOrderOfEachKey(Host host) throws Exception {
        load(host, 1).close();
        Holdings before = Holdings.of(place.path());
        PluginPool pool = load(host, 3);
        storm(host, pool, new Route() {
            @Override
            public PluginRequest<String> of(PluginRequest<String> request, int caller) {
                return request.withKey(line(caller));
            }

            @Override
            public Integer line(int caller) {
                return caller % 50;
            }
        });
        assertLostAreTheCrashesAlone(crashes(host), pool);
        assertTrue(moments.pids().size() > 1, "several processes have answered");
        assertNothingIsLeft(before, pool);
    }
}
