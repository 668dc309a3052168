package dev.turnstile;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * Opens and closes the resources of a {@link Turnstile}. Each resource is opened, warmed up, used and closed on one worker thread. A pool opens
 * several; a lost one may be replaced.
 *
 * @param <R> the type of the resource
 * @param <X> what opening may throw
 */
public interface ResourceSource<R, X extends Exception> {
    /**
     * Opens a resource; run on its worker, before any call.
     *
     * @return the resource, never {@code null}
     * @throws X if it cannot be opened; must leave nothing half open
     */
    R open() throws X;

    /**
     * Closes a resource; run on its worker, after its last call has returned.
     *
     * @param resource what {@link #open} returned
     * @throws Exception if closing fails; the failure is logged and stands in the {@link CloseReport}
     */
    void close(R resource) throws Exception;

    /**
     * Says which process a resource runs in, for the {@linkplain InstanceStats#process stats} of its instance. Called once, on its worker, after {@link #open}.
     *
     * @param resource the resource just opened
     * @return the number of the process; empty if it is this one
     */
    default OptionalLong pid(R resource) {
        return OptionalLong.empty();
    }

    /**
     * Tries a resource that replaces another one before calls reach it, on its worker; not called when the gate opens.
     *
     * @param resource the resource just opened
     * @throws Exception if it cannot be used; it is closed then
     */
    default void warmUp(R resource) throws Exception {}

    /**
     * Says whether a resource is lost, as opposed to a call that failed by itself. Called on its worker after a call that threw, before the next
     * call.
     *
     * @param resource the resource
     * @param failure what the call threw
     * @return whether no call on this resource can succeed any more; by default {@code false}
     */
    default boolean isLost(R resource, Throwable failure) {
        return false;
    }

    /**
     * Says whether a resource is lost because another one of this source was lost. Called on its worker after that, between two calls.
     *
     * @param resource the resource
     * @param failure what the call threw that lost the other one
     * @return whether no call on this resource can succeed any more; by default {@code false}
     */
    default boolean isLostAsWell(R resource, Throwable failure) {
        return false;
    }

    /**
     * Says whether a resource is to be replaced by a fresh one although it works, because it has run many calls, for example, or has grown. Called on its worker after each call,
     * before the next one, so it must be fast. A fresh resource is then opened and warmed up beside it, and takes over between two calls, as in a {@linkplain
     * Turnstile#swap swap}: no call waits for it, fails or is overtaken. It is no loss, and takes no restart. If the fresh one cannot be opened, this one goes on, and is asked again after some
     * calls.
     *
     * @param resource the resource
     * @return whether it is to be replaced; by default {@code false}
     */
    default boolean isWornOut(R resource) {
        return false;
    }

    /**
     * Returns how long a resource may have no call, after its last one, before it is replaced by a fresh one as if it {@linkplain #isWornOut were worn out}. A resource that has run no call
     * stays. Asked when a worker begins to serve.
     *
     * @return the longest rest; zero, the default, for any
     */
    default Duration longestRest() {
        return Duration.ZERO;
    }
}
