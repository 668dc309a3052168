package dev.turnstile.soak;

import dev.turnstile.CloseReport;
import dev.turnstile.Fork;
import dev.turnstile.InstanceStats;
import dev.turnstile.JoinPolicy;
import dev.turnstile.Lane;
import dev.turnstile.Probe;
import dev.turnstile.SwapException;
import dev.turnstile.SwapReport;
import dev.turnstile.TurnstileState;
import dev.turnstile.TurnstileStats;
import dev.turnstile.plugin.ErrorCode;
import dev.turnstile.plugin.GuardedPlugin;
import dev.turnstile.plugin.LogLevel;
import dev.turnstile.plugin.PluginCalls;
import dev.turnstile.plugin.PluginException;
import dev.turnstile.plugin.PluginFanOut;
import dev.turnstile.plugin.PluginPool;
import dev.turnstile.plugin.PluginRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What most users touch: text, typed and raw calls. Which of them ran, the plugin's own counter tells. */
final class PluginEntrance implements Entrance {
    static final String SPIN = "{\"duration_us\":40}";
    static final String LINGER = "{\"duration_ms\":5}";
    static final String BLOCK = "{\"gate\":0}";
    private static final int BIG_BYTES = 10_000;
    static final byte[] BIG = {(byte) BIG_BYTES, (byte) (BIG_BYTES >> 8), 0, 0};

    private final GuardedPlugin plugin;
    private final Setup setup;
    private final Replacement replacement;

    /** Puts another plugin behind a gate. */
    interface Replacement {
        SwapReport swap(GuardedPlugin plugin, Duration limit) throws SwapException, InterruptedException;
    }

    PluginEntrance(GuardedPlugin plugin, Setup setup, Replacement replacement) {
        this.plugin = plugin;
        this.setup = setup;
        this.replacement = replacement;
    }

    private PluginCalls calls(Route route) {
        PluginCalls calls = route.lane() == Lane.NORMAL ? plugin : plugin.inLane(route.lane());
        return route.key() == null ? calls : calls.withKey(route.key());
    }

    // ---- what is asked ----

    private static String tag(TrackedCall call) {
        return switch (call.deed()) {
            case PLUGIN_ERROR -> "fail";
            case POISON -> "panic";
            case SPIN -> "spin";
            case LINGERS -> "sleep";
            case BIG -> "big";
            case BLOCK -> "block";
            default -> "echo";
        };
    }

    private static String json(TrackedCall call) {
        return switch (call.deed()) {
            case PLUGIN_ERROR -> "{\"code\":7}";
            case POISON -> "{}";
            case SPIN -> SPIN;
            case LINGERS -> LINGER;
            case BIG -> "{\"bytes\":" + BIG_BYTES + "}";
            case BLOCK -> BLOCK;
            default -> "{\"message\":\"" + call.number() + "\"}";
        };
    }

    private static Map<String, ?> request(TrackedCall call) {
        return switch (call.deed()) {
            case PLUGIN_ERROR -> Map.of("code", 7);
            case POISON -> Map.of();
            case SPIN -> Map.of("duration_us", 40);
            case LINGERS -> Map.of("duration_ms", 5);
            case BIG -> Map.of("bytes", BIG_BYTES);
            case BLOCK -> Map.of("gate", 0);
            default -> Map.of("message", Long.toString(call.number()));
        };
    }

    private static int messageId(TrackedCall call) {
        return switch (call.deed()) {
            case PLUGIN_ERROR -> 3;
            case BIG -> 4;
            case POISON -> 5;
            default -> 1;
        };
    }

    private static byte[] bytes(TrackedCall call) {
        return call.deed() == Deed.BIG ? BIG : Long.toString(call.number()).getBytes(StandardCharsets.UTF_8);
    }

    // ---- the six ways in ----

    @Override
    public Object call(TrackedCall call) throws Exception {
        return switch (call.form()) {
            case TEXT -> calls(call.route()).call(tag(call), json(call));
            case TYPED -> calls(call.route()).call(tag(call), request(call), Object.class);
            case RAW -> calls(call.route()).callRaw(messageId(call), bytes(call));
        };
    }

    private PluginRequest<?> asked(TrackedCall call, PluginCalls calls) {
        return switch (call.form()) {
            case TEXT -> calls.request(tag(call), json(call));
            case TYPED -> calls.request(tag(call), request(call)).as(Object.class);
            case RAW -> calls.requestRaw(messageId(call), bytes(call));
        };
    }

    private PluginRequest<?> asked(TrackedCall call) {
        PluginRequest<?> asked = asked(call, plugin).inLane(call.route().lane());
        return call.route().key() == null ? asked : asked.withKey(call.route().key());
    }

    @Override
    public Object call(TrackedCall call, Duration limit) throws Exception {
        return asked(call).within(limit).call();
    }

    @Override
    public Object tryCall(TrackedCall call) throws Exception {
        return asked(call).tryCall();
    }

    @Override
    public CompletableFuture<?> submit(TrackedCall call) throws Exception {
        return switch (call.form()) {
            case TEXT -> calls(call.route()).submit(tag(call), json(call));
            case TYPED -> calls(call.route()).submit(tag(call), request(call), Object.class);
            case RAW ->
                calls(call.route()).requestRaw(messageId(call), bytes(call)).submit();
        };
    }

    @Override
    public CompletableFuture<?> submit(TrackedCall call, Duration limit) throws Exception {
        return asked(call).within(limit).submit();
    }

    @Override
    public CompletableFuture<?> trySubmit(TrackedCall call) {
        return asked(call).trySubmit();
    }

    @Override
    public Block fanOut(JoinPolicy policy, Duration limit, Route route) {
        PluginCalls calls = calls(route);
        PluginFanOut<Object> block =
                limit == null ? calls.fanOut(policy, Object.class) : calls.fanOut(policy, Object.class, limit);
        return new Block() {
            @Override
            public Fork<?> fork(TrackedCall call) {
                return call.form() == TrackedCall.Form.TYPED
                        ? block.fork(tag(call), request(call))
                        : block.fork(asked(call, calls));
            }

            @Override
            public void join() throws Exception {
                block.join();
            }

            @Override
            public void close() {
                block.close();
            }
        };
    }

    /** The plugin asks each instance by itself, and tells the sum. */
    @Override
    public List<CompletableFuture<Integer>> submitToEach(EachCall call) throws InterruptedException {
        if (call.lane() == Lane.LOW) {
            var unused = plugin.rejectedCount();
        } else {
            plugin.setLogLevel(LogLevel.OFF);
        }
        return List.of();
    }

    @Override
    public Probe probe() {
        return Probe.of(plugin);
    }

    @Override
    public boolean answers(TrackedCall call, Object result) {
        String number = Long.toString(call.number());
        return switch (call.deed()) {
            case SPIN, LINGERS, BLOCK -> true;
            case BIG -> result instanceof byte[] bytes ? bytes.length == BIG_BYTES : isBigText(result);
            default ->
                switch (result) {
                    case byte[] bytes -> number.equals(new String(bytes, StandardCharsets.UTF_8));
                    case Map<?, ?> payload -> number.equals(payload.get("message"));
                    default -> result.toString().startsWith("{\"message\":\"" + number + "\"");
                };
        };
    }

    /** In quotes where it is JSON text. */
    private static boolean isBigText(Object result) {
        int length = result.toString().length();
        return length == BIG_BYTES || length == BIG_BYTES + 2;
    }

    // ---- the gate ----

    @Override
    public boolean isWatched() {
        return false;
    }

    @Override
    public int openResources() {
        return 0;
    }

    /** A panic while the gate is closing, or when nothing is left to take the place of the last one. */
    @Override
    public boolean isAnswerOfTheDead(Throwable thrown) {
        return thrown instanceof PluginException answer
                && answer.errorCode().equals(ErrorCode.INVALID_STATE)
                && setup.heals()
                && (setup.mayRunOut() || plugin.gateState() != TurnstileState.OPEN);
    }

    @Override
    public void resize(int instances) throws InterruptedException {
        ((PluginPool) plugin).resize(instances);
    }

    @Override
    public SwapReport swap(Duration limit) throws SwapException, InterruptedException {
        return replacement.swap(plugin, limit);
    }

    @Override
    public void shutdown() {
        plugin.shutdown();
    }

    @Override
    public CloseReport close(Duration limit) {
        return plugin.close(limit);
    }

    @Override
    public TurnstileState state() {
        return plugin.gateState();
    }

    @Override
    public TurnstileStats stats() {
        return plugin.stats();
    }

    @Override
    public List<InstanceStats> instances() {
        return plugin.instances();
    }

    @Override
    public String toString() {
        return plugin.toString();
    }
}
