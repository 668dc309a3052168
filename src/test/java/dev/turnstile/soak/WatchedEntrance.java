package dev.turnstile.soak;

import dev.turnstile.Action;
import dev.turnstile.CloseReport;
import dev.turnstile.FanOut;
import dev.turnstile.Fork;
import dev.turnstile.JoinPolicy;
import dev.turnstile.Turnstile;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.TurnstileStats;
import dev.turnstile.plugin.NativePlugin;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** A gate over a {@link WatchedPlugin}: each action says that it ran. */
final class WatchedEntrance implements Entrance {
    private final Turnstile<WatchedPlugin> gate;
    private final WatchedPlugin resource;

    private WatchedEntrance(Turnstile<WatchedPlugin> gate, WatchedPlugin resource) {
        this.gate = gate;
        this.resource = resource;
    }

    static WatchedEntrance open(
            Supplier<NativePlugin> loader, TurnstileOptions options, OrderCheck order, Findings findings)
            throws InterruptedException {
        AtomicReference<WatchedPlugin> resource = new AtomicReference<>();
        Turnstile<WatchedPlugin> gate = Turnstile.<WatchedPlugin, RuntimeException>open(
                () -> {
                    resource.set(new WatchedPlugin(loader.get(), order, findings));
                    return resource.get();
                },
                WatchedPlugin::close,
                options);
        return new WatchedEntrance(gate, resource.get());
    }

    private Action<WatchedPlugin, Object, Exception> action(TrackedCall call) {
        return plugin -> plugin.run(call, this);
    }

    @Override
    public Object call(TrackedCall call) throws Exception {
        return gate.call(action(call));
    }

    @Override
    public Object call(TrackedCall call, Duration limit) throws Exception {
        return gate.call(action(call), limit);
    }

    @Override
    public Object tryCall(TrackedCall call) throws Exception {
        return gate.tryCall(action(call));
    }

    @Override
    public CompletableFuture<?> submit(TrackedCall call) throws Exception {
        return gate.submit(action(call));
    }

    @Override
    public CompletableFuture<?> submit(TrackedCall call, Duration limit) throws Exception {
        return gate.submit(action(call), limit);
    }

    @Override
    public CompletableFuture<?> trySubmit(TrackedCall call) {
        return gate.trySubmit(action(call));
    }

    @Override
    public Block fanOut(JoinPolicy policy, Duration limit) {
        FanOut<WatchedPlugin, Object> block = limit == null ? gate.fanOut(policy) : gate.fanOut(policy, limit);
        return new Block() {
            @Override
            public Fork<?> fork(TrackedCall call) {
                return block.fork(action(call));
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

    /** What an action must not do; the gate does not count it. */
    void callFromWorker() throws InterruptedException {
        gate.tryCall(plugin -> plugin);
    }

    @Override
    public boolean answers(TrackedCall call, Object result) {
        return result.equals(call.number());
    }

    @Override
    public boolean isWatched() {
        return true;
    }

    @Override
    public boolean isResourceClosed() {
        return resource.isClosed();
    }

    @Override
    public void shutdown() {
        gate.shutdown();
    }

    @Override
    public CloseReport close(Duration limit) {
        return gate.close(limit);
    }

    @Override
    public TurnstileStats stats() {
        return gate.stats();
    }

    @Override
    public String toString() {
        return gate.toString();
    }
}
