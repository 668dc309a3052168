package dev.turnstile.opentelemetry;

import dev.turnstile.plugin.PluginLogLine;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a plugin logged during one call. The thread that delivers lines adds to it; the one that makes the spans takes all, and leaves its span for lines that
 * come later.
 */
final class CallLines {
    private static final int MOST = 100;

    private static final String NAME = "log";
    private static final AttributeKey<String> SEVERITY = AttributeKey.stringKey("log.severity");
    private static final AttributeKey<String> TARGET = AttributeKey.stringKey("log.target");
    private static final AttributeKey<String> MESSAGE = AttributeKey.stringKey("log.message");
    private static final AttributeKey<Long> DROPPED = AttributeKey.longKey("turnstile.log.dropped");

    /** Guards the rest. */
    private final ReentrantLock lock = new ReentrantLock();

    private final List<Line> lines = new ArrayList<>(0);
    private long dropped;
    private @Nullable Context ended;

    private record Line(PluginLogLine line, Instant time) {
        Attributes attributes() {
            return Attributes.of(SEVERITY, line.level().name(), TARGET, line.target(), MESSAGE, line.message());
        }
    }

    void add(PluginLogLine logged, CallSpans spans) {
        Line line = new Line(logged, Instant.now());
        Context parent;
        lock.lock();
        try {
            parent = ended;
            if (parent == null && lines.size() < MOST) {
                lines.add(line);
            } else if (parent == null) {
                dropped++;
            }
        } finally {
            lock.unlock();
        }
        if (parent != null) {
            spans.tracer()
                    .spanBuilder(NAME)
                    .setParent(parent)
                    .setStartTimestamp(line.time)
                    .setAllAttributes(line.attributes())
                    .startSpan()
                    .end(line.time);
        }
    }

    /** Makes events of the lines; those that come later are spans. */
    void end(Span span) {
        lock.lock();
        try {
            for (Line line : lines) {
                span.addEvent(NAME, line.attributes(), line.time);
            }
            if (dropped > 0) {
                span.setAttribute(DROPPED, dropped);
            }
            lines.clear();
            ended = Context.root().with(span);
        } finally {
            lock.unlock();
        }
    }
}
