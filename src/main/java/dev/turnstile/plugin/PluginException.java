package dev.turnstile.plugin;

/** Says that the plugin answered a call with an error. It fails this call only. */
public final class PluginException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What the plugin says went wrong. */
    private final transient ErrorCode errorCode;

    /** What was called. */
    private final String target;

    PluginException(ErrorCode errorCode, String target, String message) {
        super(message);
        this.errorCode = errorCode;
        this.target = target;
    }

    /**
     * Returns what the plugin says went wrong.
     *
     * @return the code, which may be unknown here
     */
    public ErrorCode errorCode() {
        return errorCode;
    }

    /**
     * Returns what was called.
     *
     * @return the type tag, or "message" and the id of a raw call
     */
    public String target() {
        return target;
    }

    /** Returns the plugin's own message with code and target: {@code getMessage()} is the message alone. */
    @Override
    @SuppressWarnings(
            "OverrideThrowableToString") // the message is the plugin's own, clean; a log line wants the code too
    public String toString() {
        return PluginException.class.getName() + ": " + target + ": " + errorCode + ": " + getMessage();
    }
}
