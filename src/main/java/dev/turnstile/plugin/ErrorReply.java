package dev.turnstile.plugin;

/**
 * An error as it came from the plugin: the code and the bytes of the body. It carries them from the worker to the caller's
 * side, where they are read and become a {@link PluginException} with the caller's stack trace.
 */
final class ErrorReply extends Exception {
    private static final long serialVersionUID = 1L;

    private final int code;
    private final transient byte[] body;

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
