package dev.turnstile.bench.gate;

import dev.turnstile.CallListener;
import dev.turnstile.CallReport;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.bench.binding.RustbridgeBinding;
import dev.turnstile.comparison.Contender;
import dev.turnstile.comparison.Gate;
import dev.turnstile.comparison.TutorialWrapper;
import dev.turnstile.micrometer.TurnstileMetrics;
import dev.turnstile.plugin.NativePlugin;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.PluginPool;
import dev.turnstile.plugin.SynchronizedPlugin;
import dev.turnstile.plugin.UnconfinedPlugin;
import dev.turnstile.testing.TestPlugins;
import dev.turnstile.testing.Witness;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;

/** Who is measured. Each has JVMs of its own, and opens its plugin there. */
enum Contestant {
    /** The ceiling: one thread that loads the plugin and calls it in a loop. No entrance, since others may not call it. */
    DIRECT("one thread calling `NativePlugin` in a loop") {
        @Override
        Entrance open() {
            throw new UnsupportedOperationException("only its own thread may call it");
        }
    },
    /** The limit of what the JDK's threads allow. */
    BARE("a queue and a waker, and nothing that a gate promises") {
        @Override
        Entrance open() {
            return new BareHandOver();
        }
    },
    TURNSTILE("Turnstile") {
        @Override
        Entrance open() throws Exception {
            return turnstile(TurnstileOptions.defaults());
        }
    },
    TURNSTILE_NO_SPIN("Turnstile, `idleSpin` 0") {
        @Override
        Entrance open() throws Exception {
            return turnstile(TurnstileOptions.defaults().withIdleSpin(Duration.ZERO));
        }
    },
    TURNSTILE_LISTENED("Turnstile, with a listener that counts") {
        @Override
        Entrance open() throws Exception {
            LongAdder calls = new LongAdder();
            return turnstile(TurnstileOptions.defaults().withListeners(new CallListener() {
                @Override
                public void onEnd(CallReport report) {
                    calls.increment();
                }
            }));
        }
    },
    TURNSTILE_RECORDED("Turnstile, every call recorded") {
        @Override
        Entrance open() throws Exception {
            Recording recording = new Recording();
            recording.enable(CALL_EVENT).withThreshold(Duration.ZERO);
            start(recording);
            return turnstile(TurnstileOptions.defaults());
        }
    },
    /** What an operator has who starts a recording with the settings that the JDK brings. */
    TURNSTILE_JFR("Turnstile, recorded with JFR's default settings") {
        @Override
        Entrance open() throws Exception {
            start(new Recording(Configuration.getConfiguration("default")));
            return turnstile(TurnstileOptions.defaults());
        }
    },
    TURNSTILE_JFR_WITHOUT("the same, with `dev.turnstile.Call#enabled=false`") {
        @Override
        Entrance open() throws Exception {
            Recording recording = new Recording(Configuration.getConfiguration("default"));
            recording.disable(CALL_EVENT);
            start(recording);
            return turnstile(TurnstileOptions.defaults());
        }
    },
    TURNSTILE_MICROMETER("Turnstile, with Micrometer's timers") {
        @Override
        Entrance open() throws Exception {
            return turnstile(TurnstileOptions.defaults()
                    .withListeners(TurnstileMetrics.timers(new SimpleMeterRegistry(), "bench")));
        }
    },
    TURNSTILE_POOL_OF_2("Turnstile, a pool of 2") {
        @Override
        Entrance open() throws Exception {
            PluginPool pool = PluginPool.load(TestPlugins.demo(), 2, PluginConfig.defaults(), PluginOptions.defaults());
            return pool::call;
        }
    },
    TUTORIAL("the tutorial's wrapper, over `NativePlugin`") {
        @Override
        Entrance open() throws Exception {
            TutorialWrapper wrapper = new TutorialWrapper(CAPACITY, () -> {});
            NativePlugin plugin = wrapper.submit(() -> NativePlugin.loadInPlace(TestPlugins.demo()))
                    .get();
            return (tag, json) -> wrapper.submit(() -> plugin.call(tag, json)).get();
        }
    },
    TUTORIAL_RUSTBRIDGE("the tutorial's wrapper, over a binding like rustbridge's") {
        @Override
        Entrance open() throws Exception {
            TutorialWrapper wrapper = new TutorialWrapper(CAPACITY, () -> {});
            RustbridgeBinding plugin = wrapper.submit(() -> new RustbridgeBinding(TestPlugins.demo()))
                    .get();
            return (tag, json) -> wrapper.submit(() -> plugin.call(tag, json)).get();
        }
    },
    EXECUTOR("single-thread executor") {
        @Override
        Entrance open() throws Exception {
            return onItsWorker(Contender.EXECUTOR, CAPACITY);
        }
    },
    SEMAPHORE("fair `Semaphore` and executor, by hand") {
        @Override
        Entrance open() throws Exception {
            return onItsWorker(Contender.SEMAPHORE, CAPACITY);
        }
    },
    FAIR_LOCK("fair lock round a direct call") {
        @Override
        Entrance open() {
            return locked(new ReentrantLock(true));
        }
    },
    UNFAIR_LOCK("unfair lock round a direct call") {
        @Override
        Entrance open() {
            return locked(new ReentrantLock());
        }
    },
    RESILIENCE4J("Resilience4j `Bulkhead` round a direct call") {
        @Override
        Entrance open() throws Exception {
            Gate gate = Contender.RESILIENCE4J_SEMAPHORE.open(Witness::new, CAPACITY, LONG);
            UnconfinedPlugin plugin = UnconfinedPlugin.load(TestPlugins.demo());
            return (tag, json) -> gate.call(witness -> plugin.call(tag, json));
        }
    },
    /** It refuses whom it has no place for, so it gets a place for everybody. */
    RESILIENCE4J_POOL("Resilience4j `ThreadPoolBulkhead` with 200,000 places") {
        @Override
        Entrance open() throws Exception {
            return onItsWorker(Contender.RESILIENCE4J_THREAD_POOL, 200_000);
        }
    };

    /** Those whom Turnstile is to equal at each number of callers, all with one thread that calls the plugin. */
    static final List<Contestant> PEERS = List.of(BARE, TUTORIAL, EXECUTOR, SEMAPHORE);

    /** Turnstile under each observer. */
    static final List<Contestant> OBSERVED =
            List.of(TURNSTILE_JFR_WITHOUT, TURNSTILE_JFR, TURNSTILE_RECORDED, TURNSTILE_LISTENED, TURNSTILE_MICROMETER);

    private static final String CALL_EVENT = "dev.turnstile.Call";

    /** Turnstile's default, for all who have such a bound. */
    private static final int CAPACITY = TurnstileOptions.defaults().capacity();

    private static final Duration LONG = Duration.ofHours(1);

    private final String label;

    Contestant(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    abstract Entrance open() throws Exception;

    private static Entrance turnstile(TurnstileOptions gate) throws InterruptedException {
        SynchronizedPlugin plugin = SynchronizedPlugin.load(
                TestPlugins.demo(), PluginConfig.defaults(), TestPlugins.IN_PLACE.withGate(gate));
        return plugin::call;
    }

    /** Records until the JVM ends; nobody wants the file. */
    private static void start(Recording recording) {
        recording.setMaxSize(64 << 20);
        recording.start();
    }

    /** One that has a thread of its own, which loads the plugin, too. */
    private static Entrance onItsWorker(Contender contender, int capacity) throws Exception {
        CompletableFuture<NativePlugin> loaded = new CompletableFuture<>();
        Gate gate = contender.open(
                () -> {
                    loaded.complete(NativePlugin.loadInPlace(TestPlugins.demo()));
                    return new Witness();
                },
                capacity,
                LONG);
        NativePlugin plugin = loaded.join();
        return (tag, json) -> gate.call(witness -> plugin.call(tag, json));
    }

    private static Entrance locked(Lock lock) {
        UnconfinedPlugin plugin = UnconfinedPlugin.load(TestPlugins.demo());
        return (tag, json) -> {
            lock.lock();
            try {
                return plugin.call(tag, json);
            } finally {
                lock.unlock();
            }
        };
    }
}
