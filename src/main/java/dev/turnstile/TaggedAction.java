package dev.turnstile;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An action that has a name. */
record TaggedAction<R, T extends @Nullable Object, X extends Exception>(String tag, Action<R, T, X> action)
        implements Action<R, T, X> {
    TaggedAction {
        Objects.requireNonNull(tag, "tag");
        Objects.requireNonNull(action, "action");
    }

    @Override
    public T run(R resource) throws X {
        return action.run(resource);
    }

    @Override
    public long requestSize() {
        return action.requestSize();
    }

    @Override
    public long responseSize(T result) {
        return action.responseSize(result);
    }
}
