package dev.turnstile.cli;

/** Says that the command line asks for something that makes no sense, and what would. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
