package dev.turnstile.opentelemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.CallInterruptedException;
import dev.turnstile.CallListener;
import dev.turnstile.CallReport;
import dev.turnstile.ContextCarrier;
import dev.turnstile.FanOut;
import dev.turnstile.JoinPolicy;
import dev.turnstile.Turnstile;
import dev.turnstile.TurnstileFullException;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.plugin.Isolation;
import dev.turnstile.plugin.LogLevel;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginException;
import dev.turnstile.plugin.PluginLogLine;
import dev.turnstile.plugin.PluginLogListener;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.PluginPool;
import dev.turnstile.plugin.SynchronizedPlugin;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.EntryPoint;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.HeldGate;
import dev.turnstile.testing.TestPlugins;
import dev.turnstile.testing.Uninterruptibly;
import dev.turnstile.testing.Witness;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each call has one span, with the caller's as its parent, and the span says what became of the call. */
@Tag("any-java")
class TurnstileTelemetryTest {
    @RegisterExtension
    final Audit audit = new Audit();

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final InMemoryMetricReader metrics = InMemoryMetricReader.create();
    private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                    .build())
            .setMeterProvider(
                    SdkMeterProvider.builder().registerMetricReader(metrics).build())
            .build();
    private final Tracer tracer = sdk.getTracer("test");
    private final TurnstileTelemetry telemetry = TurnstileTelemetry.of(sdk, "gate");

    @AfterEach
    void close() {
        sdk.close();
    }

    private TurnstileOptions options() {
        return telemetry.addTo(TurnstileOptions.defaults());
    }

    private Turnstile<Witness> open() throws InterruptedException {
        return audit.watch(Turnstile.<Witness, RuntimeException>open(Witness::new, Witness::close, options()));
    }

    /** Waits until there are so many spans. */
    private List<SpanData> spans(int count) {
        Eventually.isTrue(
                () -> count + " spans: " + exporter.getFinishedSpanItems(),
                () -> exporter.getFinishedSpanItems().size() >= count);
        List<SpanData> all = exporter.getFinishedSpanItems();
        assertEquals(count, all.size());
        return all;
    }

    private SpanData span() {
        return spans(1).getFirst();
    }

    private static String string(SpanData span, String key) {
        return span.getAttributes().get(AttributeKey.stringKey(key));
    }

    private static Boolean bool(SpanData span, String key) {
        return span.getAttributes().get(AttributeKey.booleanKey(key));
    }

    private static Long number(SpanData span, String key) {
        return span.getAttributes().get(AttributeKey.longKey(key));
    }

    private static Double seconds(SpanData span, String key) {
        return span.getAttributes().get(AttributeKey.doubleKey(key));
    }

    private static List<String> events(SpanData span) {
        return span.getEvents().stream().map(EventData::getName).toList();
    }

    @ParameterizedTest
    @EnumSource
    void call_hasASpan_belowTheCallers(EntryPoint entry) throws Throwable {
        Turnstile<Witness> gate = open();
        Span caller = tracer.spanBuilder("caller").startSpan();
        try (Scope scope = caller.makeCurrent()) {
            assertSame(caller, entry.run(gate, resource -> Span.current()), scope.toString());
        }
        SpanData span = span();
        assertEquals("gate", span.getName());
        assertEquals(SpanKind.INTERNAL, span.getKind());
        assertEquals(caller.getSpanContext().getSpanId(), span.getParentSpanId());
        assertEquals(caller.getSpanContext().getTraceId(), span.getTraceId());
        assertEquals("gate", string(span, "turnstile.gate"));
        assertNull(string(span, "turnstile.tag"));
        assertEquals("completed", string(span, "turnstile.outcome"));
        assertEquals(true, bool(span, "turnstile.accepted"));
        assertEquals(true, bool(span, "turnstile.started"));
        assertEquals(1, number(span, "turnstile.instance"));
        assertEquals(StatusCode.UNSET, span.getStatus().getStatusCode());
        assertEquals(List.of("turnstile.started"), events(span));
        long startedAt = span.getEvents().getFirst().getEpochNanos();
        assertEquals(seconds(span, "turnstile.wait.duration"), (startedAt - span.getStartEpochNanos()) / 1e9);
        assertEquals(seconds(span, "turnstile.run.duration"), (span.getEndEpochNanos() - startedAt) / 1e9);
        caller.end();
    }

    @Test
    void callWithoutACurrentSpan_isARootSpan() throws Exception {
        open().request((Witness resource) -> resource.use(1)).tagged("use").call();
        SpanData span = span();
        assertEquals("gate use", span.getName());
        assertEquals("use", string(span, "turnstile.tag"));
        assertFalse(span.getParentSpanContext().isValid());
    }

    @Test
    void failingCall_isAnError_withWhatItThrew() throws Exception {
        Turnstile<Witness> gate = open();
        assertThrows(
                LinkageError.class,
                () -> gate.call(resource -> {
                    throw new LinkageError("as told");
                }));
        SpanData span = span();
        assertEquals("failed", string(span, "turnstile.outcome"));
        assertEquals("java.lang.LinkageError", string(span, "error.type"));
        assertEquals(StatusCode.ERROR, span.getStatus().getStatusCode());
        assertEquals(List.of("turnstile.started", "exception"), events(span));
        assertEquals(
                "as told", span.getEvents().get(1).getAttributes().get(AttributeKey.stringKey("exception.message")));
    }

    @Test
    void failureThatCannotDescribeItself_hasItsSpanNevertheless() throws Exception {
        Turnstile<Witness> gate = open();
        assertThrows(
                IllegalStateException.class,
                () -> gate.call(resource -> {
                    throw new IllegalStateException() {
                        private static final long serialVersionUID = 1L;

                        @Override
                        public String getMessage() {
                            throw new UnsupportedOperationException("no message");
                        }
                    };
                }));
        SpanData span = span();
        assertEquals(StatusCode.ERROR, span.getStatus().getStatusCode());
        assertEquals(List.of("turnstile.started", "exception"), events(span));
    }

    @Test
    void refusedExpiredAndCancelledCalls_haveSpans_thatNeverStarted() throws Exception {
        HeldGate held = HeldGate.open(audit, options().withCapacity(2));
        Turnstile<Witness> gate = held.gate();
        CompletableFuture<Integer> cancelled = gate.request((Witness resource) -> resource.use(1))
                .tagged("cancelled")
                .submit();
        CompletableFuture<Integer> expired = gate.request((Witness resource) -> resource.use(1))
                .tagged("expired")
                .within(Duration.ofMillis(1))
                .submit();
        assertThrows(
                TurnstileFullException.class,
                () -> gate.request((Witness resource) -> resource.use(1))
                        .tagged("refused")
                        .tryCall());
        cancelled.cancel(false);
        assertThrows(RuntimeException.class, expired::join);
        Map<String, SpanData> spans =
                spans(3).stream().collect(Collectors.toMap(span -> string(span, "turnstile.tag"), span -> span));
        for (String tag : List.of("cancelled", "expired", "refused")) {
            SpanData span = spans.get(tag);
            assertEquals(tag, string(span, "turnstile.outcome"));
            assertEquals(false, bool(span, "turnstile.started"));
            assertEquals(!tag.equals("refused"), bool(span, "turnstile.accepted"));
            assertNull(number(span, "turnstile.instance"));
            assertNull(seconds(span, "turnstile.run.duration"));
            assertEquals(tag.equals("cancelled") ? null : tag, string(span, "error.type"));
            assertEquals(
                    tag.equals("cancelled") ? StatusCode.UNSET : StatusCode.ERROR,
                    span.getStatus().getStatusCode());
            assertEquals(List.of(), events(span));
        }
        held.release();
    }

    @Test
    void callGivenUpWhileItRuns_hasASpanWhenItHasReturned() throws Exception {
        Turnstile<Witness> gate = open();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch latch = audit.latch();
        Caller<Object> caller = Caller.start(() -> gate.call(resource -> {
            resource.hold(entered, latch);
            return 0;
        }));
        entered.await();
        caller.interrupt();
        assertInstanceOf(CallInterruptedException.class, caller.failure());
        assertEquals(List.of(), exporter.getFinishedSpanItems());
        latch.countDown();
        SpanData span = span();
        assertEquals("cancelled", string(span, "turnstile.outcome"));
        assertEquals(true, bool(span, "turnstile.started"));
        assertEquals(1, number(span, "turnstile.instance"));
    }

    @Test
    void forksAndStages_haveTheCallersSpan() throws Exception {
        Turnstile<Witness> gate = open();
        Span caller = tracer.spanBuilder("caller").startSpan();
        String id = caller.getSpanContext().getSpanId();
        try (Scope scope = caller.makeCurrent();
                FanOut<Witness, Integer> block = gate.fanOut(JoinPolicy.ALL_OR_CANCEL)) {
            for (int i = 0; i < 3; i++) {
                block.fork(resource -> resource.use(1));
            }
            block.join();
            CompletableFuture<String> stage = audit.watch(gate.submit(resource -> 0)
                    .thenApply(unused -> Span.current().getSpanContext().getSpanId()));
            assertEquals(id, stage.join(), scope.toString());
        }
        assertEquals(
                Set.of(id), spans(4).stream().map(SpanData::getParentSpanId).collect(Collectors.toSet()));
    }

    // ---- plugins ----

    private PluginOptions pluginOptions() {
        return telemetry
                .addTo(PluginOptions.defaults())
                .withLogListener(telemetry.logEvents(PluginLogListener.slf4j()));
    }

    @Test
    void pool_saysWhichInstanceRanTheCall_andTheSizes() throws Exception {
        PluginPool pool = audit.watch(PluginPool.load(TestPlugins.demo(), 2, PluginConfig.defaults(), pluginOptions()));
        for (int i = 0; i < 20; i++) {
            pool.withKey(i).call("echo", "{\"message\":\"hi\"}");
        }
        List<SpanData> spans = spans(20);
        assertEquals(
                Set.of(1L, 2L),
                spans.stream().map(span -> number(span, "turnstile.instance")).collect(Collectors.toSet()));
        assertEquals(16, number(spans.getFirst(), "turnstile.request.size"));
        assertTrue(number(spans.getFirst(), "turnstile.response.size") > 0);
        assertEquals("gate echo", spans.getFirst().getName());
    }

    @Test
    void errorOfAPlugin_isRecordedAsItsCallerGotIt() throws Exception {
        SynchronizedPlugin plugin =
                audit.watch(SynchronizedPlugin.load(TestPlugins.demo(), PluginConfig.defaults(), pluginOptions()));
        assertThrows(PluginException.class, () -> plugin.call("nothing of that name", "{}"));
        assertEquals(PluginException.class.getName(), string(span(), "error.type"));
    }

    @Test
    void linesOfACall_areEventsOfItsSpan_orSpansBelowIt() throws Exception {
        linesAreKept(PluginOptions.defaults());
    }

    @Test
    @Tag("slow")
    void linesOfACallInAProcess_areEventsOfItsSpan_orSpansBelowIt() throws Exception {
        linesAreKept(PluginOptions.defaults().withIsolation(Isolation.process()));
    }

    private void linesAreKept(PluginOptions options) throws Exception {
        SynchronizedPlugin plugin = audit.watch(SynchronizedPlugin.load(
                TestPlugins.demo(),
                PluginConfig.defaults(),
                telemetry.addTo(options).withLogListener(telemetry.logEvents(PluginLogListener.slf4j()))));
        int calls = 20;
        for (int i = 0; i < calls; i++) {
            plugin.call("log", "{\"from\":\"caller\",\"level\":2,\"target\":\"t\",\"message\":\"line " + i + "\"}");
        }
        assertTrue(plugin.flushLog(Audit.PATIENCE));
        Eventually.isTrue(
                () -> "a line for each call: " + exporter.getFinishedSpanItems(),
                () -> lines().size() >= calls && spansOfCalls().size() >= calls);
        assertEquals(calls, lines().size());
        assertEquals(calls, spansOfCalls().size());
        Set<String> ofCalls = spansOfCalls().stream().map(SpanData::getSpanId).collect(Collectors.toSet());
        exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals("log"))
                .forEach(late -> assertTrue(ofCalls.contains(late.getParentSpanId()), late::toString));
    }

    private List<SpanData> spansOfCalls() {
        return exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals("gate log"))
                .toList();
    }

    /** The messages of all lines, as events and as spans. */
    private Set<String> lines() {
        AttributeKey<String> message = AttributeKey.stringKey("log.message");
        Set<String> messages = spansOfCalls().stream()
                .flatMap(span -> span.getEvents().stream())
                .filter(event -> event.getName().equals("log"))
                .map(event -> event.getAttributes().get(message))
                .collect(Collectors.toSet());
        exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals("log"))
                .map(span -> span.getAttributes().get(message))
                .forEach(messages::add);
        return messages;
    }

    /** Whichever of the two comes first. */
    @Test
    void linesThatComeTooLateOrAreTooMany_areToldToo() {
        CallSpans spans = new CallSpans(tracer, "gate");
        CallLines lines = new CallLines();
        for (int i = 0; i < 103; i++) {
            lines.add(PluginLogLine.of(LogLevel.WARN, "t", "early " + i), spans);
        }
        Span span = tracer.spanBuilder("call").startSpan();
        lines.end(span);
        span.end();
        lines.add(PluginLogLine.of(LogLevel.WARN, "t", "late"), spans);

        List<SpanData> all = spans(2);
        assertEquals(3, number(all.get(0), "turnstile.log.dropped"));
        assertEquals(100, all.get(0).getTotalRecordedEvents());
        assertEquals("log", all.get(1).getName());
        assertEquals("late", string(all.get(1), "log.message"));
        assertEquals("WARN", string(all.get(1), "log.severity"));
        assertEquals(span.getSpanContext().getSpanId(), all.get(1).getParentSpanId());
    }

    /** An SDK keeps so many events of a span, and drops what comes later. */
    @Test
    void exceptionOfACallWithManyLines_isAmongItsEvents() throws Exception {
        CallSpans spans = new CallSpans(tracer, "gate");
        CallLines lines = new CallLines();
        for (int i = 0; i < 1000; i++) {
            lines.add(PluginLogLine.of(LogLevel.WARN, "t", "line " + i), spans);
        }
        LinkedBlockingQueue<CallReport> reports = new LinkedBlockingQueue<>();
        CallListener listener = new CallListener() {
            @Override
            public void onEnd(CallReport report) {
                reports.add(report);
            }
        };
        Turnstile<Witness> gate = audit.watch(Turnstile.<Witness, RuntimeException>open(
                Witness::new, Witness::close, TurnstileOptions.defaults().withListeners(listener)));
        assertThrows(
                LinkageError.class,
                () -> gate.call(resource -> {
                    throw new LinkageError("as told");
                }));
        spans.record(Eventually.next("the report", reports), Context.root(), lines);
        SpanData span = span();
        assertTrue(events(span).contains("exception"), () -> events(span).toString());
        assertEquals(900, number(span, "turnstile.log.dropped"));
        assertEquals(span.getTotalRecordedEvents(), span.getEvents().size());
    }

    // ---- what an action or another carrier does ----

    @Test
    @SuppressWarnings("MustBeClosedChecker")
    void scopeThatAnActionForgets_isNotCurrentForOthers() throws Exception {
        Turnstile<Witness> gate = open();
        Span forgotten = tracer.spanBuilder("forgotten").startSpan();
        Scope[] scopes = new Scope[1];
        gate.call(resource -> {
            scopes[0] = forgotten.makeCurrent();
            return 0;
        });
        Span seen = gate.call(resource -> Span.current());
        assertFalse(seen.getSpanContext().isValid(), "by a caller that has no span");
        assertFalse(spans(2).get(1).getParentSpanContext().isValid());
        assertEquals(2, spans(2).stream().map(SpanData::getTraceId).distinct().count());
    }

    @Test
    void carrierThatCannotRestore_leavesTheSpanItsParent() throws Exception {
        ContextCarrier broken = () -> code -> {
            throw new SecurityException("as it restores");
        };
        Turnstile<Witness> gate = audit.watch(Turnstile.<Witness, RuntimeException>open(
                Witness::new,
                Witness::close,
                telemetry.addTo(TurnstileOptions.defaults().withContextCarriers(broken))));
        Span caller = tracer.spanBuilder("caller").startSpan();
        try (Scope scope = caller.makeCurrent()) {
            assertThrows(SecurityException.class, () -> gate.call(resource -> scope));
        }
        assertEquals(caller.getSpanContext().getSpanId(), span().getParentSpanId());
    }

    // ---- too many, or nobody ----

    @Test
    void droppedReports_areCounted() throws Exception {
        CountDownLatch stop = audit.latch();
        LinkedBlockingQueue<Long> dropped = new LinkedBlockingQueue<>();
        CallListener slow = new CallListener() {
            @Override
            public void onEnd(CallReport report) {
                Uninterruptibly.await(stop);
            }

            @Override
            public void onDropped(long count) {
                dropped.add(count);
            }
        };
        telemetry.addTo(TurnstileOptions.defaults()).listeners().getLast().onDropped(5);
        assertEquals(5, telemetry.droppedSpans());
        assertEquals(
                5,
                metrics.collectAllMetrics().stream()
                        .filter(metric -> metric.getName().equals("turnstile.spans.dropped"))
                        .findFirst()
                        .orElseThrow()
                        .getLongSumData()
                        .getPoints()
                        .iterator()
                        .next()
                        .getValue());

        Turnstile<Witness> gate = audit.watch(Turnstile.<Witness, RuntimeException>open(
                Witness::new, Witness::close, TurnstileOptions.defaults().withListeners(slow)));
        for (int i = 0; i < 8192 + 100; i++) {
            gate.call(resource -> 0);
        }
        stop.countDown();
        assertTrue(Eventually.next("the number of dropped reports", dropped) >= 90);
    }

    @Test
    void withoutATracer_nothingIsAdded() {
        TurnstileTelemetry noop = TurnstileTelemetry.of(OpenTelemetry.noop(), "gate");
        TurnstileOptions gate = TurnstileOptions.defaults();
        assertSame(gate, noop.addTo(gate));
        assertEquals(PluginOptions.defaults(), noop.addTo(PluginOptions.defaults()));
        assertSame(PluginLogListener.slf4j(), noop.logEvents(PluginLogListener.slf4j()));
        assertTrue(noop.toString().contains("no-op"));
    }

    @Test
    void listenersAndCarriersThatAreThere_stay() {
        CallListener listener = new CallListener() {};
        TurnstileOptions options = telemetry.addTo(
                TurnstileOptions.defaults().withListeners(listener).withContextCarriers(() -> null));
        assertEquals(2, options.listeners().size());
        assertSame(listener, options.listeners().getFirst());
        assertEquals(2, options.contextCarriers().size());
        List<Object> all = new ArrayList<>(options.listeners());
        all.addAll(telemetry.addTo(TurnstileOptions.defaults()).listeners());
        assertEquals(3, all.size());
    }
}
