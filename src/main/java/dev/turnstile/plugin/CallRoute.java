package dev.turnstile.plugin;

import dev.turnstile.Lane;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Where a call stands in the line, and with which others it belongs. */
record CallRoute(Lane lane, @Nullable Object key) {
    static final CallRoute ORDINARY = new CallRoute(Lane.NORMAL, null);

    CallRoute {
        Objects.requireNonNull(lane, "lane");
    }

    CallRoute inLane(Lane other) {
        return new CallRoute(other, key);
    }

    CallRoute withKey(Object other) {
        return new CallRoute(lane, Objects.requireNonNull(other, "key"));
    }
}
