package dev.turnstile.process;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is known of a process that has ended.
 *
 * @param pid its number
 * @param exitCode what it ended with; 128 and more is a signal
 * @param cause why: one word or a clause
 * @param frame the native function that it was in, if the process could say
 * @param isKilled whether it was ended from outside, since it had to be
 * @param output the last of what it wrote to its standard streams; may be empty
 */
public record Death(
        long pid, OptionalInt exitCode, String cause, Optional<String> frame, boolean isKilled, String output) {}
