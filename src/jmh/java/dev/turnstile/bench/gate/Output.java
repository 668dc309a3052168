package dev.turnstile.bench.gate;

import java.io.PrintStream;

/** Where a JVM that measures puts its figures: {@link Child} reads them there. */
final class Output {
    static final String MARK = "sample:";

    private final String subject;
    private final int round;

    private final PrintStream to;

    Output(String subject, int round) {
        this(subject, round, System.out);
    }

    Output(String subject, int round, PrintStream to) {
        this.subject = subject;
        this.round = round;
        this.to = to;
    }

    /** Puts a figure; {@link Window#NO_FIGURE}, which is none, is left out, and that is said. */
    void put(Measure measure, long at, double value) {
        if (Double.isFinite(value)) {
            to.println(MARK + new Sample(subject, round, measure, at, value).csv());
        } else {
            System.err.printf(
                    "%s, round %d, %s[%d]: not measured, no call ended in its window%n", subject, round, measure, at);
        }
    }

    void put(Measure measure, long at, long value) {
        put(measure, at, (double) value);
    }

    Output of(Contestant other) {
        return new Output(other.name(), round, to);
    }
}
