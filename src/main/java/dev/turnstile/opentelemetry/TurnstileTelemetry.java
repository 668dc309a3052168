package dev.turnstile.opentelemetry;

import dev.turnstile.CallListener;
import dev.turnstile.CallReport;
import dev.turnstile.ContextCarrier;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.plugin.PluginLogListener;
import dev.turnstile.plugin.PluginOptions;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.Scope;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * Makes one span for each call of a gate or a plugin.
 *
 * {@snippet :
 * TurnstileTelemetry telemetry = TurnstileTelemetry.of(openTelemetry, "echo");
 * PluginOptions options = telemetry.addTo(PluginOptions.defaults());
 * }
 *
 * <p>The span begins when the call comes, and ends when the call ends; for a call that is given up while it runs, that is when the plugin returns. Its parent
 * is the caller's current span. The caller's whole {@code Context} is current while its action runs, while stages of its future run on a thread of the library,
 * and in listeners.
 *
 * <table>
 * <caption>A span</caption>
 * <tr><th>what</th><th>value</th></tr>
 * <tr><td>name, kind</td><td>the name and the tag of the call, or the name alone; internal</td></tr>
 * <tr><td>{@code turnstile.gate}, {@code turnstile.tag}</td><td>the name; the tag, if there is one</td></tr>
 * <tr><td>{@code turnstile.outcome}</td><td>{@code completed}, {@code failed}, {@code cancelled}, {@code expired}, {@code refused}</td></tr>
 * <tr><td>{@code turnstile.accepted}, {@code turnstile.started}</td><td>whether it had a place, and whether it was begun</td></tr>
 * <tr><td>{@code turnstile.wait.duration}, {@code turnstile.run.duration}</td><td>in seconds; the latter if it was begun</td></tr>
 * <tr><td>{@code turnstile.request.size}, {@code turnstile.response.size}</td><td>in bytes, if known</td></tr>
 * <tr><td>{@code turnstile.instance}</td><td>the number of the instance that ran it, if one did</td></tr>
 * <tr><td>{@code error.type}</td><td>the class of what it threw; {@code expired} or {@code refused} if it did not throw</td></tr>
 * <tr><td>status</td><td>an error for calls that failed, expired or were refused. A call that its caller cancelled is none</td></tr>
 * <tr><td>events</td><td>{@code turnstile.started} when it was begun, {@code exception} with what it threw, and, {@linkplain #logEvents by
 *     choice}, {@code log}</td></tr>
 * </table>
 *
 * <p>Spans are made by a {@link CallListener}, a moment after the end of the call, so neither callers nor the worker wait for them or for what exports
 * them. If that is too slow, the gate drops reports after some thousands: the number of spans that are missing is logged by the gate, counted as {@code
 * turnstile.spans.dropped}, and told by {@link #droppedSpans()}. Since the span is made at the end, spans that an action itself makes are children of the caller's
 * span, beside the one of the call.
 *
 * <p>With {@link OpenTelemetry#noop()}, nothing is added to the options, and calls cost nothing more. The methods may be called from any thread; they do not
 * block. One object may serve several gates.
 */
@SuppressWarnings("exports") // of OpenTelemetry: if required transitively, every user of the library would need it
public final class TurnstileTelemetry {
    private static final String SCOPE = "dev.turnstile";
    private static final Current ROOT = new Current(Context.root());

    private final Tracer tracer;
    private final boolean isNoop;
    private final LongCounter droppedCounter;
    private final CallSpans spans;
    private final LongAdder dropped = new LongAdder();

    /** Of this object's calls. */
    private final ContextKey<CallLines> linesKey = ContextKey.named("turnstile-lines");

    /** Set when the application asks for a log listener. */
    private volatile boolean keepsLines;

    private TurnstileTelemetry(OpenTelemetry openTelemetry, String name) {
        this.tracer = openTelemetry.getTracer(SCOPE);
        this.isNoop = tracer.equals(TracerProvider.noop().get(SCOPE));
        this.spans = new CallSpans(tracer, name);
        this.droppedCounter = openTelemetry
                .getMeter(SCOPE)
                .counterBuilder("turnstile.spans.dropped")
                .setDescription("Spans that are missing, since calls ended faster than they could be made")
                .setUnit("{span}")
                .build();
        ROOT.run(() -> {}); // a class whose initializer meets the end of a caller's stack is lost for ever
    }

    /**
     * Returns the telemetry of a gate or a plugin.
     *
     * @param openTelemetry makes the spans
     * @param name begins the names of the spans, and is their {@code turnstile.gate}
     * @return the telemetry, to be added to options
     */
    public static TurnstileTelemetry of(OpenTelemetry openTelemetry, String name) {
        Objects.requireNonNull(openTelemetry, "openTelemetry");
        return new TurnstileTelemetry(openTelemetry, Objects.requireNonNull(name, "name"));
    }

    /**
     * Adds what makes the spans to the settings of a gate: a listener, and a carrier of the caller's {@code Context}. Those that are set stay.
     * Call this last: setting listeners or carriers afterwards replaces what it has added.
     *
     * @param options the settings
     * @return the changed settings
     */
    public TurnstileOptions addTo(TurnstileOptions options) {
        Objects.requireNonNull(options, "options");
        if (isNoop) {
            return options;
        }
        // The outermost carrier: a span has its parent also if another carrier cannot restore.
        return options.withListeners(Stream.concat(options.listeners().stream(), Stream.of(new Ends()))
                        .toArray(CallListener[]::new))
                .withContextCarriers(Stream.concat(Stream.of(new Carrier()), options.contextCarriers().stream())
                        .toArray(ContextCarrier[]::new));
    }

    /**
     * Adds what makes the spans to the settings of a plugin's gate. Call this last: {@link PluginOptions#withGate} replaces what it has added.
     *
     * @param options the settings
     * @return the changed settings
     */
    public PluginOptions addTo(PluginOptions options) {
        Objects.requireNonNull(options, "options");
        return options.withGate(addTo(options.gate()));
    }

    /**
     * Returns a log listener that makes an event {@code log} of each line that a plugin logs during a call, in the call's span, and passes all lines on. The event has the
     * attributes {@code log.severity}, {@code log.target} and {@code log.message}. Set it {@linkplain PluginOptions#withLogListener in the options} before the
     * plugin is loaded.
     *
     * <p>Lines and spans are delivered by different threads. A line that comes when its call's span has ended becomes a span {@code log} without a length, a
     * child of the call's span. A span has at most 100 lines, since SDKs keep 128 events by default; {@code turnstile.log.dropped} is the number of further ones.
     *
     * @param next gets all lines
     * @return the listener
     */
    public PluginLogListener logEvents(PluginLogListener next) {
        Objects.requireNonNull(next, "next");
        if (isNoop) {
            return next;
        }
        keepsLines = true;
        return line -> {
            try {
                CallLines lines = Context.current().get(linesKey);
                if (lines != null) {
                    lines.add(line, spans);
                }
            } finally {
                next.onLine(line);
            }
        };
    }

    /**
     * Returns how many spans are missing since calls ended faster than spans could be made.
     *
     * @return 0 or more; all gates that this was added to together
     */
    public long droppedSpans() {
        return dropped.sum();
    }

    @Override
    public String toString() {
        return "TurnstileTelemetry[" + spans.name() + (isNoop ? ", no-op" : "") + "]";
    }

    private final class Carrier implements ContextCarrier {
        @Override
        public Captured capture() {
            Context current = Context.current();
            if (keepsLines) {
                current = current.with(linesKey, new CallLines());
            }
            // Also the root: whatever an action before has left behind must not be current.
            return current.equals(Context.root()) ? ROOT : new Current(current);
        }
    }

    private record Current(Context context) implements ContextCarrier.Captured {
        @Override
        @SuppressWarnings({"MustBeClosedChecker", "try"}) // the second one is to stay
        public void run(Runnable code) {
            Context before = Context.current();
            try (Scope scope = context.makeCurrent()) {
                code.run();
            } finally {
                if (!Context.current().equals(before)) { // the code has forgotten to close a scope
                    var unused = before.makeCurrent();
                }
            }
        }
    }

    private final class Ends implements CallListener {
        @Override
        public void onEnd(CallReport report) {
            Context caller = Context.current();
            spans.record(report, caller, caller.get(linesKey));
        }

        @Override
        public void onDropped(long count) {
            dropped.add(count);
            droppedCounter.add(count, spans.ofTheGate());
        }
    }
}
