package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.CallCancelledException;
import dev.turnstile.CallTimeoutException;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.type.TypeReference;

/** A future of the plugin's gives its call up however it is completed, and its stages may do what they like. */
@ParameterizedClass
@MethodSource("dev.turnstile.plugin.Host#contract")
class PluginFuturesTest {
    @Parameter
    Host host;

    private static final Map<String, Object> BLOCK = Map.of("gate", 0);

    @RegisterExtension
    final Audit audit = new Audit();

    @TempDir
    Path directory;

    private NativeProbe probe;
    private SynchronizedPlugin plugin;

    /** The kinds of calls, each as a future. */
    enum Kind {
        TEXT,
        CLASS,
        TYPE,
        RAW;

        CompletableFuture<Object> echo(SynchronizedPlugin plugin) {
            return switch (this) {
                case RAW ->
                    plugin.requestRaw(1, new byte[] {1, 2, 3}).trySubmit().thenApply(Arrays::toString);
                default -> json(plugin, "echo", Map.of("message", "hello")).thenApply(Object::toString);
            };
        }

        /** The very future that the plugin returned, not a stage of it. */
        CompletableFuture<?> submit(SynchronizedPlugin plugin) {
            return this == RAW
                    ? plugin.requestRaw(1, new byte[] {1, 2, 3}).trySubmit()
                    : json(plugin, "echo", Map.of("message", "hello"));
        }

        CompletableFuture<?> submit(SynchronizedPlugin plugin, Duration limit) throws Exception {
            return switch (this) {
                case TEXT ->
                    plugin.request("echo", "{\"message\":\"hello\"}")
                            .within(limit)
                            .submit();
                case CLASS ->
                    plugin.request("echo", Map.of("message", "hello"))
                            .as(Map.class)
                            .within(limit)
                            .submit();
                case TYPE ->
                    plugin.request("echo", Map.of("message", "hello"))
                            .as(new TypeReference<Object>() {})
                            .within(limit)
                            .submit();
                case RAW ->
                    plugin.requestRaw(1, new byte[] {1, 2, 3}).within(limit).submit();
            };
        }

        CompletableFuture<?> json(SynchronizedPlugin plugin, String tag, Object request) {
            return switch (this) {
                case TEXT ->
                    plugin.request(tag, SerdeMapper.shared().writeValueAsString(request))
                            .trySubmit();
                case CLASS -> plugin.request(tag, request).as(Map.class).trySubmit();
                case TYPE ->
                    plugin.request(tag, request)
                            .as(new TypeReference<Map<String, Object>>() {})
                            .trySubmit();
                case RAW -> throw new AssertionError("not JSON");
            };
        }
    }

    /** The ways to complete a future from outside. */
    enum GivingUp {
        CANCEL,
        COMPLETE,
        COMPLETE_EXCEPTIONALLY,
        OR_TIMEOUT,
        COMPLETE_ON_TIMEOUT;

        @SuppressWarnings("unchecked") // nobody looks at the value
        void giveUp(CompletableFuture<?> future) {
            CompletableFuture<Object> any = (CompletableFuture<Object>) future;
            switch (this) {
                case CANCEL -> assertTrue(any.cancel(false));
                case COMPLETE -> assertTrue(any.complete("mine"));
                case COMPLETE_EXCEPTIONALLY -> assertTrue(any.completeExceptionally(new IllegalStateException("mine")));
                case OR_TIMEOUT -> any.orTimeout(1, TimeUnit.MILLISECONDS);
                case COMPLETE_ON_TIMEOUT -> any.completeOnTimeout("mine", 1, TimeUnit.MILLISECONDS);
            }
        }

        void assertOutcome(CompletableFuture<?> future, boolean started) {
            switch (this) {
                case COMPLETE, COMPLETE_ON_TIMEOUT -> assertEquals("mine", future.join());
                case COMPLETE_EXCEPTIONALLY -> assertInstanceOf(IllegalStateException.class, Caller.failureOf(future));
                case OR_TIMEOUT -> assertInstanceOf(TimeoutException.class, Caller.failureOf(future));
                case CANCEL ->
                    assertEquals(
                            started,
                            assertInstanceOf(CallCancelledException.class, Caller.failureOf(future))
                                    .started());
            }
            assertEquals(this == CANCEL, future.isCancelled());
        }
    }

    static Stream<Arguments> kindsAndWays() {
        return Arrays.stream(Kind.values())
                .flatMap(kind -> Arrays.stream(GivingUp.values()).map(way -> Arguments.of(kind, way)));
    }

    /** No raw message of the demo plugin waits in a gate. */
    static Stream<Arguments> jsonKindsAndWays() {
        return kindsAndWays().filter(arguments -> arguments.get()[0] != Kind.RAW);
    }

    @BeforeEach
    void load() throws InterruptedException {
        Path library = TestPlugins.privateCopy("turnstile_demo", directory);
        probe = host.probe(library);
        plugin = audit.watch(SynchronizedPlugin.load(
                library, PluginConfig.defaults(), host.inPlace(library).withCapacity(1)));
    }

    @AfterEach
    void letGo() {
        probe.openGate(0);
    }

    /** A call that stays in the plugin until the gate opens. */
    private CompletableFuture<?> block(Kind kind) {
        CompletableFuture<?> running = audit.watch(kind.json(plugin, "block", BLOCK));
        probe.awaitEntered(0, 1);
        return running;
    }

    private void assertThePluginSaw(int calls) {
        probe.openGate(0);
        assertTrue(plugin.close(Audit.PATIENCE).resourceClosed());
        assertEquals(calls, probe.count("calls"));
        assertEquals(0, probe.count("outstanding_buffers"));
        assertEquals(0, probe.count("overlaps"));
    }

    // ---- giving up ----

    @ParameterizedTest
    @MethodSource("kindsAndWays")
    void completedFromOutside_whileQueued_neverReachesThePlugin(Kind kind, GivingUp way) {
        CompletableFuture<?> running = block(Kind.TEXT);
        CompletableFuture<?> queued = audit.watch(kind.submit(plugin));
        assertEquals(1, plugin.pendingCount());
        way.giveUp(queued);
        way.assertOutcome(queued, false);
        Eventually.isTrue("the place is free", () -> plugin.pendingCount() == 0);

        assertFalse(running.isDone());
        assertThePluginSaw(1);
        assertEquals(1, plugin.stats().cancelled());
        assertEquals(1, plugin.stats().completed());
    }

    @ParameterizedTest
    @MethodSource("jsonKindsAndWays")
    void completedFromOutside_whileRunning_callRunsToItsEnd(Kind kind, GivingUp way) throws Exception {
        CompletableFuture<?> running = block(kind);
        way.giveUp(running);
        way.assertOutcome(running, true);

        assertEquals(1, plugin.stats().running());
        assertEquals(1, probe.count("inside"));
        CompletableFuture<?> next = audit.watch(kind.submit(plugin));
        assertEquals(1, plugin.pendingCount(), "the next call waits until the given up one has returned");
        probe.openGate(0);
        next.get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThePluginSaw(2);
        assertEquals(1, plugin.stats().cancelled());
        assertEquals(1, plugin.stats().completed());
    }

    /** Else a stage that calls again would wait for the place that its own call still has. */
    @ParameterizedTest
    @EnumSource
    void completedFromOutside_whileQueued_placeIsFreeBeforeTheStagesRun(GivingUp way) {
        block(Kind.TEXT);
        CompletableFuture<?> queued = audit.watch(Kind.TEXT.submit(plugin));
        CompletableFuture<Integer> pending = audit.watch(queued.handle((result, thrown) -> plugin.pendingCount()));
        way.giveUp(queued);

        assertEquals(
                0,
                pending.orTimeout(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS).join());
        assertThePluginSaw(1);
    }

    @ParameterizedTest
    @EnumSource
    void timedFuture_whoseLimitPassesInTheQueue_expiresAndNeverReachesThePlugin(Kind kind) throws Exception {
        block(Kind.TEXT);
        CallTimeoutException expired = assertInstanceOf(CallTimeoutException.class, expiry(kind));

        assertFalse(expired.started());
        assertEquals(0, plugin.pendingCount());
        assertThePluginSaw(1);
    }

    /** On a slow day the limit passes before there is a future. */
    private Throwable expiry(Kind kind) throws Exception {
        try {
            return Caller.failureOf(audit.watch(kind.submit(plugin, Duration.ofMillis(20))));
        } catch (CallTimeoutException atOnce) {
            return atOnce;
        }
    }

    @ParameterizedTest
    @EnumSource
    void future_thatIsDone_cannotBeGivenUp(Kind kind) throws Exception {
        CompletableFuture<?> done = audit.watch(kind.submit(plugin));
        Object result = done.get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS);

        assertFalse(done.cancel(true));
        assertFalse(done.complete(null));
        assertFalse(done.completeExceptionally(new IllegalStateException()));
        assertEquals(result, done.join());
        assertEquals(1, plugin.stats().completed());
        assertEquals(0, plugin.stats().cancelled());
    }

    // ---- stages ----

    @ParameterizedTest
    @EnumSource
    void stages_runOnVirtualThreadsNotOnTheWorker(Kind kind) {
        block(Kind.TEXT);
        CompletableFuture<Thread> stage =
                audit.watch(kind.submit(plugin).thenApply(result -> result == null ? null : Thread.currentThread()));
        probe.openGate(0);

        assertTrue(stage.join().isVirtual(), () -> stage.join().toString());
    }

    /** The tutorial's wrapper waits for itself here. */
    @ParameterizedTest
    @EnumSource
    void stage_thatCallsThePluginAgain_getsItsAnswer(Kind kind) {
        block(Kind.TEXT);
        CompletableFuture<Object> again = audit.watch(kind.submit(plugin)
                .thenApply(first -> {
                    try {
                        return plugin.call("echo", "{\"message\":\"inner\"}");
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                })
                .thenCompose(second -> kind.echo(plugin).thenApply(third -> second + " " + third)));
        probe.openGate(0);

        String third = kind == Kind.RAW
                ? "[1, 2, 3]"
                : kind == Kind.TEXT ? "{\"message\":\"hello\",\"length\":5}" : "{message=hello, length=5}";
        assertEquals("{\"message\":\"inner\",\"length\":5} " + third, again.join());
        assertThePluginSaw(4);
    }

    @Test
    void stage_thatThrows_harmsOnlyItself() {
        block(Kind.TEXT);
        CompletableFuture<Object> broken = audit.watch(Kind.CLASS.submit(plugin).thenApply(result -> {
            throw new StackOverflowError("as asked");
        }));
        probe.openGate(0);

        assertInstanceOf(
                StackOverflowError.class,
                assertThrows(CompletionException.class, broken::join).getCause());
        assertEquals("[1, 2, 3]", Kind.RAW.echo(plugin).join());
    }

    @Test
    void pluginsError_inAFuture_isTheExceptionItself() {
        CompletableFuture<String> future =
                audit.watch(plugin.request("fail", "{\"code\":7}").trySubmit());

        assertEquals(
                ErrorCode.HANDLER,
                assertInstanceOf(PluginException.class, Caller.failureOf(future))
                        .errorCode());
        assertFalse(future.isCancelled());
        assertTrue(future.isCompletedExceptionally());
    }
}
