package dev.turnstile.internal;

/** A request that a resource was handed before its turn. It may begin at any moment, after those that were handed over before it. */
public interface Prefetched {
    /**
     * Takes it back, unless it has begun. Never blocks; any thread may call this, but one at a time.
     *
     * @return {@code true} if it has not begun, and never will
     */
    boolean takeBack();

    /**
     * Says that its turn has come.
     *
     * @return {@code false} if it has not begun, and never will, since its limit has passed
     */
    boolean confirm();

    /** Says that the resource is asked next for the outcome of this one, which is not to be made again. On the resource's own thread, after {@link #confirm}. */
    void isNext();

    /** Says that its turn is over. If nobody has asked for the outcome, this waits for it. On the resource's own thread. */
    void isOver();
}
