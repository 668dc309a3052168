package dev.turnstile;

import java.util.List;

/**
 * All there is to see of a {@link Line} and its calls at one instant.
 *
 * @param stage whether the line is open, closing or closed. That the limit for draining has passed is left out: it shows
 *     when the worker comes to start something
 * @param drained these and the following as in the {@link CloseReport}; 0 while the line is open
 */
record LineSeen(
        TurnstileStats stats,
        List<CallState> states,
        Stage stage,
        long drained,
        long refused,
        long notAdmitted,
        int abandoned) {
    enum Stage {
        OPEN,
        CLOSING,
        CLOSED
    }
}
