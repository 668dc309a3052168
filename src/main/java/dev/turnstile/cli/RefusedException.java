package dev.turnstile.cli;

/** Says that a file is not what the command is for. */
final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String problem;

    /**
     * Makes an exception.
     *
     * @param problem for programs, a word
     * @param message for people
     */
    RefusedException(String problem, String message) {
        super(message);
        this.problem = problem;
    }

    String problem() {
        return problem;
    }
}
