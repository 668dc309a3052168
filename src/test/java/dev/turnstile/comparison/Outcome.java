package dev.turnstile.comparison;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * What came of one scenario with one contender.
 *
 * @param harms how often what befell; empty if all was well
 * @param cannot what the contender lacks for this scenario; empty if it was run
 */
record Outcome(Map<Harm, Integer> harms, String cannot) {
    static Outcome cannot(String reason) {
        return new Outcome(Map.of(), reason);
    }

    boolean isFine() {
        return harms.isEmpty() && cannot.isEmpty();
    }

    boolean isHarmed() {
        return !harms.isEmpty();
    }

    String cell() {
        if (!cannot.isEmpty()) {
            return "— " + cannot;
        }
        if (harms.isEmpty()) {
            return "0";
        }
        return harms.entrySet().stream()
                .map(harm -> harm.getKey().told(harm.getValue()))
                .collect(Collectors.joining(", ", "**", "**"));
    }
}
