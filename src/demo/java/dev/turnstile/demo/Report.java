package dev.turnstile.demo;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** Prints what happens, and counts the checks. Any thread may use it. */
@SuppressWarnings("AnnotateFormatMethod") // the annotation would be one more library to depend on
final class Report {
    private final PrintStream out;
    private final String tick;
    private final AtomicInteger checks = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();

    Report(PrintStream out) {
        this.out = out;
        this.tick = out.charset().newEncoder().canEncode('✓') ? "✓" : "ok:";
    }

    /** Prints one line. */
    void line(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }

    /** Prints the line over the last one that was printed so; {@link #line} with an empty text goes on below it. */
    void overwrite(String text) {
        out.print("\r" + text);
        out.flush();
    }

    /** Says whether something that must be so is so. */
    void check(boolean holds, String format, Object... values) {
        checks.incrementAndGet();
        if (!holds) {
            failures.incrementAndGet();
        }
        line("  %s %s", holds ? tick : "FAILED:", String.format(Locale.ROOT, format, values));
    }

    int checks() {
        return checks.get();
    }

    int failures() {
        return failures.get();
    }

    /** 0 only if every check held. */
    int exitCode() {
        return failures() == 0 ? 0 : 1;
    }
}
