package dev.turnstile.bench.gate;

import java.util.Locale;

/**
 * One figure of one JVM.
 *
 * @param subject whose, such as the name of a {@link Contestant}
 * @param round in which round of the run; compare only what is of one round
 * @param at under which load, see {@link Measure}
 * @param value finite
 */
record Sample(String subject, int round, Measure measure, long at, double value) {
    static final String HEADER = "subject,round,measure,at,value";

    Sample {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("not a figure: " + subject + " " + measure + "[" + at + "] = " + value);
        }
    }

    /** Reads a line of the CSV. */
    static Sample parse(String line) {
        String[] fields = line.split(",", -1);
        if (fields.length != 5) {
            throw new IllegalArgumentException("not a sample: " + line);
        }
        return new Sample(
                fields[0],
                Integer.parseInt(fields[1]),
                Measure.valueOf(fields[2]),
                Long.parseLong(fields[3]),
                Double.parseDouble(fields[4]));
    }

    String csv() {
        return String.format(Locale.ROOT, "%s,%d,%s,%d,%.4f", subject, round, measure, at, value);
    }
}
