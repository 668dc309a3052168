package dev.turnstile.soak;

import dev.turnstile.Lane;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Where a call stands in the line, and with which others it belongs.
 *
 * @param key {@code null} for none
 */
record Route(Lane lane, Integer key) {
    static final Route ORDINARY = new Route(Lane.NORMAL, null);

    private static final List<Lane> LANES = List.of(Lane.values());

    /** One before the ordinary ones, for calls that belong together. */
    static Route early(int key) {
        return new Route(Lane.HIGH, key);
    }

    /** Draws one for a call of a caller who has a key of its own. */
    static Route draw(Mix mix, int key, SplittableRandom random) {
        Lane lane = random.nextDouble() < mix.lanes() ? LANES.get(random.nextInt(LANES.size())) : Lane.NORMAL;
        return new Route(lane, random.nextDouble() < mix.keys() ? key : null);
    }
}
