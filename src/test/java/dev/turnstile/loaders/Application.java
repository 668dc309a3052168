package dev.turnstile.loaders;

import dev.turnstile.CallListener;
import dev.turnstile.CallReport;
import dev.turnstile.JoinPolicy;
import dev.turnstile.RestartPolicy;
import dev.turnstile.TimeLimit;
import dev.turnstile.Turnstile;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.micrometer.TurnstileMetrics;
import dev.turnstile.plugin.LogLevel;
import dev.turnstile.plugin.NativePlugin;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginException;
import dev.turnstile.plugin.PluginFanOut;
import dev.turnstile.plugin.PluginLogLine;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.PluginPool;
import dev.turnstile.plugin.SynchronizedPlugin;
import dev.turnstile.plugin.Tag;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.TestPlugins;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * An application that uses about everything of the library and closes all that it opened. It is made and run in a class loader of its own, which is to go
 * afterwards.
 */
public final class Application implements Callable<String> {
    private static final Duration SHORT = Duration.ofMillis(20);
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final String LOG = "{\"from\":\"%s\",\"message\":\"%s\"}";

    private final Queue<PluginLogLine> lines = new ConcurrentLinkedQueue<>();

    record Say(String message) {}

    record Said(String message, int length) {}

    interface Echo {
        @Tag("echo")
        Said echo(Say say) throws InterruptedException;
    }

    /** A user's listener, that others keep as long as they need it. */
    private static final class Ends implements CallListener {
        private final Queue<CallReport> ends = new ConcurrentLinkedQueue<>();

        @Override
        public void onEnd(CallReport report) {
            ends.add(report);
        }
    }

    @Override
    public String call() throws Exception {
        useBareGate();
        useLibrary();
        useOnOneThread();
        usePool();
        return "used";
    }

    private static void useBareGate() throws Exception {
        try (Turnstile<StringBuilder> gate =
                Turnstile.open(StringBuilder::new, text -> text.setLength(0), TurnstileOptions.defaults())) {
            gate.call(text -> text.append(new Say("hello")).length());
        }
    }

    private void useLibrary() throws Exception {
        PluginOptions options = PluginOptions.defaults().withLogListener(lines::add);
        SynchronizedPlugin plugin = SynchronizedPlugin.load(TestPlugins.demo(), PluginConfig.defaults(), options);
        try (plugin) {
            plugin.call("echo", new Say("hello"), Said.class);
            plugin.call("log", LOG.formatted("caller", "in a call"));
            plugin.call("log", LOG.formatted("thread", "elsewhere"));
            plugin.call("log", LOG.formatted("after_shutdown", "late"));
        }
        awaitLine("late");
    }

    private void awaitLine(String message) {
        Eventually.isTrue(
                "the line " + message,
                () -> lines.stream().anyMatch(line -> line.message().equals(message)));
    }

    private static void useOnOneThread() {
        try (NativePlugin plugin = NativePlugin.load(TestPlugins.demo())) {
            plugin.call("echo", new Say("hello"), Said.class);
            plugin.callRaw(1, new byte[10], reply -> reply.byteSize());
        }
    }

    private static void usePool() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Ends listener = new Ends();
        TurnstileOptions gate = TurnstileOptions.defaults()
                .withListeners(listener, TurnstileMetrics.timers(registry, "pool"))
                .withRestarts(
                        RestartPolicy.limited(1000, Duration.ofMinutes(1)).withDelays(Duration.ZERO, Duration.ZERO));
        Bundle bundle = Bundle.open(TestPlugins.bundle(), BundleTrust.signedBy(TestPlugins.key()));
        PluginOptions options = PluginOptions.defaults().withGate(gate);
        try (PluginPool pool = PluginPool.load(bundle, 2, PluginConfig.defaults(), options)) {
            TurnstileMetrics.of(pool, "pool").bindTo(registry);
            makeCalls(pool);
            change(pool, bundle);
            makeCalls(pool);
        }
        Eventually.isTrue("the listener is told", () -> !listener.ends.isEmpty());
        registry.close();
    }

    private static void makeCalls(PluginPool pool) throws Exception {
        pool.as(Echo.class).echo(new Say("hello"));
        pool.withKey("key").call("echo", new Say("hello"), Said.class, LONG);
        CompletableFuture<Said> future = pool.request("echo", new Say("hello"))
                .as(Said.class)
                .within(LONG)
                .submit();
        future.thenApply(Said::length).get();
        // Its limit passes, or not: it is planned.
        pool.request("sleep", "{\"duration_ms\":40}")
                .within(SHORT)
                .submit()
                .handle((reply, failure) -> reply)
                .get();
        try (PluginFanOut<Said> block = pool.fanOut(JoinPolicy.ALL_OR_CANCEL, Said.class, LONG)) {
            block.fork("echo", new Say("one"));
            block.fork("echo", new Say("two"));
            block.join().results();
        }
        TimeLimit.within(LONG, () -> pool.call("echo", new Say("hello"), Said.class));
    }

    private static void change(PluginPool pool, Bundle bundle) throws Exception {
        pool.setLogLevel(LogLevel.WARN);
        pool.swap(bundle);
        pool.resize(3);
        try {
            pool.call("panic", "{}");
            throw new AssertionError("There was no panic");
        } catch (PluginException asAsked) {
            Eventually.isTrue(
                    "the lost instance is replaced", () -> pool.health().isReady());
        }
        pool.resize(1);
    }
}
