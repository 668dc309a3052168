package dev.turnstile;

/**
 * The part of the line in which a call stands. Calls of an earlier lane start before calls of later lanes; within a lane they start in the order
 * in which they came.
 *
 * <p>No lane starves. While a call waits in a lane, at most {@linkplain TurnstileOptions#overtakes() overtakes} + 3 calls of other lanes start between two
 * starts of that lane, however many come in earlier lanes. In a pool of {@code n} instances the bound is overtakes + 3 n; for calls with a key, or for one
 * instance, only starts at their own instance count, and the bound is 3 higher. Given-up calls and forks that do not run do not count. The same bound holds
 * for callers outside and the places that become free. By default a call is {@link #NORMAL} and pays nothing for the other lanes.
 */
public enum Lane {
    /**
     * Calls that operate the resource rather than use it: probes, settings. Only these calls may take the {@linkplain
     * TurnstileOptions#reservedPlaces() reserved places}, so they get into a line that is full for other calls.
     */
    CONTROL,
    /** Calls that should start before ordinary ones. */
    HIGH,
    /** Ordinary calls. */
    NORMAL,
    /** Calls that can wait. */
    LOW;

    /** Returns its number, from 0 for the first. */
    @SuppressWarnings("EnumOrdinal") // their order is what they mean
    int index() {
        return ordinal();
    }
}
