package dev.turnstile.soak;

import dev.turnstile.ReentrantCallException;
import dev.turnstile.plugin.NativePlugin;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/** The resource of a watched gate: the real plugin, which it uses, and a witness of who comes, when, and in which order. */
final class WatchedPlugin implements AutoCloseable {
    private final Thread owner = Thread.currentThread();
    private final AtomicInteger inside = new AtomicInteger();
    private final NativePlugin plugin;
    private final OrderCheck order;
    private final Findings findings;
    private volatile boolean closed;

    WatchedPlugin(NativePlugin plugin, OrderCheck order, Findings findings) {
        this.plugin = plugin;
        this.order = order;
        this.findings = findings;
    }

    /** Runs a call; the gate is the one that it came through. */
    Object run(TrackedCall call, WatchedEntrance gate) throws Exception {
        enter(call);
        try {
            call.runs(findings);
            order.runs(call);
            return act(call, gate);
        } finally {
            inside.decrementAndGet();
        }
    }

    private void enter(Object what) {
        if (inside.getAndIncrement() != 0) {
            findings.add(Breach.OVERLAPS, () -> what + " came while another was inside");
        }
        if (Thread.currentThread() != owner) {
            findings.add(Breach.OVERLAPS, () -> what + " came from " + Thread.currentThread() + ", not from " + owner);
        }
        if (closed) {
            findings.add(Breach.OVERLAPS, () -> what + " came after the plugin was closed");
        }
    }

    private Object act(TrackedCall call, WatchedEntrance gate) throws Exception {
        switch (call.deed()) {
            case NOTHING -> {}
            case ECHO -> echo(call);
            case PLUGIN_ERROR -> plugin.call("fail", "{\"code\":7}");
            case SPIN -> plugin.call("spin", PluginEntrance.SPIN);
            case BIG -> plugin.callRaw(4, PluginEntrance.BIG);
            case EXCEPTION -> throw new Exception(Outcome.PLANNED + call.number());
            case ERROR -> throw error(call);
            case INTERRUPTS_ITSELF -> Thread.currentThread().interrupt();
            case CALLS_AGAIN -> callAgain(call, gate);
            case BLOCK -> plugin.call("block", PluginEntrance.BLOCK);
            case CLOSES -> gate.close(Duration.ofMillis(2));
        }
        return call.number();
    }

    private void echo(TrackedCall call) {
        byte[] bytes = Long.toString(call.number()).getBytes(StandardCharsets.UTF_8);
        byte[] answer = plugin.callRaw(1, bytes);
        if (!Arrays.equals(bytes, answer)) {
            findings.add(Breach.WRONG, () -> call + " was answered " + new String(answer, StandardCharsets.UTF_8));
        }
    }

    private static Error error(TrackedCall call) {
        String message = Outcome.PLANNED + call.number();
        return switch ((int) (call.number() % 3)) {
            case 0 -> new OutOfMemoryError(message);
            case 1 -> new StackOverflowError(message);
            default -> new LinkageError(message);
        };
    }

    private void callAgain(TrackedCall call, WatchedEntrance gate) throws Exception {
        try {
            gate.callFromWorker();
            findings.add(Breach.WRONG, () -> call + " could call the gate from its worker");
        } catch (ReentrantCallException refused) {
            return;
        }
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        enter("closing");
        closed = true;
        plugin.close();
        inside.decrementAndGet();
    }
}
