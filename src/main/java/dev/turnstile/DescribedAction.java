package dev.turnstile;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An action with another tag, lane, key or group.
 *
 * @param ownTag replaces the tag of the action, {@code null} to keep it; the same for the other components
 */
record DescribedAction<R, T extends @Nullable Object, X extends Exception>(
        Action<R, T, X> action,
        @Nullable String ownTag,
        @Nullable Lane ownLane,
        @Nullable Object ownKey,
        @Nullable CallGroup ownGroup)
        implements Action<R, T, X> {
    static <R, T extends @Nullable Object, X extends Exception> Action<R, T, X> tagged(
            String tag, Action<R, T, X> action) {
        return new DescribedAction<>(action, Objects.requireNonNull(tag, "tag"), null, null, null);
    }

    static <R, T extends @Nullable Object, X extends Exception> Action<R, T, X> inLane(
            Lane lane, Action<R, T, X> action) {
        return new DescribedAction<>(action, null, Objects.requireNonNull(lane, "lane"), null, null);
    }

    static <R, T extends @Nullable Object, X extends Exception> Action<R, T, X> keyed(
            Object key, Action<R, T, X> action) {
        return new DescribedAction<>(action, null, null, Objects.requireNonNull(key, "key"), null);
    }

    static <R, T extends @Nullable Object, X extends Exception> Action<R, T, X> inGroup(
            CallGroup group, Action<R, T, X> action) {
        return new DescribedAction<>(action, null, null, null, Objects.requireNonNull(group, "group"));
    }

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
    public @Nullable CallGroup group() {
        return ownGroup == null ? action.group() : ownGroup;
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
