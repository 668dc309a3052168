package dev.turnstile;

import org.jspecify.annotations.Nullable;

/** An action whose result is {@code null}. */
record WithoutResult<R, X extends Exception>(VoidAction<R, X> action) implements Action<R, @Nullable Void, X> {
    @Override
    public @Nullable Void run(R resource) throws X {
        action.run(resource);
        return null;
    }
}
