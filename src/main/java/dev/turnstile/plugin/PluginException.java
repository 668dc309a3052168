package dev.turnstile.plugin;

/** Says that the plugin answered a call with an error, which fails this call only; or that its shutdown failed. */
public final class PluginException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What the plugin says went wrong. */
    private final transient ErrorCode errorCode;

    /** What was called. */
    private final String target;

    /** The plugin's own words. */
    private final String pluginMessage;

    PluginException(ErrorCode errorCode, String target, String pluginMessage) {
        super(target + ": " + errorCode + ": " + pluginMessage);
        this.errorCode = errorCode;
        this.target = target;
        this.pluginMessage = pluginMessage;
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
     * @return the type tag, or "message" and the id of a raw call; {@code plugin_shutdown} for the shutdown
     */
    public String target() {
        return target;
    }

    /**
     * Returns the plugin's own words, which {@code getMessage()} has after the target and the code.
     *
     * @return what the plugin answered; if it said nothing, what its code means
     */
    public String pluginMessage() {
        return pluginMessage;
    }
}
