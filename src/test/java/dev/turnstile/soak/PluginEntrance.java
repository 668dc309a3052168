package dev.turnstile.soak;

import dev.turnstile.CloseReport;
import dev.turnstile.Fork;
import dev.turnstile.JoinPolicy;
import dev.turnstile.TurnstileStats;
import dev.turnstile.plugin.PluginFanOut;
import dev.turnstile.plugin.SynchronizedPlugin;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What most users touch: text, typed and raw calls. Which of them ran, the plugin's own counter tells. */
final class PluginEntrance implements Entrance {
    static final String SPIN = "{\"duration_us\":40}";
    static final String BLOCK = "{\"gate\":0}";
    private static final int BIG_BYTES = 10_000;
    static final byte[] BIG = {(byte) BIG_BYTES, (byte) (BIG_BYTES >> 8), 0, 0};

    private final SynchronizedPlugin plugin;

    PluginEntrance(SynchronizedPlugin plugin) {
        this.plugin = plugin;
    }

    // ---- what is asked ----

    private static String tag(TrackedCall call) {
        return switch (call.deed()) {
            case PLUGIN_ERROR -> "fail";
            case SPIN -> "spin";
            case BIG -> "big";
            case BLOCK -> "block";
            default -> "echo";
        };
    }

    private static String json(TrackedCall call) {
        return switch (call.deed()) {
            case PLUGIN_ERROR -> "{\"code\":7}";
            case SPIN -> SPIN;
            case BIG -> "{\"bytes\":" + BIG_BYTES + "}";
            case BLOCK -> BLOCK;
            default -> "{\"message\":\"" + call.number() + "\"}";
        };
    }

    private static Map<String, ?> request(TrackedCall call) {
        return switch (call.deed()) {
            case PLUGIN_ERROR -> Map.of("code", 7);
            case SPIN -> Map.of("duration_us", 40);
            case BIG -> Map.of("bytes", BIG_BYTES);
            case BLOCK -> Map.of("gate", 0);
            default -> Map.of("message", Long.toString(call.number()));
        };
    }

    private static int messageId(TrackedCall call) {
        return switch (call.deed()) {
            case PLUGIN_ERROR -> 3;
            case BIG -> 4;
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
            case TEXT -> plugin.call(tag(call), json(call));
            case TYPED -> plugin.call(tag(call), request(call), Object.class);
            case RAW -> plugin.callRaw(messageId(call), bytes(call));
        };
    }

    @Override
    public Object call(TrackedCall call, Duration limit) throws Exception {
        return switch (call.form()) {
            case TEXT -> plugin.call(tag(call), json(call), limit);
            case TYPED -> plugin.call(tag(call), request(call), Object.class, limit);
            case RAW -> plugin.callRaw(messageId(call), bytes(call), limit);
        };
    }

    @Override
    public Object tryCall(TrackedCall call) throws Exception {
        return switch (call.form()) {
            case TEXT -> plugin.tryCall(tag(call), json(call));
            case TYPED -> plugin.tryCall(tag(call), request(call), Object.class);
            case RAW -> plugin.tryCallRaw(messageId(call), bytes(call));
        };
    }

    @Override
    public CompletableFuture<?> submit(TrackedCall call) throws Exception {
        return switch (call.form()) {
            case TEXT -> plugin.submit(tag(call), json(call));
            case TYPED -> plugin.submit(tag(call), request(call), Object.class);
            case RAW -> plugin.submitRaw(messageId(call), bytes(call));
        };
    }

    @Override
    public CompletableFuture<?> submit(TrackedCall call, Duration limit) throws Exception {
        return switch (call.form()) {
            case TEXT -> plugin.submit(tag(call), json(call), limit);
            case TYPED -> plugin.submit(tag(call), request(call), Object.class, limit);
            case RAW -> plugin.submitRaw(messageId(call), bytes(call), limit);
        };
    }

    @Override
    public CompletableFuture<?> trySubmit(TrackedCall call) {
        return switch (call.form()) {
            case TEXT -> plugin.trySubmit(tag(call), json(call));
            case TYPED -> plugin.trySubmit(tag(call), request(call), Object.class);
            case RAW -> plugin.trySubmitRaw(messageId(call), bytes(call));
        };
    }

    @Override
    public Block fanOut(JoinPolicy policy, Duration limit) {
        PluginFanOut block = limit == null ? plugin.fanOut(policy) : plugin.fanOut(policy, limit);
        return new Block() {
            @Override
            public Fork<?> fork(TrackedCall call) {
                return switch (call.form()) {
                    case TEXT -> block.fork(tag(call), json(call));
                    case TYPED -> block.fork(tag(call), request(call), Object.class);
                    case RAW -> block.forkRaw(messageId(call), bytes(call));
                };
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

    @Override
    public boolean answers(TrackedCall call, Object result) {
        String number = Long.toString(call.number());
        return switch (call.deed()) {
            case SPIN, BLOCK -> true;
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
    public boolean isResourceClosed() {
        return false;
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
    public TurnstileStats stats() {
        return plugin.stats();
    }

    @Override
    public String toString() {
        return plugin.toString();
    }
}
