package dev.turnstile.faults.play;

/** Belongs to the scenario: what an action or a source throws by itself. */
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Failure(String message) {
        super(message);
    }
}
