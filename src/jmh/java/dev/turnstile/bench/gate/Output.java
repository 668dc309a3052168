package dev.turnstile.bench.gate;

/** Where a JVM that measures puts its figures: {@link Child} reads them there. */
final class Output {
    static final String MARK = "sample:";

    private final String subject;
    private final int round;

    Output(String subject, int round) {
        this.subject = subject;
        this.round = round;
    }

    void put(Measure measure, long at, double value) {
        System.out.println(MARK + new Sample(subject, round, measure, at, value).csv());
    }

    void put(Measure measure, long at, long value) {
        put(measure, at, (double) value);
    }

    Output of(Contestant other) {
        return new Output(other.name(), round);
    }
}
