package dev.turnstile;

/** Says that a call was made from the worker thread itself, where it would wait for itself. It was not admitted. */
public final class ReentrantCallException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    ReentrantCallException(String message) {
        super(message);
    }
}
