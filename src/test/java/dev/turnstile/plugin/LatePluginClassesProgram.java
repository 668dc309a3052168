package dev.turnstile.plugin;

import dev.turnstile.CallListener;
import dev.turnstile.Fork;
import dev.turnstile.JoinPolicy;
import dev.turnstile.Lane;
import dev.turnstile.LateClassesProgram;
import dev.turnstile.RestartPolicy;
import dev.turnstile.testing.TestPlugins;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.type.TypeReference;

/** As {@link LateClassesProgram}, with plugins. */
public final class LatePluginClassesProgram {
    private static final Duration LONG = Duration.ofDays(1);
    private static final Duration SHORT = Duration.ofMillis(5);
    private static final byte[] BYTES = {1, 2, 3};
    private static final Map<String, String> REQUEST = Map.of("message", "hi");
    private static final TypeReference<List<String>> UNFIT = new TypeReference<>() {};

    private final GuardedPlugin plugin;

    private LatePluginClassesProgram(GuardedPlugin plugin) {
        this.plugin = plugin;
    }

    public static void main(String[] arguments) throws Exception {
        boolean isPool = arguments[0].equals("PLUGIN_POOL");
        PluginOptions options = PluginOptions.defaults()
                .withLogListener(line -> {})
                .withGate(PluginOptions.defaults()
                        .gate()
                        .withCapacity(2)
                        .withListeners(new CallListener() {})
                        .withRestarts(RestartPolicy.limited(1, Duration.ofMinutes(1))
                                .withDelays(Duration.ZERO, Duration.ZERO)));
        Path library = TestPlugins.demo();
        GuardedPlugin plugin = isPool
                ? PluginPool.load(library, 2, PluginConfig.defaults(), options)
                : SynchronizedPlugin.load(library, PluginConfig.defaults(), options);
        LateClassesProgram.Mark.set();
        LateClassesProgram.wakeVirtualThread();
        var program = new LatePluginClassesProgram(plugin);
        program.look();
        program.call();
        program.fork();
        program.submit();
        program.change();
        LateClassesProgram.attempt(() -> plugin.call("panic", "{}"));
        program.look();
        plugin.shutdown();
        plugin.close(LONG);
        program.call();
        program.look();
        LateClassesProgram.End.set();
        System.exit(0);
    }

    private static void attempt(LateClassesProgram.Use use) {
        LateClassesProgram.attempt(use);
    }

    private void look() {
        attempt(plugin::capabilities);
        attempt(plugin::rejectedCount);
        attempt(() -> {
            plugin.setLogLevel(LogLevel.WARN);
            return null;
        });
        attempt(plugin::gateState);
        attempt(plugin::stats);
        attempt(plugin::instances);
        attempt(plugin::health);
        attempt(plugin::toString);
        attempt(plugin::capacity);
        attempt(plugin::pendingCount);
        attempt(plugin::waitingCount);
        attempt(() -> plugin.awaitTermination(Duration.ZERO));
        if (plugin instanceof SynchronizedPlugin one) {
            attempt(one::state);
        }
    }

    private void call() {
        String words = "{\"message\":\"" + "word ".repeat(100) + "\"}";
        attempt(() -> plugin.call("echo", "{\"message\":\"hi\"}"));
        attempt(() -> plugin.call("echo", "{\"message\":\"hi\"}", LONG));
        attempt(() -> plugin.request("echo", "{\"message\":\"hi\"}").tryCall());
        attempt(() -> plugin.call("echo", words));
        attempt(() -> plugin.call("echo", "{\"message\":\"grüß dich\"}"));
        attempt(() -> plugin.call("echo", REQUEST));
        attempt(() -> plugin.call("echo", REQUEST, Map.class));
        attempt(() -> plugin.call("echo", REQUEST, Map.class, LONG));
        attempt(() -> plugin.request("echo", REQUEST)
                .as(new TypeReference<Map<String, Object>>() {})
                .tryCall());
        attempt(() -> plugin.callRaw(1, BYTES));
        attempt(() -> plugin.requestRaw(1, BYTES).within(LONG).call());
        attempt(() -> plugin.requestRaw(1, BYTES).tryCall());
        attempt(() -> plugin.inLane(Lane.HIGH).withKey("key").call("echo", "{\"message\":\"hi\"}"));

        attempt(() -> plugin.call("", "{}"));
        attempt(() -> plugin.call("nobody", "{}"));
        attempt(() -> plugin.call("echo", "no JSON"));
        attempt(() -> plugin.call("fail", "{\"code\":7}"));
        attempt(() -> plugin.call("fail", "{\"code\":7,\"body\":\"malformed\"}"));
        attempt(() -> plugin.call("fail", "{\"code\":7,\"body\":\"empty\"}"));
        attempt(() -> plugin.call("null", "{}"));
        attempt(() -> plugin.call("nothing", "{}"));
        for (String envelope : List.of(
                "no JSON",
                "{ \\\"payload\\\": 1, \\\"status\\\": \\\"success\\\", \\\"more\\\": [1] }",
                "{\\\"status\\\":\\\"other\\\"}",
                "{\\\"status\\\":\\\"error\\\",\\\"error_code\\\":7}")) {
            attempt(() -> plugin.call("envelope", "{\"raw\":\"" + envelope + "\"}"));
            attempt(() -> plugin.call("envelope", Map.of("raw", envelope.replace("\\", "")), Map.class));
        }
        attempt(() -> plugin.call("echo", new Object(), Map.class));
        attempt(() -> plugin.request("echo", REQUEST).as(UNFIT).call());
        attempt(() -> plugin.callRaw(3, BYTES));
        attempt(() -> plugin.callRaw(99, BYTES));
        attempt(() -> plugin.call("sleep", "{\"duration_ms\":50}", SHORT));
        attempt(() -> {
            Thread.currentThread().interrupt();
            return plugin.call("echo", "{\"message\":\"hi\"}");
        });
    }

    private void fork() {
        for (JoinPolicy policy : JoinPolicy.values()) {
            attempt(() -> {
                try (PluginFanOut<Object> block = plugin.fanOut(policy, Object.class, LONG)) {
                    for (Fork<?> fork : List.of(
                            block.fork(plugin.request("echo", "{\"message\":\"hi\"}")),
                            block.fork(plugin.request("echo", REQUEST).as(Map.class)),
                            block.fork(plugin.request("echo", REQUEST).as(UNFIT)),
                            block.fork(plugin.requestRaw(1, BYTES)))) {
                        attempt(fork::toString);
                    }
                    Fork<Object> failed = block.fork("fail", "{\"code\":7}");
                    attempt(block::join);
                    attempt(block::first);
                    attempt(failed::state);
                    attempt(failed::get);
                    return failed.failure();
                }
            });
            attempt(() -> {
                try (PluginFanOut<Object> block = plugin.fanOut(policy, Object.class)) {
                    Fork<?> fork = block.fork(plugin.request("echo", REQUEST).as(Map.class));
                    block.join();
                    attempt(block::first);
                    return block + " " + fork.get();
                }
            });
        }
    }

    private void submit() {
        attempt(() -> plugin.submit("echo", "{\"message\":\"hi\"}").get());
        attempt(() -> plugin.request("echo", REQUEST)
                .as(Map.class)
                .within(LONG)
                .submit()
                .get(1, TimeUnit.DAYS));
        attempt(() -> plugin.request("echo", REQUEST).as(UNFIT).trySubmit().join());
        attempt(() -> plugin.requestRaw(1, BYTES).submit().get());
        attempt(() -> plugin.requestRaw(3, BYTES).trySubmit().join());
        attempt(() -> plugin.request("fail", "{\"code\":7}").trySubmit().join());
        attempt(() -> plugin.request("sleep", "{\"duration_ms\":50}")
                .within(SHORT)
                .submit()
                .get());
        attempt(() -> {
            CompletableFuture<String> future = plugin.submit("sleep", "{\"duration_ms\":50}");
            attempt(() ->
                    plugin.request("echo", "{\"message\":\"hi\"}").within(SHORT).submit());
            attempt(() ->
                    plugin.request("echo", "{\"message\":\"hi\"}").trySubmit().cancel(true));
            return future.get(0, TimeUnit.DAYS);
        });
    }

    private void change() {
        attempt(() -> plugin.swap(TestPlugins.demo(), PluginConfig.defaults(), PluginWarmUp.none(), LONG));
        attempt(() -> plugin.swap(Path.of("nowhere"), PluginConfig.defaults(), PluginWarmUp.none(), LONG));
        if (plugin instanceof PluginPool pool) {
            attempt(() -> {
                pool.resize(1);
                return null;
            });
        }
    }
}
