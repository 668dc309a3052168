package dev.turnstile.plugin;

/** The severity of a plugin's log line, and the least severity that a plugin is asked to send. */
public enum LogLevel {
    /** Everything. */
    TRACE(0),
    /** For finding faults. */
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
     * Returns the number of this level in the plugin ABI.
     *
     * @return 0 (trace) to 5 (off)
     */
    public int code() {
        return code;
    }

    /** Returns the level of a number that {@link #code} gave. */
    static LogLevel of(int code) {
        for (LogLevel level : values()) {
            if (level.code == code) {
                return level;
            }
        }
        throw new IllegalArgumentException("There is no log level " + code);
    }

    /**
     * Returns the level of a log line. The number of "off" and unknown numbers count as {@link #INFO}, so that no line is lost.
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
