package dev.turnstile.plugin;

/**
 * An error as it came from a {@link ConfinedPlugin}: the code and the bytes of the body. It carries them from the worker to the caller's
 * side, where they are read and become a {@link PluginException} with the caller's stack trace; it has none of its own.
 */
public final class ErrorReply extends Exception {
    private static final long serialVersionUID = 1L;

    private final int code;
    private final transient byte[] body;
    private boolean raw;

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

    /** Notes that it answers a raw call: its text is no JSON, whatever it looks like. */
    ErrorReply ofRawCall() {
        raw = true;
        return this;
    }

    /** Says whether it is the answer to a raw call. */
    boolean isRaw() {
        return raw;
    }

    int code() {
        return code;
    }

    byte[] body() {
        return body;
    }
}
