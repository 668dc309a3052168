package dev.turnstile.resilience4j;

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
 * Begins the configuration of a circuit breaker and of a retry round the calls of a plugin: with the right failures. Nothing here
 * blocks or has a state; all methods may be called from any thread.
 *
 * <p>The breaker goes next to the plugin, the retry and a rate limiter round the breaker: what they refuse is no failure of the
 * plugin. For a rate limiter there is nothing to configure here.
 *
 * <p>A time limit is better the {@code Duration} of the call than a {@code TimeLimiter}. That one's time begins when {@code submit} has
 * returned, and so leaves out the wait for a place; it cannot say whether the plugin had begun; and when the thread is interrupted it leaves the
 * call in the line. When its time has passed, though, it cancels the future, and the call is given up.
 */
@SuppressWarnings("exports") // of Resilience4j: passed on, every module that uses the library would have to have it
public final class TurnstileResilience {
    /** The errors of a plugin that is broken, or cannot work for now. With the others it has done its work, and refused. */
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
     * <tr><td>a failure</td><td>{@link PluginException} with the code of a plugin that is broken, be it by a panic (1, 2, 3, 8, 11, 12), or
     *     was not done in its own time (10); {@link TurnstileClosedException} of a worker that died; a time limit that passed while the
     *     plugin hung; anything not named here</td></tr>
     * <tr><td>a success</td><td>a result; {@code PluginException} with another code: the plugin has answered; {@link CodecException} of a
     *     response, since who asks for the wrong type is to shut out nobody else</td></tr>
     * <tr><td>nothing</td><td>{@link TurnstileFullException} and code 13: too many callers do not make a plugin sick; a time limit
     *     that passed otherwise; interrupts and cancelled futures; {@code TurnstileClosedException} of a gate that was closed; what the caller
     *     did wrong: {@code CodecException} of a request, {@link ReentrantCallException}, {@link IllegalArgumentException}, {@link
     *     UnsupportedOperationException}</td></tr>
     * </table>
     *
     * <p>A plugin that hangs lets one call begin, and the limits of all others pass in the line. A plugin in good health behind a long
     * line lets calls begin just before their limit passes. So it does not matter whether a call had begun, but how long the one has
     * run that is in the plugin when a limit passes.
     *
     * <p>A plugin that has panicked stays broken: the breaker closes again when its calls go to one that was loaded anew.
     *
     * <p>The breaker's own slow calls are measured with the wait in the line: a long line can make all calls slow ones.
     *
     * @param stats those of the plugin that is called, for instance {@code plugin::stats}
     * @param longestRun how long the plugin needs for a call at the most; whatever is in it for longer hangs
     * @return the rest is as in {@link CircuitBreakerConfig#custom()}; exception classes that are added to it count as well
     */
    public static CircuitBreakerConfig.Builder circuitBreakerConfig(
            Supplier<TurnstileStats> stats, Duration longestRun) {
        Objects.requireNonNull(stats, "stats");
        Objects.requireNonNull(longestRun, "longestRun");
        return CircuitBreakerConfig.custom()
                .ignoreException(thrown -> thrown instanceof TimeoutException
                        ? stats.get().times().inFlight().compareTo(longestRun) <= 0
                        : isNoSign(thrown))
                .recordException(TurnstileResilience::isFailure);
    }

    /**
     * Begins the configuration of a retry that never has the plugin do a thing twice. It tries again what was refused for lack of room: by
     * the gate ({@link TurnstileFullException}), or by the plugin (code 13: its word that it did not take the request on). Nothing
     * else: a call that made the plugin panic would do so again, one that had begun may have had its effect, a time limit that passed has
     * passed, and a closed gate stays closed.
     *
     * <p>It is for {@code tryCall}; {@code call} waits for a place without it. What {@code trySubmit} throws, the retry of a {@code
     * CompletionStage} never sees.
     *
     * @param <T> the type of the results
     * @return the rest is as in {@link RetryConfig#custom()}
     */
    public static <T> RetryConfig.Builder<T> retryConfig() {
        return RetryConfig.<T>custom().retryOnException(TurnstileResilience::isRefusedForLackOfRoom);
    }

    /** Says that it tells nothing of the plugin's health. */
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

    /** Says of a sign that it is a bad one. */
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
