package dev.turnstile.soak;

import dev.turnstile.Action;
import dev.turnstile.CallRequest;
import dev.turnstile.CloseReport;
import dev.turnstile.FanOut;
import dev.turnstile.Fork;
import dev.turnstile.InstanceStats;
import dev.turnstile.JoinPolicy;
import dev.turnstile.Lane;
import dev.turnstile.Probe;
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

    private CallRequest<WatchedPlugin, Object, Exception> asked(TrackedCall call) {
        Action<WatchedPlugin, Object, Exception> work = plugin -> plugin.run(call, this);
        boolean isEvasive = watch.setup().troubled() && call.number() % 8 == 0;
        Route route = call.route();
        var asked = gate.request(isEvasive ? new Mischief.Evasive<>(work) : work);
        asked = route.lane() == Lane.NORMAL ? asked : asked.inLane(route.lane());
        return route.key() == null ? asked : asked.withKey(route.key());
    }

    @Override
    public Object call(TrackedCall call) throws Exception {
        return asked(call).call();
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
        return asked(call).submit();
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
        FanOut<WatchedPlugin, Object> block = limit == null ? gate.fanOut(policy) : gate.fanOut(policy, limit);
        return new Block() {
            @Override
            public Fork<?> fork(TrackedCall call) {
                return block.fork(asked(call));
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
    public List<CompletableFuture<Integer>> submitToEach(EachCall call) throws InterruptedException {
        Action<WatchedPlugin, Integer, RuntimeException> action = plugin -> plugin.run(call);
        return gate.request(action).inLane(call.lane()).submitToEach();
    }

    @Override
    public Probe probe() {
        return Probe.of(gate);
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
        watch.ageing().resizes();
        try {
            gate.resize(instances);
        } finally {
            watch.ageing().resizes();
        }
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
