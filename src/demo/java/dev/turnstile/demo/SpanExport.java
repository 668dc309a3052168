package dev.turnstile.demo;

import dev.turnstile.opentelemetry.TurnstileTelemetry;
import dev.turnstile.plugin.PluginOptions;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.net.URI;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Sends a span of every call to a collector, in the protocol of OpenTelemetry (OTLP) over HTTP. */
final class SpanExport {
    private static final String NAME = "turnstile-demo";
    private static final int MOST_KEPT = 500_000;

    private final URI collector;
    private final Counted sent;
    private final OpenTelemetrySdk sdk;
    private final TurnstileTelemetry telemetry;

    private SpanExport(URI collector) {
        this.collector = collector;
        this.sent = new Counted(OtlpHttpSpanExporter.builder()
                .setEndpoint(collector.toString())
                .setRetryPolicy(null) // who watches a demo wants to know now
                .build());
        this.sdk = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .setResource(Resource.getDefault().toBuilder()
                                .put(AttributeKey.stringKey("service.name"), NAME)
                                .build())
                        .addSpanProcessor(BatchSpanProcessor.builder(sent)
                                .setMaxQueueSize(MOST_KEPT)
                                .build())
                        .build())
                .build();
        this.telemetry = TurnstileTelemetry.of(sdk, "demo");
    }

    static Optional<SpanExport> to(Optional<URI> collector) {
        return collector.map(SpanExport::new);
    }

    PluginOptions addTo(PluginOptions options) {
        return telemetry.addTo(options);
    }

    /** Sends those that are left, says how many there were, and ends. */
    void finish(Report report) {
        boolean ended = sdk.shutdown().join(1, TimeUnit.MINUTES).isSuccess();
        report.line(
                "%n%,d spans sent to %s; %,d not made, since calls were faster",
                sent.taken.get(), collector, telemetry.droppedSpans());
        report.check(ended && sent.refused.get() == 0, "%,d not taken there", sent.refused.get());
    }

    /** Counts what the collector took. */
    private record Counted(SpanExporter exporter, AtomicLong taken, AtomicLong refused) implements SpanExporter {
        Counted(SpanExporter exporter) {
            this(exporter, new AtomicLong(), new AtomicLong());
        }

        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            int count = spans.size();
            CompletableResultCode result = exporter.export(spans);
            return result.whenComplete(() -> (result.isSuccess() ? taken : refused).addAndGet(count));
        }

        @Override
        public CompletableResultCode flush() {
            return exporter.flush();
        }

        @Override
        public CompletableResultCode shutdown() {
            return exporter.shutdown();
        }
    }
}
