package dev.turnstile.resilience4j;

import dev.turnstile.CallTimeoutException;
import dev.turnstile.ReentrantCallException;
import dev.turnstile.TurnstileClosedException;
import dev.turnstile.TurnstileFullException;
import dev.turnstile.TurnstileStats;
import dev.turnstile.plugin.CodecException;
import dev.turnstile.plugin.ErrorCode;
import dev.turnstile.plugin.PluginException;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Begins the configuration of a circuit breaker and of a retry around the calls of a plugin, with the right failures. The methods do
 * not block, have no state, and may be called from any thread.
 *
 * <p>Put the breaker next to the plugin, and the retry and a rate limiter around the breaker: their refusals are not failures of the
 * plugin. A rate limiter needs no configuration here.
 *
 * <p>For a time limit, prefer the {@code Duration} of the call to a {@code TimeLimiter}. A {@code TimeLimiter} starts when {@code submit} has
 * returned, so it leaves out the wait for a place; it cannot say whether the plugin had begun; and if the thread is interrupted, it leaves the
 * call in the line. When its time has passed, it does cancel the future, and the call is given up.
 */
@SuppressWarnings("exports") // of Resilience4j: if required transitively, every user of the library would need it
public final class TurnstileResilience {
    /** The errors of a plugin that is broken or cannot work for now. With any other error it has worked, and refused the request. */
    private static final Set<ErrorCode> OF_A_SICK_PLUGIN = Set.of(
            ErrorCode.INVALID_STATE,
            ErrorCode.INIT_FAILED,
            ErrorCode.SHUTDOWN_FAILED,
            ErrorCode.RUNTIME,
            ErrorCode.TIMEOUT,
            ErrorCode.INTERNAL,
            ErrorCode.FFI);

    private TurnstileResilience() {}

    /**
     * Begins the configuration of a circuit breaker that opens when the plugin is sick.
     *
     * <table>
     * <caption>What a call says of the plugin</caption>
     * <tr><th>counts as</th><th>outcome</th></tr>
     * <tr><td>a failure</td><td>{@link PluginException} with the code of a broken plugin (1, 2, 3, 8, 11, 12), for example after a panic, or of a
     *     plugin that exceeded its own time limit (10); {@link TurnstileClosedException} of a worker that died; a time limit that passed while the
     *     plugin hung; anything not named here</td></tr>
     * <tr><td>a success</td><td>a result; {@code PluginException} with another code: the plugin has answered; {@link CodecException} of a
     *     response: a caller that asks for the wrong type must not shut out others</td></tr>
     * <tr><td>nothing</td><td>{@link TurnstileFullException} and code 13: too many callers do not make a plugin sick; a time limit
     *     that passed otherwise; interrupts and cancelled futures; {@code TurnstileClosedException} of a gate that was closed; mistakes of the
     *     caller: {@code CodecException} of a request, {@link ReentrantCallException}, {@link IllegalArgumentException}, {@link
     *     UnsupportedOperationException}</td></tr>
     * </table>
     *
     * <p>If a plugin hangs, one call has begun and the limits of all others pass in the line. If a healthy plugin has a long line, calls may begin
     * just before their limit passes. So when a limit passes, it does not matter whether that call had begun, but how long the running call has been
     * in the plugin.
     *
     * <p>A plugin that has panicked stays broken: the breaker closes again when its calls go to a newly loaded plugin.
     *
     * <p>The breaker's own measure of slow calls includes the wait in the line: a long line can make all calls slow.
     *
     * @param stats the stats of the plugin, for example {@code plugin::stats}
     * @param longestRun how long a call in the plugin may take; a call that takes longer hangs
     * @return a builder, otherwise as {@link CircuitBreakerConfig#custom()}; exception classes that are added to it count as well
     */
    public static CircuitBreakerConfig.Builder circuitBreakerConfig(
            Supplier<TurnstileStats> stats, Duration longestRun) {
        Objects.requireNonNull(stats, "stats");
        Objects.requireNonNull(longestRun, "longestRun");
        return CircuitBreakerConfig.custom()
                .ignoreException(
                        thrown -> (thrown instanceof CallTimeoutException || thrown instanceof TimeoutException)
                                ? stats.get().times().inFlight().compareTo(longestRun) <= 0
                                : isNoSign(thrown))
                .recordException(TurnstileResilience::isFailure);
    }

    /**
     * Begins the configuration of a retry that never makes the plugin do a thing twice. It retries only calls that were refused for lack of room: by
     * the gate ({@link TurnstileFullException}) or by the plugin (code 13, which says that it did not accept the request). Other failures are not
     * retried: a call that made the plugin panic would do so again, a call that had begun may have had its effect, an expired time limit
     * stays expired, and a closed gate stays closed.
     *
     * <p>It is for {@code tryCall}; {@code call} waits for a place anyway. The retry of a {@code CompletionStage} never sees what {@code trySubmit}
     * throws.
     *
     * @param <T> the type of the results
     * @return a builder, otherwise as {@link RetryConfig#custom()}
     */
    public static <T> RetryConfig.Builder<T> retryConfig() {
        return RetryConfig.<T>custom().retryOnException(TurnstileResilience::isRefusedForLackOfRoom);
    }

    /** Says whether an exception says nothing about the plugin's health. */
    private static boolean isNoSign(Throwable thrown) {
        if (thrown instanceof CodecException unreadable) {
            return !unreadable.pluginRan();
        }
        if (thrown instanceof TurnstileClosedException closed) {
            return closed.getCause() == null;
        }
        return isRefusedForLackOfRoom(thrown)
                || thrown instanceof InterruptedException
                || thrown instanceof CancellationException
                || thrown instanceof ReentrantCallException
                || thrown instanceof IllegalArgumentException
                || thrown instanceof UnsupportedOperationException;
    }

    /** Says whether an exception that is a sign is a bad one. */
    private static boolean isFailure(Throwable thrown) {
        return thrown instanceof PluginException answer
                ? OF_A_SICK_PLUGIN.contains(answer.errorCode())
                : !(thrown instanceof CodecException);
    }

    private static boolean isRefusedForLackOfRoom(Throwable thrown) {
        return thrown instanceof TurnstileFullException
                || (thrown instanceof PluginException answer
                        && answer.errorCode().equals(ErrorCode.TOO_MANY_REQUESTS));
    }
}
