package dev.turnstile.soak;

import java.io.PrintStream;
import java.io.PrintWriter;

/** Thrown on purpose by user code of all kinds; whoever asks it what it is has to do with another one. */
final class Unprintable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long number;

    /** @param number of the call that throws it; 0 for none */
    Unprintable(long number) {
        this.number = number;
    }

    long number() {
        return number;
    }

    private static IllegalStateException nothing() {
        return new IllegalStateException("not to be printed, on purpose");
    }

    @Override
    public String getMessage() {
        throw nothing();
    }

    @Override
    public String toString() {
        throw nothing();
    }

    @Override
    public void printStackTrace(PrintStream out) {
        throw nothing();
    }

    @Override
    public void printStackTrace(PrintWriter out) {
        throw nothing();
    }
}
