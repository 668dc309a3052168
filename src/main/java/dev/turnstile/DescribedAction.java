package dev.turnstile;

import org.jspecify.annotations.Nullable;

/**
 * An action that is described otherwise than it does itself.
 *
 * @param ownTag instead of the tag that the action has, as are the others instead of its others; {@code null} for no other
 */
record DescribedAction<R, T extends @Nullable Object, X extends Exception>(
        Action<R, T, X> action,
        @Nullable String ownTag,
        @Nullable Lane ownLane,
        @Nullable Object ownKey) implements Action<R, T, X> {
    @Override
    public T run(R resource) throws X {
        return action.run(resource);
    }

    @Override
    public @Nullable String tag() {
        return ownTag == null ? action.tag() : ownTag;
    }

    @Override
    public Lane lane() {
        return ownLane == null ? action.lane() : ownLane;
    }

    @Override
    public @Nullable Object key() {
        return ownKey == null ? action.key() : ownKey;
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
