package dev.turnstile;

import java.util.List;

/**
 * All there is to see of the {@link Line} of a pool and its calls at one instant.
 *
 * @param slots what {@link #slot} says of each
 * @param sinceClosing how many calls have been drained, refused, turned away and abandoned since; {@code null} while the line is open
 */
record PoolSeen(TurnstileStats stats, List<CallState> states, List<String> slots, List<Long> sinceClosing) {
    static String slot(int number, SlotState state, boolean runs, int pending) {
        // AWAITED: who is to come has not opened its resource yet.
        boolean isDown = !state.hasWorker();
        return number + " " + (isDown ? "down" : state) + (runs ? ", runs, " : ", ") + pending + " pending";
    }
}
