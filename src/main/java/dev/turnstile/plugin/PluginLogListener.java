package dev.turnstile.plugin;

/**
 * Receives the log lines of a plugin.
 *
 * <p>It is called on a virtual thread of the library, never on the worker or on a thread of the plugin. It gets one line at a time, in
 * order, a little later than they were logged. It may block or call the plugin; lines that come meanwhile wait, and if there are more than
 * some thousands, further ones are dropped and counted. What it throws is logged and harms nobody. A line may come after the plugin was
 * shut down: it reaches this listener as long as a gate or the application has it, and SLF4J after that. If a line was logged during a call, by the thread that made the call, the caller's {@link org.slf4j.MDC} is in place, with
 * the call's tag as {@value #TAG}, and what the {@linkplain dev.turnstile.ContextCarrier carriers} of the gate have captured.
 */
@FunctionalInterface
public interface PluginLogListener {
    /** The key in the {@link org.slf4j.MDC} of the {@linkplain PluginLogLine#tag() tag} of a line's call. */
    String TAG = "turnstile.tag";

    /**
     * Receives a line.
     *
     * @param line what the plugin logged
     */
    void onLine(PluginLogLine line);

    /**
     * Returns the listener that passes lines to SLF4J: the logger is named after the target, with {@code ::} read as {@code
     * .}, so that levels are set per crate and module as usual.
     *
     * @return the default listener
     */
    static PluginLogListener slf4j() {
        return Slf4jLogListener.INSTANCE;
    }
}
