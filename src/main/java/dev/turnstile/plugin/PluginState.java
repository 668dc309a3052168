package dev.turnstile.plugin;

/**
 * The state that a plugin reports. An unknown number is kept as it is.
 *
 * @param code the number of the plugin ABI, 0 to 255
 */
public record PluginState(int code) {
    /** Created, not initialised. */
    public static final PluginState INSTALLED = new PluginState(0);
    /** Being initialised. */
    public static final PluginState STARTING = new PluginState(1);
    /** Answers calls. */
    public static final PluginState ACTIVE = new PluginState(2);
    /** Being shut down. */
    public static final PluginState STOPPING = new PluginState(3);
    /** Shut down. */
    public static final PluginState STOPPED = new PluginState(4);
    /** A handler panicked or the start failed: every call fails, and only a new instance helps. */
    public static final PluginState FAILED = new PluginState(5);
    /** The library does not know the instance, for example because it was shut down. */
    public static final PluginState UNKNOWN_HANDLE = new PluginState(255);

    /** Returns the state's name, or "state" and its number. */
    @Override
    public String toString() {
        return switch (code) {
            case 0 -> "installed";
            case 1 -> "starting";
            case 2 -> "active";
            case 3 -> "stopping";
            case 4 -> "stopped";
            case 5 -> "failed";
            case 255 -> "unknown handle";
            default -> "state " + code;
        };
    }
}
