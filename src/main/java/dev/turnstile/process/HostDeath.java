package dev.turnstile.process;

/** Says that the child is no more, so that a call has no answer. */
public final class HostDeath extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Death death;

    private final boolean hasBegun;

    HostDeath(Death death, boolean hasBegun) {
        super(death.cause(), null, false, false); // it is turned into another exception at once
        this.death = death;
        this.hasBegun = hasBegun;
    }

    /**
     * Returns what is known.
     *
     * @return the facts
     */
    public Death death() {
        return death;
    }

    /**
     * Says whether the child had begun what was asked for.
     *
     * @return {@code false} if nothing was done of it
     */
    public boolean hasBegun() {
        return hasBegun;
    }
}
