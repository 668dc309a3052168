package dev.turnstile.soak;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a soak is asked for.
 *
 * @param duration how long; the round that is running then is ended
 * @param seed where all that is random comes from
 * @param mostCallers how many callers at once there may be
 * @param calm whether no user code throws where it should not
 * @param verbose whether there is a line for each round
 */
record SoakOptions(Duration duration, long seed, int mostCallers, boolean calm, boolean verbose) {
    /**
     * Reads the command line.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    static SoakOptions parse(String... commandLine) {
        SoakOptions options = new SoakOptions(
                Duration.ofMinutes(1), ThreadLocalRandom.current().nextLong(1_000_000_000), 100_000, false, false);
        Deque<String> rest = new ArrayDeque<>(List.of(commandLine));
        while (!rest.isEmpty()) {
            String option = rest.remove();
            options = switch (option) {
                case "--minutes" -> options.withDuration(Duration.ofMinutes(positive(option, rest)));
                case "--seconds" -> options.withDuration(Duration.ofSeconds(positive(option, rest)));
                case "--seed" ->
                    new SoakOptions(
                            options.duration, number(option, rest), options.mostCallers, options.calm, options.verbose);
                case "--callers" ->
                    new SoakOptions(
                            options.duration,
                            options.seed,
                            Math.toIntExact(positive(option, rest)),
                            options.calm,
                            options.verbose);
                case "--calm" ->
                    new SoakOptions(options.duration, options.seed, options.mostCallers, true, options.verbose);
                case "--verbose" ->
                    new SoakOptions(options.duration, options.seed, options.mostCallers, options.calm, true);
                default -> throw new IllegalArgumentException("there is no option " + option + "; --help lists them");
            };
        }
        return options;
    }

    private SoakOptions withDuration(Duration length) {
        return new SoakOptions(length, seed, mostCallers, calm, verbose);
    }

    private static long positive(String option, Deque<String> rest) {
        long number = number(option, rest);
        if (number < 1) {
            throw new IllegalArgumentException(option + " needs a number greater than zero");
        }
        return number;
    }

    private static long number(String option, Deque<String> rest) {
        try {
            return Long.parseLong(rest.isEmpty() ? "" : rest.remove());
        } catch (NumberFormatException noNumber) {
            throw new IllegalArgumentException(option + " needs a number", noNumber);
        }
    }
}
