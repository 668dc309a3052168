package dev.turnstile.resilience4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.CallCancelledException;
import dev.turnstile.CallInterruptedException;
import dev.turnstile.CallTimeoutException;
import dev.turnstile.ReentrantCallException;
import dev.turnstile.Refusals;
import dev.turnstile.TurnstileClosedException;
import dev.turnstile.TurnstileFullException;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.plugin.Capability;
import dev.turnstile.plugin.CodecException;
import dev.turnstile.plugin.ErrorCode;
import dev.turnstile.plugin.PluginException;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.SynchronizedPlugin;
import dev.turnstile.testing.Answer;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.ReceivedCall;
import dev.turnstile.testing.ScriptedPlugin;
import dev.turnstile.testing.VirtualTime;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.core.exception.AcquirePermissionCancelledException;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.timelimiter.TimeLimiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Resilience4j's own breaker, retry and limiters make of a plugin's calls. */
class TurnstileResilienceTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Answer OK = Answer.json("\"ok\"");

    @RegisterExtension
    final Audit audit = new Audit();

    private final VirtualTime time = new VirtualTime();
    private final ScriptedPlugin script = new ScriptedPlugin(time);
    private SynchronizedPlugin plugin;
    private CircuitBreaker breaker;

    @BeforeEach
    void open() throws InterruptedException {
        script.answer("ok", OK).answer("held", OK.held()).answer("panic", Answer.panic("as scripted"));
        plugin = audit.watch(script.open(
                PluginOptions.defaults().withGate(TurnstileOptions.defaults().withCapacity(1))));
        breaker = breaker(HOUR);
    }

    private CircuitBreaker breaker(Duration longestRun) {
        return CircuitBreaker.of(
                "test",
                TurnstileResilience.circuitBreakerConfig(plugin::stats, longestRun)
                        .slidingWindowSize(2)
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .build());
    }

    /** From here on whatever is in the plugin hangs: a run is measured in the true time. */
    private void losePatience() {
        breaker = breaker(Duration.ZERO);
    }

    @AfterEach
    void closeTheScript() {
        script.close();
    }

    // ---- helpers ----

    private <T> T guarded(Callable<T> call) throws Exception {
        return breaker.executeCallable(call);
    }

    private <X extends Throwable> X guardedFailure(Class<X> type, Callable<?> call) {
        return assertThrows(type, () -> guarded(call));
    }

    private void assertCounted(int failures, int successes) {
        assertEquals(
                List.of(failures, successes),
                List.of(
                        breaker.getMetrics().getNumberOfFailedCalls(),
                        breaker.getMetrics().getNumberOfSuccessfulCalls()),
                "failures and successes");
    }

    private List<String> received() {
        return script.calls().stream().map(ReceivedCall::target).toList();
    }

    /** Has a call hang in the plugin. */
    private CompletableFuture<String> hold() throws InterruptedException {
        CompletableFuture<String> held = audit.watch(plugin.submit("held", "{}"));
        script.awaitStarted("held");
        return held;
    }

    // ---- circuit breaker ----

    @Test
    void breaker_afterPanics_opens_andThePluginIsLeftAlone() {
        guardedFailure(PluginException.class, () -> plugin.call("panic", "{}"));
        guardedFailure(PluginException.class, () -> plugin.call("ok", "{}"));
        assertEquals(CircuitBreaker.State.OPEN, breaker.getState());

        guardedFailure(CallNotPermittedException.class, () -> plugin.call("ok", "{}"));
        assertEquals(List.of("panic", "ok"), received());
    }

    @ParameterizedTest
    @CsvSource({
        "1, failure", "2, failure", "3, failure", "4, success", "5, success", "6, success", "7, success",
        "8, failure", "9, success", "10, failure", "11, failure", "12, failure", "13, nothing", "14, success"
    })
    void errorOfThePlugin_countsByItsCode(long code, String as) {
        script.answer("tag", Answer.error(new ErrorCode(code), "as scripted"));
        guardedFailure(PluginException.class, () -> plugin.call("tag", "{}"));
        assertCounted(as.equals("failure") ? 1 : 0, as.equals("success") ? 1 : 0);
    }

    @Test
    void responseThatCannotBeRead_isASuccess() {
        guardedFailure(CodecException.class, () -> plugin.call("ok", "request", Map.class));
        assertCounted(0, 1);
    }

    @Test
    void whatTheCallerDidWrong_isNothing() throws Exception {
        guardedFailure(IllegalArgumentException.class, () -> plugin.call("", "{}"));
        List<Object> cycle = new ArrayList<>();
        cycle.add(cycle);
        guardedFailure(CodecException.class, () -> plugin.call("ok", cycle, String.class));
        script.answer("again", Answer.computed(request -> {
            guardedFailure(ReentrantCallException.class, () -> plugin.call("ok", "{}"));
            return "1";
        }));
        assertEquals("1", plugin.call("again", "{}"));
        SynchronizedPlugin lacking =
                audit.watch(script.without(Capability.RAW_CALLS).open());
        guardedFailure(UnsupportedOperationException.class, () -> lacking.callRaw(7, new byte[0]));
        assertCounted(0, 0);
    }

    @Test
    void fullLine_isNothing() throws Exception {
        hold();
        audit.watch(plugin.request("ok", "{}").trySubmit());
        guardedFailure(
                TurnstileFullException.class, () -> plugin.request("ok", "{}").tryCall());
        assertCounted(0, 0);
    }

    @Test
    void callGivenUp_isNothing() throws Exception {
        hold();
        Caller<String> interrupted = Caller.start(() -> guarded(() -> plugin.call("ok", "{}")));
        Eventually.isTrue("the call is in the line", () -> plugin.pendingCount() == 1);
        interrupted.interrupt();
        assertInstanceOf(CallInterruptedException.class, interrupted.failure());

        CompletableFuture<String> cancelled = plugin.submit("ok", "{}");
        CompletableFuture<String> seen =
                breaker.executeCompletionStage(() -> cancelled).toCompletableFuture();
        cancelled.cancel(false);
        assertInstanceOf(CallCancelledException.class, Caller.failureOf(seen));
        assertCounted(0, 0);
    }

    @Test
    void closedGate_isNothing_butADeadWorkerIsAFailure() {
        plugin.close();
        guardedFailure(TurnstileClosedException.class, () -> plugin.call("ok", "{}"));
        assertCounted(0, 0);

        guardedFailure(TurnstileClosedException.class, () -> {
            throw Refusals.byADeadWorker();
        });
        assertCounted(1, 0);
    }

    @Test
    void whatIsNotKnown_isAFailure_alsoOutOfAFuture() {
        script.answer("broken", Answer.computed(request -> {
            throw new IllegalStateException("as from a binding that fails");
        }));
        guardedFailure(IllegalStateException.class, () -> plugin.call("broken", "{}"));
        guardedFailure(
                ExecutionException.class, () -> plugin.submit("broken", "{}").get());
        assertCounted(2, 0);
    }

    /** Also a call that had begun: it may have begun just before its limit passed. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void limitThatPasses_whileThePluginIsNotLongAtACall_isNothing(boolean begun) throws Exception {
        if (!begun) {
            hold();
        }
        Caller<String> caller = Caller.start(() -> guarded(() -> plugin.call("held", "{}", LIMIT)));
        script.awaitStarted("held");
        time.awaitParked(1);
        time.advance(LIMIT);
        assertEquals(
                begun,
                assertInstanceOf(CallTimeoutException.class, caller.failure()).started());
        assertCounted(0, 0);
    }

    /** One call is in it, the others wait behind: it is they whose limits pass. */
    @Test
    void limitsThatPass_whileThePluginHangs_openTheBreaker() throws Exception {
        losePatience();
        Caller<String> hangs = Caller.start(() -> guarded(() -> plugin.call("held", "{}", LIMIT)));
        script.awaitStarted("held");
        Caller<String> behind = Caller.start(() -> guarded(() -> plugin.call("ok", "{}", LIMIT)));
        time.awaitParked(2);
        time.advance(LIMIT);

        assertTrue(assertInstanceOf(CallTimeoutException.class, hangs.failure()).started());
        assertFalse(
                assertInstanceOf(CallTimeoutException.class, behind.failure()).started());
        assertCounted(2, 0);
        assertEquals(CircuitBreaker.State.OPEN, breaker.getState());
    }

    @Test
    void limitThatPasses_whileNothingIsInThePlugin_isNothing() {
        losePatience();
        guardedFailure(CallTimeoutException.class, () -> plugin.call("ok", "{}", Duration.ZERO));
        assertCounted(0, 0);
    }

    @Test
    void halfOpenBreaker_isDecidedByTheProbe_notByARefusal() throws Exception {
        breaker.transitionToOpenState();
        breaker.transitionToHalfOpenState();
        CompletableFuture<String> held = hold();
        CompletableFuture<String> next = plugin.request("ok", "{}").trySubmit();
        guardedFailure(
                TurnstileFullException.class, () -> plugin.request("ok", "{}").tryCall());
        assertEquals(CircuitBreaker.State.HALF_OPEN, breaker.getState());
        script.release("held");
        held.get();
        next.get();

        assertEquals("\"ok\"", guarded(() -> plugin.call("ok", "{}")));
        assertEquals(CircuitBreaker.State.CLOSED, breaker.getState());

        breaker.transitionToOpenState();
        breaker.transitionToHalfOpenState();
        guardedFailure(PluginException.class, () -> plugin.call("panic", "{}"));
        assertEquals(CircuitBreaker.State.OPEN, breaker.getState());
    }

    // ---- retry ----

    private static Retry retry() {
        return Retry.of(
                "test",
                TurnstileResilience.<String>retryConfig()
                        .waitDuration(Duration.ZERO)
                        .build());
    }

    @Test
    void retry_ofARefusedCall_makesItOnce() throws Exception {
        CompletableFuture<String> held = hold();
        CompletableFuture<String> next = plugin.request("held", "{}").trySubmit();
        Retry retry = retry();
        retry.getEventPublisher().onRetry(again -> {
            script.release("held");
            script.release("held");
            held.join();
            next.join();
        });
        assertEquals(
                "\"ok\"",
                retry.executeCallable(
                        () -> guarded(() -> plugin.request("ok", "{}").tryCall())));
        assertEquals(1, retry.getMetrics().getNumberOfSuccessfulCallsWithRetryAttempt());
        assertEquals(List.of("held", "held", "ok"), received());
    }

    @Test
    void retry_ofWhatThePluginHadNoRoomFor_asksItAgain() throws Exception {
        script.answer("tag", Answer.error(ErrorCode.TOO_MANY_REQUESTS, "busy"), OK);
        assertEquals(
                "\"ok\"",
                retry().executeCallable(() -> plugin.request("tag", "{}").tryCall()));
        assertEquals(List.of("tag", "tag"), received());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14})
    void retry_ofACallThatThePluginGot_doesNotMakeItAgain(long code) {
        script.answer("tag", Answer.error(new ErrorCode(code), "as scripted"));
        assertThrows(
                PluginException.class,
                () -> retry().executeCallable(() -> plugin.request("tag", "{}").tryCall()));
        assertEquals(List.of("tag"), received());
    }

    @Test
    void retry_ofAPoisonCall_doesNotMakeItAgain() {
        assertThrows(
                PluginException.class,
                () -> retry().executeCallable(
                                () -> plugin.request("panic", "{}").tryCall()));
        assertEquals(List.of("panic"), received());
    }

    @Test
    void retry_ofACallThatExpired_orCameToAClosedGate_orAnOpenBreaker_isNone() throws Exception {
        Retry retry = retry();
        hold();
        assertThrows(
                CallTimeoutException.class, () -> retry.executeCallable(() -> plugin.call("ok", "{}", Duration.ZERO)));
        breaker.transitionToOpenState();
        assertThrows(
                CallNotPermittedException.class,
                () -> retry.executeCallable(
                        () -> guarded(() -> plugin.request("ok", "{}").tryCall())));
        script.release("held");
        plugin.close();
        assertThrows(
                TurnstileClosedException.class,
                () -> retry.executeCallable(() -> plugin.request("ok", "{}").tryCall()));
        assertEquals(3, retry.getMetrics().getNumberOfFailedCallsWithoutRetryAttempt());
    }

    // ---- rate limiter: in front of the gate ----

    @Test
    void rateLimiter_waitsBeforeAPlaceIsTaken_andIsGivenUpByAnInterrupt() throws Exception {
        RateLimiter limiter = RateLimiter.of(
                "test",
                RateLimiterConfig.custom()
                        .limitForPeriod(1)
                        .limitRefreshPeriod(HOUR)
                        .timeoutDuration(HOUR)
                        .build());
        Callable<String> call = RateLimiter.decorateCallable(limiter, () -> guarded(() -> plugin.call("ok", "{}")));
        assertEquals("\"ok\"", call.call());
        Caller<String> next = Caller.start(call);
        Eventually.isTrue("the next one waits", () -> limiter.getMetrics().getNumberOfWaitingThreads() == 1);
        assertEquals(0, plugin.stats().pending() + plugin.stats().waiting());

        next.interrupt();
        assertInstanceOf(AcquirePermissionCancelledException.class, next.failure());
        assertEquals(1, plugin.stats().accepted());
        assertCounted(0, 1);
    }

    // ---- time limiter: cancels the future ----

    private TimeoutException expired(Supplier<CompletableFuture<String>> submitting) {
        return assertThrows(
                TimeoutException.class,
                () -> guarded(() -> TimeLimiter.of(Duration.ZERO).executeFutureSupplier(submitting)));
    }

    @Test
    void timeLimiter_takesACallOutOfTheLine() throws Exception {
        CompletableFuture<String> held = hold();
        expired(() -> audit.watch(plugin.request("ok", "{}").trySubmit()));
        assertEquals(0, plugin.pendingCount());
        assertEquals(1, plugin.stats().cancelled());
        assertCounted(0, 0);

        losePatience();
        expired(() -> audit.watch(plugin.request("ok", "{}").trySubmit()));
        assertCounted(1, 0);
        script.release("held");
        held.get();
        plugin.close();
        assertEquals(List.of("held"), received());
    }

    @Test
    void timeLimiter_dropsACallThatHasBegun() throws Exception {
        CompletableFuture<?>[] begun = new CompletableFuture<?>[1];
        expired(() -> {
            try {
                CompletableFuture<String> held = hold();
                begun[0] = held;
                return held;
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        });
        assertTrue(assertInstanceOf(CallCancelledException.class, Caller.failureOf(begun[0]))
                .started());
        assertEquals(1, plugin.stats().running(), "it runs to its end");
        script.release("held");
        assertEquals("\"ok\"", plugin.call("ok", "{}"));
        assertEquals(1, plugin.stats().cancelled());
    }

    /** Why a call's own limit is better: that takes it out of the line. */
    @Test
    void timeLimiter_whoseThreadIsInterrupted_leavesTheCallInTheLine() throws Exception {
        hold();
        Caller<String> caller = Caller.start(() -> TimeLimiter.of(HOUR)
                .executeFutureSupplier(
                        () -> audit.watch(plugin.request("ok", "{}").trySubmit())));
        Eventually.isTrue("the call is in the line", () -> plugin.pendingCount() == 1);
        caller.interrupt();
        assertInstanceOf(InterruptedException.class, caller.failure());
        assertEquals(1, plugin.pendingCount());
        script.release("held");
        script.awaitStarted("ok");
    }
}
