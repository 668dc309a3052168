package dev.turnstile.testing;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What the library logs during a test, and a logger that fails when it is told to. slf4j-simple writes each line with one {@code println} to
 * {@link System#err}, which this takes its place of; what others write there goes on to where it went.
 */
public final class LibraryLog implements BeforeEachCallback, AfterEachCallback {
    private static final String LIBRARY = " dev.turnstile.";

    private final PrintStream err = System.err;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final AtomicInteger failures = new AtomicInteger();
    private volatile Predicate<String> fails = line -> false;

    /** Not an {@code OutOfMemoryError}, which ends the tests of the JVM if one gets through. */
    private static final class NoLog extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final class Stream extends PrintStream {
        Stream() {
            super(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        }

        @Override
        public void println(String line) {
            if (line == null || !line.contains(LIBRARY)) {
                err.println(line);
                return;
            }
            lines.add(line);
            if (fails.test(line)) {
                failures.incrementAndGet();
                throw new NoLog();
            }
        }

        /** Of a stack trace, for one. */
        @Override
        public void println(Object line) {
            String unused = String.valueOf(line);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            err.write(bytes, offset, length);
        }

        @Override
        public void write(int one) {
            err.write(one);
        }

        @Override
        public void print(String text) {
            err.print(text);
        }

        @Override
        public void flush() {
            err.flush();
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        System.setErr(new Stream());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        System.setErr(err);
        Trouble.end();
    }

    /** From now on, each of these lines makes the logger throw. */
    public void failAt(Predicate<String> these) {
        fails = these;
    }

    public void failAlways() {
        failAt(line -> true);
    }

    /** How often it has thrown. */
    public int failures() {
        return failures.get();
    }

    /** Lines of a level with a text. */
    public List<String> lines(String level, String text) {
        return lines.stream()
                .filter(line -> line.contains(level + LIBRARY) && line.contains(text))
                .toList();
    }
}
