package dev.turnstile.plugin;

import java.util.Set;
import java.util.function.Function;

/**
 * A plugin as a {@link SynchronizedPlugin} uses it: bytes in, bytes out, one call at a time. It is made, called and closed by one thread,
 * the gate's worker. {@link NativePlugin} implements it over a native library. {@link SynchronizedPlugin#open(Function, PluginOptions)}
 * opens an implementation in Java.
 *
 * <p>The methods for what a plugin may lack say by default that it lacks that: an implementation of {@link #exchange} and {@link #close} is a plugin.
 *
 * <p>An implementation need not be thread-safe, and no method is called after {@link #close}. The caller gets what a method throws; it
 * fails that call only. From a process of its own ({@link Isolation}) only an {@link ErrorReply} and a {@link PluginException} come as they are, and anything else as an {@link IllegalStateException}.
 */
public interface ConfinedPlugin extends AutoCloseable {
    /**
     * Makes a JSON call.
     *
     * @param tag the type tag; not empty, without NUL
     * @param request the request, JSON in UTF-8; not to be changed or kept
     * @return the whole response, an envelope: {@code {"status":"success","payload":…}}, or no bytes for {@code null}. An envelope with
     *     the status {@code error} counts as that error
     * @throws ErrorReply if the plugin answers with an error
     */
    byte[] exchange(String tag, byte[] request) throws ErrorReply;

    /**
     * Makes a raw call.
     *
     * @param messageId the number of the message
     * @param request the bytes; not to be changed or kept
     * @return the response
     * @throws ErrorReply if the plugin answers with an error
     * @throws UnsupportedOperationException if the plugin lacks {@link Capability#RAW_CALLS}
     */
    default byte[] exchangeRaw(int messageId, byte[] request) throws ErrorReply {
        throw new UnsupportedOperationException("The plugin " + this + " has no raw calls");
    }

    /**
     * Names a raw call in errors, reports and log lines, where a JSON call is named by its type tag.
     *
     * @param messageId the number of the message
     * @return "message" and the number, unsigned
     */
    static String target(int messageId) {
        return "message " + Integer.toUnsignedString(messageId);
    }

    /**
     * Returns the plugin's optional parts; called once, after the start.
     *
     * @return a set that does not change
     */
    default Set<Capability> capabilities() {
        return Set.of();
    }

    /**
     * Sets the lowest level of the log lines that the plugin sends.
     *
     * @param level the limit; {@link LogLevel#OFF} for none at all
     * @throws UnsupportedOperationException if the plugin lacks {@link Capability#LOG_LEVEL}
     */
    default void setLogLevel(LogLevel level) {
        throw new UnsupportedOperationException("The plugin " + this + " has no log level");
    }

    /**
     * Returns the state of the plugin.
     *
     * @return the state
     * @throws UnsupportedOperationException if the plugin lacks {@link Capability#STATE}
     */
    default PluginState state() {
        throw new UnsupportedOperationException("The plugin " + this + " cannot tell its state");
    }

    /**
     * Returns how many requests its own limiter has refused.
     *
     * @return the count, as an unsigned number
     * @throws UnsupportedOperationException if the plugin lacks {@link Capability#REJECTED_COUNT}
     */
    default long rejectedCount() {
        throw new UnsupportedOperationException("The plugin " + this + " has no limiter");
    }

    /** Shuts the plugin down; waits as long as that takes. What it throws is the {@link dev.turnstile.CloseReport#closeFailure}. */
    @Override
    void close();
}
