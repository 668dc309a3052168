package dev.turnstile.plugin;

/** The severity of a plugin's log line, and the least severity that a plugin is asked to send. */
public enum LogLevel {
    /** Everything. */
    TRACE,
    /** For those who look for a fault. */
    DEBUG,
    /** Normal events. */
    INFO,
    /** Something is odd. */
    WARN,
    /** Something failed. */
    ERROR,
    /** As a limit: nothing at all. */
    OFF;

    private static final LogLevel[] BY_CODE = values();

    /**
     * Returns the number by which the plugin ABI calls this level.
     *
     * @return 0 (trace) to 5 (off)
     */
    public int code() {
        return ordinal();
    }

    /**
     * Returns the level of a log line. A plugin cannot send a line at "off", and a number that is not known is not lost:
     * both count as {@link #INFO}.
     */
    static LogLevel ofLine(int code) {
        return code >= 0 && code < OFF.code() ? BY_CODE[code] : INFO;
    }
}
