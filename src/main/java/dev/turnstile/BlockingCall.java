package dev.turnstile;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A call whose owner is the thread that made it and waits for its result. */
final class BlockingCall<R, T extends @Nullable Object> extends Call<R, T> {
    private final Thread owner = Thread.currentThread();

    BlockingCall(Action<? super R, ? extends T, ?> action) {
        super(action);
    }

    @Override
    void wake() {
        if (!isAwaited()) {
            LockSupport.unpark(owner);
        }
    }

    @Override
    boolean isOwnedByVirtualThread() {
        return owner.isVirtual();
    }
}
