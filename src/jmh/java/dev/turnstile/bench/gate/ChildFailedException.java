package dev.turnstile.bench.gate;

/** A JVM that measures did not end well. */
final class ChildFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    ChildFailedException(String message) {
        super(message);
    }
}
