package dev.turnstile.plugin;

/**
 * An error as it came from a {@link ConfinedPlugin}: the code and the bytes of the body. It carries them from the worker to the caller's
 * side, where they are read and become a {@link PluginException} with the caller's stack trace; it has none of its own.
 */
public final class ErrorReply extends Exception {
    private static final long serialVersionUID = 1L;

    private final int code;
    private final transient byte[] body;

    /**
     * Makes an error.
     *
     * @param code what went wrong
     * @param body of a JSON call an error envelope or plain text, of a raw call plain text with a NUL at its end; not copied
     */
    public ErrorReply(ErrorCode code, byte[] body) {
        this((int) code.value(), body);
    }

    ErrorReply(int code, byte[] body) {
        super("plugin error " + code, null, false, false);
        this.code = code;
        this.body = body;
    }

    int code() {
        return code;
    }

    byte[] body() {
        return body;
    }
}
