package dev.turnstile.micrometer;

import dev.turnstile.CallListener;
import dev.turnstile.CallOutcome;
import dev.turnstile.CallReport;
import dev.turnstile.InstanceProcess;
import dev.turnstile.InstanceState;
import dev.turnstile.InstanceStats;
import dev.turnstile.StuckCall;
import dev.turnstile.Turnstile;
import dev.turnstile.TurnstileStats;
import dev.turnstile.plugin.GuardedPlugin;
import dev.turnstile.plugin.PluginCrashedException;
import dev.turnstile.plugin.PluginKilledException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.lang.ref.WeakReference;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * Binds the {@linkplain Turnstile#stats() stats} of a gate or a plugin to a registry. The registry reads what the gate counts
 * anyway, so calls cost nothing more.
 *
 * <table>
 * <caption>The meters, all with the tag {@code gate}</caption>
 * <tr><th>name</th><th>what</th></tr>
 * <tr><td>{@code turnstile.capacity}, {@code .pending}, {@code .waiting}, {@code .running}</td><td>gauges</td></tr>
 * <tr><td>{@code turnstile.in.flight}, {@code turnstile.oldest.wait}</td><td>the times at the moment</td></tr>
 * <tr><td>{@code turnstile.calls}</td><td>ended calls that had a place, with the tag {@code outcome}</td></tr>
 * <tr><td>{@code turnstile.not.admitted}</td><td>callers that never had a place</td></tr>
 * <tr><td>{@code turnstile.wait}, {@code turnstile.run}</td><td>count and total time of the waits and runs</td></tr>
 * <tr><td>{@code turnstile.instances}</td><td>the number of instances, with the tag {@code state}: {@code serving}, {@code leaving}, {@code
 *     down}</td></tr>
 * <tr><td>{@code turnstile.processes}</td><td>how many instances run in a process of their own</td></tr>
 * <tr><td>{@code turnstile.process.memory}</td><td>the resident memory of these processes, in bytes; on Linux</td></tr>
 * </table>
 *
 * <p>Percentiles, times per type tag and counts of instance changes need each event by itself: use {@link #timers} for these.
 */
@SuppressWarnings("exports") // of Micrometer: if required transitively, every user of the library would need it
public final class TurnstileMetrics implements MeterBinder {
    private final Supplier<TurnstileStats> stats;
    private final Supplier<List<InstanceStats>> instances;
    private final Tags tags;

    private TurnstileMetrics(Supplier<TurnstileStats> stats, Supplier<List<InstanceStats>> instances, String gate) {
        this.stats = stats;
        this.instances = instances;
        this.tags = gateTag(gate);
    }

    /**
     * Returns the metrics of a gate.
     *
     * @param gate the gate; the registry refers to it while it has the meters
     * @param name the value of the tag {@code gate}
     * @return the metrics, to be bound to a registry
     */
    public static TurnstileMetrics of(Turnstile<?> gate, String name) {
        Objects.requireNonNull(gate, "gate");
        Objects.requireNonNull(name, "name");
        return new TurnstileMetrics(gate::stats, gate::instances, name);
    }

    /**
     * Returns the metrics of a plugin's gate.
     *
     * @param plugin the plugin; the registry refers to it while it has the meters
     * @param name the value of the tag {@code gate}
     * @return the metrics, to be bound to a registry
     */
    public static TurnstileMetrics of(GuardedPlugin plugin, String name) {
        Objects.requireNonNull(plugin, "plugin");
        Objects.requireNonNull(name, "name");
        return new TurnstileMetrics(plugin::stats, plugin::instances, name);
    }

    /**
     * Returns a listener that times each call: {@code turnstile.call.wait} and {@code turnstile.call.run}, with the tags {@code
     * gate}, {@code tag} (that of the call, or {@code none}) and {@code outcome}. Set it {@linkplain
     * dev.turnstile.TurnstileOptions#withListeners in the options}. Percentiles and histograms are configured by the registry's
     * filters. Calls that were never started have no run.
     *
     * <p>It also counts, with the tag {@code gate}, stuck calls, and instances that are lost, replaced after a loss, replaced since they were worn out, or swapped:
     * {@code turnstile.stuck}, {@code turnstile.lost}, {@code turnstile.restarts}, {@code turnstile.renewals}, {@code turnstile.swaps}. Of the lost ones it counts those whose process crashed or
     * was killed: {@code turnstile.process.crashes}, {@code turnstile.process.kills}.
     *
     * @param registry has the timers and counters
     * @param gate the value of the tag {@code gate}
     * @return the listener
     */
    public static CallListener timers(MeterRegistry registry, String gate) {
        Objects.requireNonNull(registry, "registry");
        CallTimers timers = new CallTimers(registry, gateTag(gate));
        WeakReference<CallTimers> reference = new WeakReference<>(timers); // the registry never lets go of what follows
        registry.config().onMeterRemoved(unused -> {
            CallTimers alive = reference.get();
            if (alive != null) {
                alive.forget();
            }
        });
        return timers;
    }

    private static Tags gateTag(String gate) {
        return Tags.of("gate", Objects.requireNonNull(gate, "gate"));
    }

    private static String tagValue(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Objects.requireNonNull(registry, "registry");
        gauge(registry, "capacity", TurnstileStats::capacity);
        gauge(registry, "pending", TurnstileStats::pending);
        gauge(registry, "waiting", TurnstileStats::waiting);
        gauge(registry, "running", TurnstileStats::running);
        time(registry, "in.flight", now -> now.times().inFlight().toNanos());
        time(registry, "oldest.wait", now -> now.times().oldestWait().toNanos());
        calls(registry, "completed", TurnstileStats::completed);
        calls(registry, "failed", TurnstileStats::failed);
        calls(registry, "cancelled", TurnstileStats::cancelled);
        calls(registry, "expired", TurnstileStats::expired);
        calls(registry, "refused", TurnstileStats::refused);
        FunctionCounter.builder("turnstile.not.admitted", stats, read(TurnstileStats::notAdmitted))
                .tags(tags)
                .register(registry);
        total(
                registry,
                "wait",
                now -> now.times().started(),
                now -> now.times().totalWait().toNanos());
        total(
                registry,
                "run",
                now -> now.times().returned(),
                now -> now.times().totalRun().toNanos());
        for (InstanceState state : InstanceState.values()) {
            Gauge.builder("turnstile.instances", () -> count(state))
                    .tags(tags.and("state", tagValue(state)))
                    .register(registry);
        }
        Gauge.builder("turnstile.processes", () -> processes().count())
                .tags(tags)
                .register(registry);
        Gauge.builder("turnstile.process.memory", this::residentBytes)
                .baseUnit(BaseUnits.BYTES)
                .tags(tags)
                .register(registry);
    }

    private Stream<InstanceProcess> processes() {
        return instances.get().stream().flatMap(instance -> instance.process().stream());
    }

    private double residentBytes() {
        return processes()
                .mapToLong(process -> process.residentBytes().orElse(0))
                .sum();
    }

    private long count(InstanceState state) {
        return instances.get().stream()
                .filter(instance -> instance.state() == state)
                .count();
    }

    private void gauge(MeterRegistry registry, String name, ToDoubleFunction<TurnstileStats> value) {
        Gauge.builder("turnstile." + name, stats, read(value)).tags(tags).register(registry);
    }

    private void time(MeterRegistry registry, String name, ToDoubleFunction<TurnstileStats> nanos) {
        TimeGauge.builder("turnstile." + name, stats, TimeUnit.NANOSECONDS, read(nanos))
                .tags(tags)
                .register(registry);
    }

    private void calls(MeterRegistry registry, String outcome, ToDoubleFunction<TurnstileStats> count) {
        FunctionCounter.builder("turnstile.calls", stats, read(count))
                .tags(tags.and("outcome", outcome))
                .register(registry);
    }

    private void total(
            MeterRegistry registry,
            String name,
            ToLongFunction<TurnstileStats> count,
            ToDoubleFunction<TurnstileStats> nanos) {
        FunctionTimer.builder(
                        "turnstile." + name,
                        stats,
                        unused -> count.applyAsLong(stats.get()),
                        read(nanos),
                        TimeUnit.NANOSECONDS)
                .tags(tags)
                .register(registry);
    }

    /** Keeps a strong reference to the gate: meters refer only weakly to the object that they are made with. */
    private ToDoubleFunction<Object> read(ToDoubleFunction<TurnstileStats> value) {
        return unused -> value.applyAsDouble(stats.get());
    }

    /** Those that the registry has, by the outcome and the tag of a call: to ask it for one takes longer than to use it. */
    private static final class KnownTimers {
        private static final int MOST_KNOWN = 1_000;

        private final MeterProvider<Timer> registry;
        private volatile Map<CallOutcome, Map<String, Timer>> known = none();

        KnownTimers(MeterProvider<Timer> registry) {
            this.registry = registry;
        }

        private static Map<CallOutcome, Map<String, Timer>> none() {
            Map<CallOutcome, Map<String, Timer>> all = new EnumMap<>(CallOutcome.class);
            for (CallOutcome outcome : CallOutcome.values()) {
                all.put(outcome, new ConcurrentHashMap<>());
            }
            return all;
        }

        Timer of(CallReport report) {
            String tag = report.tag() == null ? "none" : report.tag();
            Map<String, Timer> ofOutcome = Objects.requireNonNull(known.get(report.outcome()));
            Timer timer = ofOutcome.get(tag);
            if (timer == null) {
                timer = registry.withTags("tag", tag, "outcome", tagValue(report.outcome()));
                if (ofOutcome.size() < MOST_KNOWN) { // tags may be many, of which the registry keeps some only
                    ofOutcome.put(tag, timer); // to be forgotten with the others, if that happens meanwhile
                }
            }
            return timer;
        }

        void forget() {
            known = none();
        }
    }

    private static final class CallTimers implements CallListener {
        private final KnownTimers waits;
        private final KnownTimers runs;
        private final Counter stuck;
        private final Counter lost;
        private final Counter restarts;
        private final Counter renewals;
        private final Counter swaps;
        private final Counter crashes;
        private final Counter kills;

        CallTimers(MeterRegistry registry, Iterable<Tag> gate) { // not Tags: Micrometer 1.15 has no counter(…, Tags)
            waits = new KnownTimers(
                    Timer.builder("turnstile.call.wait").tags(gate).withRegistry(registry));
            runs = new KnownTimers(
                    Timer.builder("turnstile.call.run").tags(gate).withRegistry(registry));
            stuck = registry.counter("turnstile.stuck", gate);
            lost = registry.counter("turnstile.lost", gate);
            restarts = registry.counter("turnstile.restarts", gate);
            renewals = registry.counter("turnstile.renewals", gate);
            swaps = registry.counter("turnstile.swaps", gate);
            crashes = registry.counter("turnstile.process.crashes", gate);
            kills = registry.counter("turnstile.process.kills", gate);
        }

        @Override
        public void onEnd(CallReport report) {
            waits.of(report).record(report.waited());
            if (report.started()) {
                runs.of(report).record(report.ran());
            }
        }

        /** The registry has removed a meter, perhaps one of these. */
        void forget() {
            waits.forget();
            runs.forget();
        }

        @Override
        public void onStuck(StuckCall call) {
            stuck.increment();
        }

        @Override
        public void onLost(int instance, Throwable cause) {
            lost.increment();
            if (cause instanceof PluginCrashedException) {
                crashes.increment();
            } else if (cause instanceof PluginKilledException) {
                kills.increment();
            }
        }

        @Override
        public void onRestarted(int instance) {
            restarts.increment();
        }

        @Override
        public void onRenewed(int instance) {
            renewals.increment();
        }

        @Override
        public void onSwapped(int instance) {
            swaps.increment();
        }
    }
}
