package dev.turnstile;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A call whose owner is the thread that made it and waits for its result. */
final class BlockingCall<R, T extends @Nullable Object> extends Call<R, T> {
    private final Thread owner = Thread.currentThread();
    private final Deadline limit;

    BlockingCall(Action<? super R, ? extends T, ?> action, Deadline limit) {
        super(action);
        this.limit = limit;
    }

    /** Checks the limit for the owner, which may have no processor at the moment to see that it has passed. */
    @Override
    @Nullable
    CallState endInsteadOfRunning() {
        return limit.hasSurelyPassed() ? CallState.EXPIRED : null;
    }

    @Override
    Deadline prefetchLimit() {
        return limit;
    }

    @Override
    void wake() {
        if (!isAwaited()) {
            LockSupport.unpark(owner);
        }
    }

    /** The owner waits only for the end. */
    @Override
    boolean wakesForPlace() {
        return false;
    }

    @Override
    boolean isOwnedByVirtualThread() {
        return owner.isVirtual();
    }
}
