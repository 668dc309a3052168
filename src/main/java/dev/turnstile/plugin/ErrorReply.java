package dev.turnstile.plugin;

/**
 * An error as it came from the plugin: the code and the bytes of the body. It carries them from the worker to the caller's
 * side, where they are read and become a {@link PluginException} with the caller's stack trace.
 */
final class ErrorReply extends Exception {
    private static final long serialVersionUID = 1L;

    private final int code;
    private final transient byte[] body;
    private final boolean raw;

    ErrorReply(int code, byte[] body) {
        this(code, body, false);
    }

    private ErrorReply(int code, byte[] body, boolean raw) {
        super("plugin error " + code, null, false, false);
        this.code = code;
        this.body = body;
        this.raw = raw;
    }

    /** The error that answers a raw call: its text is no JSON, whatever it looks like. */
    static ErrorReply raw(int code, byte[] body) {
        return new ErrorReply(code, body, true);
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
