package dev.turnstile.comparison;

/** A contender has no way to do what a scenario asks; the message says what it lacks. */
final class CannotException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CannotException(String reason) {
        super(reason);
    }
}
