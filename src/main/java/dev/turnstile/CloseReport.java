package dev.turnstile;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What closing a {@link Turnstile} did, as counted from the moment it began to close until this report was made.
 *
 * @param drained calls already in the line, or running, that were run to their end for their callers
 * @param refused calls in the line that were refused because the limit passed; they never reached the resource
 * @param turnedAway callers who were waiting for a place and were woken and refused
 * @param abandoned calls that were still running when the limit passed, one for each instance at the most: their callers were told so, and the
 *     resource stays open until the call returns
 * @param elapsed the time since closing began
 * @param resourceClosed whether the resource has been closed (or closing it was tried and failed) and the worker ended
 * @param closeFailure what the resource's closer threw, if it did
 */
public record CloseReport(
        long drained,
        long refused,
        long turnedAway,
        int abandoned,
        Duration elapsed,
        boolean resourceClosed,
        @Nullable Throwable closeFailure) {}
