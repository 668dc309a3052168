package dev.turnstile;

/**
 * Which part of the line a call stands in: a call of an earlier lane starts before those of later ones, and in a lane they start in the order
 * of their coming.
 *
 * <p>Nobody starves. While calls wait in a lane, one of its calls is among any {@linkplain TurnstileOptions#overtakes() overtakes} + 4 that a
 * worker starts: so the first of a lane is overtaken by that many calls less one at most, however many come in the lanes before it. The same
 * holds for those who stand outside and for the places that become free. Calls that say nothing are {@link #NORMAL}, and pay nothing for the
 * others.
 */
public enum Lane {
    /**
     * What operates the resource rather than uses it: probes, settings. These calls alone may take the {@linkplain
     * TurnstileOptions#reservedPlaces() reserved places}, so they get into a line that is full for everybody else.
     */
    CONTROL,
    /** What should start before ordinary calls. */
    HIGH,
    /** Ordinary calls. */
    NORMAL,
    /** What can wait. */
    LOW;

    /** Returns its number, from 0 for the first. */
    @SuppressWarnings("EnumOrdinal") // their order is what they mean
    int index() {
        return ordinal();
    }
}
