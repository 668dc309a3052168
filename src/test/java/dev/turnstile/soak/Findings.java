package dev.turnstile.soak;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Counts the breaches, and says of the first ones what was seen. Any thread may report one. */
final class Findings {
    private static final int MOST_TOLD = 20;

    private final Map<Breach, LongAdder> counts = new EnumMap<>(Breach.class);
    private final Map<Breach, AtomicInteger> told = new EnumMap<>(Breach.class);
    private final PrintStream out;

    Findings(PrintStream out) {
        this.out = out;
        for (Breach breach : Breach.values()) {
            counts.put(breach, new LongAdder());
            told.put(breach, new AtomicInteger());
        }
    }

    void add(Breach breach, Supplier<String> detail) {
        add(breach, 1, detail);
    }

    /** Adds so many breaches; none if it is zero. */
    void add(Breach breach, long times, Supplier<String> detail) {
        if (times == 0) {
            return;
        }
        counts.get(breach).add(Math.abs(times)); // fewer than none is as wrong as more
        if (told.get(breach).incrementAndGet() <= MOST_TOLD) {
            out.println(breach.label() + ": " + text(detail));
        }
    }

    /** Some exceptions throw others when they are to be printed. */
    private static String text(Supplier<String> detail) {
        try {
            return detail.get();
        } catch (RuntimeException unprintable) {
            return "something that cannot be printed: " + unprintable;
        }
    }

    /** Says what may help to understand a breach. */
    void tell(String line) {
        out.println(line);
    }

    long count(Breach breach) {
        return counts.get(breach).sum();
    }

    boolean isEmpty() {
        return Arrays.stream(Breach.values()).allMatch(breach -> count(breach) == 0);
    }

    /** All counts, as {@code lost 0, duplicated 0, …}. */
    @Override
    public String toString() {
        return Arrays.stream(Breach.values())
                .map(breach -> breach.label() + " " + count(breach))
                .collect(Collectors.joining(", "));
    }
}
