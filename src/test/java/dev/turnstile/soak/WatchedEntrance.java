package dev.turnstile.soak;

import dev.turnstile.Action;
import dev.turnstile.CloseReport;
import dev.turnstile.FanOut;
import dev.turnstile.Fork;
import dev.turnstile.InstanceStats;
import dev.turnstile.JoinPolicy;
import dev.turnstile.Lane;
import dev.turnstile.SwapException;
import dev.turnstile.SwapReport;
import dev.turnstile.Turnstile;
import dev.turnstile.TurnstileState;
import dev.turnstile.TurnstileStats;
import dev.turnstile.plugin.NativePlugin;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A gate over a {@link WatchedPlugin}: each action says that it ran. */
final class WatchedEntrance implements Entrance {
    private final Turnstile<WatchedPlugin> gate;
    private final Watch watch;

    /** What the last swap that was made opened from; only one thread swaps. */
    private WatchedSource source;

    private WatchedEntrance(Turnstile<WatchedPlugin> gate, Watch watch, WatchedSource source) {
        this.gate = gate;
        this.watch = watch;
        this.source = source;
    }

    static WatchedEntrance open(Supplier<NativePlugin> loader, Watch watch) throws InterruptedException {
        WatchedSource source = new WatchedSource(loader, watch);
        return new WatchedEntrance(Turnstile.open(source, watch.setup().options()), watch, source);
    }

    private Action<WatchedPlugin, Object, Exception> action(TrackedCall call) {
        Action<WatchedPlugin, Object, Exception> action = plugin -> plugin.run(call, this);
        Route route = call.route();
        action = route.lane() == Lane.NORMAL ? action : Action.inLane(route.lane(), action);
        return route.key() == null ? action : Action.keyed(route.key(), action);
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
    public Block fanOut(JoinPolicy policy, Duration limit, Route route) {
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
    public int openResources() {
        return watch.open();
    }

    @Override
    public boolean isAnswerOfTheDead(Throwable thrown) {
        return false;
    }

    @Override
    public void resize(int instances) throws InterruptedException {
        gate.resize(instances);
    }

    @Override
    public SwapReport swap(Duration limit) throws SwapException, InterruptedException {
        WatchedSource next = source.next();
        SwapReport report = gate.swap(next, limit);
        source = next;
        if (report.waiting() == 0) {
            watch.swapped(next.generation());
        }
        return report;
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
    public TurnstileState state() {
        return gate.state();
    }

    @Override
    public TurnstileStats stats() {
        return gate.stats();
    }

    @Override
    public List<InstanceStats> instances() {
        return gate.instances();
    }

    @Override
    public String toString() {
        return gate.toString();
    }
}
