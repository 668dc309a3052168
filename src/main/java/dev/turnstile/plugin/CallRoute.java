package dev.turnstile.plugin;

import dev.turnstile.CallGroup;
import dev.turnstile.Lane;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The lane, the key and the group of a call. */
record CallRoute(Lane lane, @Nullable Object key, @Nullable CallGroup group) {
    static final CallRoute ORDINARY = new CallRoute(Lane.NORMAL, null, null);

    CallRoute {
        Objects.requireNonNull(lane, "lane");
    }

    CallRoute inLane(Lane other) {
        return new CallRoute(other, key, group);
    }

    CallRoute withKey(Object other) {
        return new CallRoute(lane, Objects.requireNonNull(other, "key"), group);
    }

    CallRoute inGroup(CallGroup other) {
        return new CallRoute(lane, key, Objects.requireNonNull(other, "group"));
    }
}
