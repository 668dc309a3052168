package dev.turnstile.faults;

/** A promise that was not kept. */
public record Breach(Harm harm, String what) {}
