package dev.turnstile.bench.gate;

import java.util.Optional;
import java.util.function.DoublePredicate;

/**
 * Something to reach, and whether it was.
 *
 * @param what is measured
 * @param goal in words
 * @param measured in words
 * @param verdict of the median
 */
record Target(String what, String goal, String measured, Verdict verdict) {
    enum Verdict {
        REACHED("reached"),
        MISSED("**not reached**"),
        NOT_MEASURED("not measured");

        private final String text;

        Verdict(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    static Target atMost(String what, Unit unit, double limit, Optional<Spread> measured) {
        return of(what, "at most " + unit.format(limit), unit, measured, median -> median <= limit);
    }

    static Target atLeast(String what, Unit unit, double limit, Optional<Spread> measured) {
        return of(what, "at least " + unit.format(limit), unit, measured, median -> median >= limit);
    }

    private static Target of(
            String what, String goal, Unit unit, Optional<Spread> measured, DoublePredicate isReached) {
        return measured.filter(spread -> Double.isFinite(spread.median()))
                .map(spread -> new Target(
                        what,
                        goal,
                        unit.format(spread),
                        isReached.test(spread.median()) ? Verdict.REACHED : Verdict.MISSED))
                .orElseGet(() -> new Target(what, goal, "", Verdict.NOT_MEASURED));
    }
}
