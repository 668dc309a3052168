package dev.turnstile.testing;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * What makes it hard to say what has happened: a logger that throws, or exceptions that throw when somebody looks at them. They do from {@link #begin}
 * on until the test is over, and then tell what they have to tell to those who report tests.
 */
public enum Trouble {
    /** Each line that the library logs. */
    LOGGER,
    MESSAGE,
    TO_STRING,
    STACK_TRACE,
    CAUSE;

    private static volatile boolean isOver = true;

    /** From now on. */
    public void begin(LibraryLog log) {
        isOver = false;
        if (this == LOGGER) {
            log.failAlways();
        }
    }

    static void end() {
        isOver = true;
    }

    /** An exception that makes this trouble, if it is one that an exception makes. */
    public RuntimeException exception() {
        return new Troublesome(this);
    }

    /** What a future fails with. What the JDK would wrap it in looks at its text, and so fails itself. */
    public static Throwable failureOf(CompletableFuture<?> future) throws Exception {
        Throwable failure = future.handle((result, thrown) -> thrown).get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (failure == null) {
            throw new AssertionError("Expected a failure, but there is a result: " + future);
        }
        return failure;
    }

    private static final class Troublesome extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final Trouble trouble;

        Troublesome(Trouble trouble) {
            super("troublesome");
            this.trouble = trouble;
        }

        private void mayThrow(Trouble asked) {
            if (asked == trouble && !isOver) {
                throw new IllegalStateException("no " + trouble + ", as told");
            }
        }

        @Override
        public String getMessage() {
            mayThrow(MESSAGE);
            return super.getMessage();
        }

        @Override
        public String toString() {
            mayThrow(TO_STRING);
            return super.toString();
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            mayThrow(STACK_TRACE);
            return super.getStackTrace();
        }

        @Override
        public void printStackTrace(PrintStream out) {
            mayThrow(STACK_TRACE);
            super.printStackTrace(out);
        }

        @Override
        public void printStackTrace(PrintWriter out) {
            mayThrow(STACK_TRACE);
            super.printStackTrace(out);
        }

        @Override
        public synchronized Throwable getCause() {
            mayThrow(CAUSE);
            return super.getCause();
        }
    }
}
