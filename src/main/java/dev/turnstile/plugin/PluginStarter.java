package dev.turnstile.plugin;

import java.time.Duration;

/** Starts the instances of a {@link PluginSource}, on the workers of a gate, several at once. */
interface PluginStarter {
    ConfinedPlugin start();

    /** How long an instance may have no call before a fresh one takes over; zero for any time. */
    default Duration longestRest() {
        return Duration.ZERO;
    }

    /** No instance will be needed any more: ends what was started ahead. Does not wait for that. Any thread may call this, also twice. */
    default void end() {}

    /** Waits until what was started ahead has ended; no longer than this. An interrupt ends the waiting, and is kept. */
    default void awaitEnd(Duration limit) {}
}
