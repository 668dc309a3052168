package dev.turnstile.testing;

import dev.turnstile.CallCancelledException;
import dev.turnstile.CallInterruptedException;
import dev.turnstile.CallTimeoutException;
import dev.turnstile.TurnstileClosedException;
import dev.turnstile.TurnstileFullException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** How a call ended, as its caller saw it. */
public enum CallEnd {
    RETURNED,
    THREW,
    GIVEN_UP_BEFORE,
    GIVEN_UP_AFTER,
    FULL,
    CLOSED_BEFORE,
    CLOSED_AFTER;

    /** What a test's action throws to fail. */
    public static final class AsTold extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /** The same as an error. */
    public static final class ErrorAsTold extends LinkageError {
        private static final long serialVersionUID = 1L;
    }

    /** Something that makes a call. */
    @FunctionalInterface
    public interface Attempt {
        Object make() throws Throwable;
    }

    /** Says whether the action ran for a call that ended so. */
    public boolean ran() {
        return switch (this) {
            case RETURNED, THREW, GIVEN_UP_AFTER, CLOSED_AFTER -> true;
            case GIVEN_UP_BEFORE, FULL, CLOSED_BEFORE -> false;
        };
    }

    /** Makes a call and says how it ended; what no call of a gate may throw is an assertion error. */
    public static CallEnd of(Attempt attempt) {
        try {
            attempt.make();
            return RETURNED;
        } catch (AsTold | ErrorAsTold failed) {
            return THREW;
        } catch (CallInterruptedException gone) {
            return gone.started() ? GIVEN_UP_AFTER : GIVEN_UP_BEFORE;
        } catch (CallTimeoutException gone) {
            return gone.started() ? GIVEN_UP_AFTER : GIVEN_UP_BEFORE;
        } catch (CallCancelledException gone) {
            return gone.started() ? GIVEN_UP_AFTER : GIVEN_UP_BEFORE;
        } catch (TurnstileFullException refused) {
            return FULL;
        } catch (TurnstileClosedException refused) {
            return refused.started() ? CLOSED_AFTER : CLOSED_BEFORE;
        } catch (Throwable unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    /** Waits for a future, and throws what it failed with itself, not what the JDK wraps it in. */
    public static <T> T outcome(CompletableFuture<T> future) throws Throwable {
        try {
            return future.get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | CancellationException wrapped) {
            throw future.handle((result, thrown) -> thrown).join();
        }
    }
}
