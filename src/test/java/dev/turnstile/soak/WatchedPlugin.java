package dev.turnstile.soak;

import dev.turnstile.ReentrantCallException;
import dev.turnstile.TurnstileState;
import dev.turnstile.plugin.NativePlugin;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** The resource of a watched gate: the real plugin, which it uses, and a witness of who comes, when, and in which order. */
final class WatchedPlugin implements AutoCloseable {
    private final Thread owner = Thread.currentThread();
    private final AtomicInteger inside = new AtomicInteger();
    private final NativePlugin plugin;
    private final Watch watch;
    private final OrderCheck order;
    private final AgeingCheck.Course course;
    private final int instance;
    private final Findings findings;
    private final int generation;
    private boolean lost;
    private volatile boolean closed;

    WatchedPlugin(NativePlugin plugin, Watch watch, int generation) {
        this.plugin = plugin;
        this.watch = watch;
        this.order = watch.newOrder();
        this.instance = watch.setup().isPool() ? numberOf(owner) : 1;
        this.course = watch.ageing().newCourse(instance);
        this.findings = watch.findings();
        this.generation = generation;
        watch.opens();
    }

    private static int numberOf(Thread worker) {
        String name = worker.getName();
        return Integer.parseInt(name.substring(name.lastIndexOf('-') + 1));
    }

    /** Runs a call; the gate is the one that it came through. */
    Object run(TrackedCall call, WatchedEntrance gate) throws Exception {
        enter(call);
        try {
            course.starts(call);
            call.runs(findings);
            watch.enter(call, order);
            lookAtItself(call, gate);
            return act(call, gate);
        } finally {
            watch.leave(call);
            leave();
        }
    }

    /** Runs what each instance is to run; returns which one it is. */
    int run(EachCall call) {
        enter(call);
        course.starts(call.lane());
        call.runs(instance, findings);
        leave();
        return instance;
    }

    private void leave() {
        course.leaves();
        inside.decrementAndGet();
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

    /** One that is lost, or that a swap has replaced, should not be called. */
    private void lookAtItself(TrackedCall call, WatchedEntrance gate) {
        if (lost && !watch.setup().mayRunOut() && gate.state() == TurnstileState.OPEN) {
            findings.add(Breach.WRONG, () -> call + " came to a resource that was lost");
        }
        int latest = watch.generation();
        if (generation < latest) {
            findings.add(
                    Breach.WRONG,
                    () -> call + " came to a resource of generation " + generation + " after a swap for " + latest);
        }
    }

    private Object act(TrackedCall call, WatchedEntrance gate) throws Exception {
        switch (call.deed()) {
            case NOTHING -> {}
            case ECHO -> echo(call);
            case PLUGIN_ERROR -> plugin.call("fail", "{\"code\":7}");
            case SPIN -> plugin.call("spin", PluginEntrance.SPIN);
            case LINGERS -> plugin.call("sleep", PluginEntrance.LINGER);
            case BIG -> plugin.callRaw(4, PluginEntrance.BIG);
            case EXCEPTION -> throw new Exception(Outcome.PLANNED + call.number());
            case ERROR -> throw error(call);
            case UNPRINTABLE -> throw new Unprintable(call.number());
            case POISON -> {
                lost = true;
                throw watch.setup().troubled() && call.number() % 2 == 0
                        ? new Unprintable(call.number())
                        : new Exception(Outcome.PLANNED + call.number());
            }
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

    void warmUp() {
        enter("a warm-up");
        plugin.call("echo", "{\"message\":\"warm-up\"}");
        inside.decrementAndGet();
    }

    boolean isLost() {
        return lost;
    }

    @Override
    public void close() {
        enter("closing");
        closed = true;
        lookInside();
        plugin.close();
        watch.closes();
        inside.decrementAndGet();
    }

    /** What this instance has seen; the counts of its library file are those of all that are loaded from it. */
    private void lookInside() {
        Map<?, ?> probe = plugin.call("probe", Map.of(), Map.class);
        findings.add(Breach.OVERLAPS, count(probe, "overlaps"), () -> "seen by an instance: " + probe);
        findings.add(Breach.OVERLAPS, count(probe, "threads") - 1, () -> "threads of an instance: " + probe);
    }

    private static long count(Map<?, ?> probe, String name) {
        return ((Number) probe.get(name)).longValue();
    }
}
