package dev.turnstile.plugin;

import java.util.Objects;

/**
 * An error as it came from a {@link ConfinedPlugin}: the code and the bytes of the body. The worker passes it to the caller's side, where
 * the body is read and it becomes a {@link PluginException} with the caller's stack trace. It has no stack trace of its own.
 */
public final class ErrorReply extends Exception {
    private static final long serialVersionUID = 1L;

    private final int code;
    private final transient byte[] body;
    private boolean raw;
    private boolean asSuccess;

    /**
     * Makes an error.
     *
     * @param code what went wrong
     * @param body for a JSON call an error envelope or plain text, for a raw call plain text with a NUL at its end; not copied
     */
    public ErrorReply(ErrorCode code, byte[] body) {
        this((int) Objects.requireNonNull(code, "code").value(), Objects.requireNonNull(body, "body"));
    }

    ErrorReply(int code, byte[] body) {
        super(null, null, false, false);
        this.code = code;
        this.body = body;
    }

    /** Returns the code and the body, of a long one the two ends; made when it is asked for, since most replies are only read by the caller's side. */
    @Override
    public String getMessage() {
        String text = OneLine.of(body).strip();
        return ErrorCode.ofBits(code) + (text.isEmpty() ? "" : ": ") + text;
    }

    /** Notes that it answers a raw call: its text is never read as JSON. */
    ErrorReply ofRawCall() {
        raw = true;
        return this;
    }

    /** Says whether it is the answer to a raw call. */
    boolean isRaw() {
        return raw;
    }

    /** Notes that the plugin returned it as a success: only the envelope says that it is an error. */
    ErrorReply asSuccess() {
        asSuccess = true;
        return this;
    }

    /** Says whether the plugin returned it as a success. */
    boolean cameAsSuccess() {
        return asSuccess;
    }

    int code() {
        return code;
    }

    byte[] body() {
        return body;
    }
}
