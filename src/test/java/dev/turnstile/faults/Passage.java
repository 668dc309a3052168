package dev.turnstile.faults;

/**
 * A point that was passed on a kind of thread.
 *
 * @param thread the thread's name without numbers
 */
record Passage(int point, String thread) {}
