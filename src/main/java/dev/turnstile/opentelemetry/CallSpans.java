package dev.turnstile.opentelemetry;

import dev.turnstile.CallOutcome;
import dev.turnstile.CallReport;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Makes the spans of calls that have ended. */
final class CallSpans {
    private static final AttributeKey<String> GATE = AttributeKey.stringKey("turnstile.gate");
    private static final AttributeKey<String> TAG = AttributeKey.stringKey("turnstile.tag");
    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("turnstile.outcome");
    private static final AttributeKey<Boolean> ACCEPTED = AttributeKey.booleanKey("turnstile.accepted");
    private static final AttributeKey<Boolean> STARTED = AttributeKey.booleanKey("turnstile.started");
    private static final AttributeKey<Double> WAIT = AttributeKey.doubleKey("turnstile.wait.duration");
    private static final AttributeKey<Double> RUN = AttributeKey.doubleKey("turnstile.run.duration");
    private static final AttributeKey<Long> REQUEST_SIZE = AttributeKey.longKey("turnstile.request.size");
    private static final AttributeKey<Long> RESPONSE_SIZE = AttributeKey.longKey("turnstile.response.size");
    private static final AttributeKey<Long> INSTANCE = AttributeKey.longKey("turnstile.instance");
    private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");
    private static final AttributeKey<String> EXCEPTION_TYPE = AttributeKey.stringKey("exception.type");

    private final Tracer tracer;
    private final String name;
    private final Attributes ofTheGate;

    CallSpans(Tracer tracer, String name) {
        this.tracer = tracer;
        this.name = name;
        this.ofTheGate = Attributes.of(GATE, name);
    }

    Tracer tracer() {
        return tracer;
    }

    String name() {
        return name;
    }

    Attributes ofTheGate() {
        return ofTheGate;
    }

    /**
     * Makes the span of a call.
     *
     * @param caller what was current when it came
     * @param lines what the plugin logged during the call; {@code null} if nobody wants to know
     */
    void record(CallReport report, Context caller, @Nullable CallLines lines) {
        Instant startedAt = report.arrivedAt().plus(report.waited());
        Instant endedAt = startedAt.plus(report.ran());
        Span span = tracer.spanBuilder(report.tag() == null ? name : name + " " + report.tag())
                .setParent(caller)
                .setStartTimestamp(report.arrivedAt())
                .setAllAttributes(attributes(report))
                .startSpan();
        try {
            if (report.started()) {
                span.addEvent("turnstile.started", startedAt);
            }
            if (isError(report.outcome())) {
                fail(span, report.failure()); // before the lines: an SDK keeps so many events of a span
            }
            if (lines != null) {
                lines.end(span);
            }
        } finally {
            span.end(endedAt);
        }
    }

    private Attributes attributes(CallReport report) {
        AttributesBuilder all = Attributes.builder()
                .putAll(ofTheGate)
                .put(OUTCOME, lowerCase(report.outcome()))
                .put(ACCEPTED, report.accepted())
                .put(STARTED, report.started())
                .put(WAIT, seconds(report.waited()));
        if (report.tag() != null) {
            all.put(TAG, report.tag());
        }
        if (report.started()) {
            all.put(RUN, seconds(report.ran()));
        }
        if (report.instance() > 0) {
            all.put(INSTANCE, (long) report.instance());
        }
        if (report.requestSize() >= 0) {
            all.put(REQUEST_SIZE, report.requestSize());
        }
        if (report.responseSize() >= 0) {
            all.put(RESPONSE_SIZE, report.responseSize());
        }
        if (isError(report.outcome())) {
            Throwable failure = report.failure();
            all.put(
                    ERROR_TYPE,
                    failure == null
                            ? lowerCase(report.outcome())
                            : failure.getClass().getName());
        }
        return all.build();
    }

    private static boolean isError(CallOutcome outcome) {
        return outcome == CallOutcome.FAILED || outcome == CallOutcome.EXPIRED || outcome == CallOutcome.REFUSED;
    }

    /** The methods of the exception are the user's: if they throw, the span still tells its class. */
    private static void fail(Span span, @Nullable Throwable failure) {
        span.setStatus(StatusCode.ERROR);
        if (failure == null) {
            return;
        }
        try {
            span.recordException(failure);
        } catch (RuntimeException | LinkageError | StackOverflowError silent) {
            span.addEvent(
                    "exception",
                    Attributes.of(EXCEPTION_TYPE, failure.getClass().getName()));
        }
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
