package dev.turnstile.bench.gate;

import java.util.List;

/** A call of set length: the plugin spins, or sleeps. */
enum Length {
    SPIN_5("5 µs", 5),
    SPIN_20("20 µs", 20),
    SPIN_100("100 µs", 100),
    SLEEP_2_MS("2 ms", 2_000) {
        @Override
        Question question() {
            return Question.ofSleep(2);
        }
    };

    /** Made by a lone caller, and by the owner of a plugin directly. */
    static final List<Length> LONE = List.of(SPIN_5, SPIN_20, SPIN_100);

    /** Made by many callers. */
    static final List<Length> CROWDED = List.of(SPIN_20, SLEEP_2_MS);

    private final String label;
    private final int micros;

    Length(String label, int micros) {
        this.label = label;
        this.micros = micros;
    }

    String label() {
        return label;
    }

    Question question() {
        return Question.ofSpin(micros);
    }

    /** Whose figures those of a contestant are with calls of this length. */
    String subject(Contestant contestant) {
        return contestant + "." + this;
    }
}
