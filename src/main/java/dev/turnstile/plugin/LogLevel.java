package dev.turnstile.plugin;

/** The severity of a plugin's log line, and the least severity that a plugin is asked to send. */
public enum LogLevel {
    /** Everything. */
    TRACE(0),
    /** For those who look for a fault. */
    DEBUG(1),
    /** Normal events. */
    INFO(2),
    /** Something is odd. */
    WARN(3),
    /** Something failed. */
    ERROR(4),
    /** As a limit: nothing at all. */
    OFF(5);

    private final int code;

    LogLevel(int code) {
        this.code = code;
    }

    /**
     * Returns the number by which the plugin ABI calls this level.
     *
     * @return 0 (trace) to 5 (off)
     */
    public int code() {
        return code;
    }

    /**
     * Returns the level of a log line. A plugin cannot send a line at "off", and a number that is not known is not lost:
     * both count as {@link #INFO}.
     */
    static LogLevel ofLine(int code) {
        for (LogLevel level : values()) {
            if (level.code == code && level != OFF) {
                return level;
            }
        }
        return INFO;
    }
}
