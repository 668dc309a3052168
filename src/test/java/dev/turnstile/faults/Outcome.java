package dev.turnstile.faults;

import java.util.List;

/**
 * How a play ended.
 *
 * @param end where the gate was then, before it was closed
 * @param ends how each step and call ended, in a word
 * @param isReplacing whether the gate replaces what it loses
 */
public record Outcome(List<Breach> breaches, String end, List<String> ends, boolean isReplacing, List<String> stacks) {
    public static final String NOT_OPENED = "not opened";
}
