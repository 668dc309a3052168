package dev.turnstile.plugin;

/**
 * The number by which a plugin says what went wrong. An unknown number is kept as it is.
 *
 * @param value the number of the plugin ABI, unsigned 32 bits
 */
public record ErrorCode(long value) {
    /** The plugin is not active, or the instance is not known. */
    public static final ErrorCode INVALID_STATE = new ErrorCode(1);
    /** The start failed. */
    public static final ErrorCode INIT_FAILED = new ErrorCode(2);
    /** Shutting down failed. */
    public static final ErrorCode SHUTDOWN_FAILED = new ErrorCode(3);
    /** The configuration, or the type tag, is wrong. */
    public static final ErrorCode CONFIG = new ErrorCode(4);
    /** A request could not be read, or a response not be written, as JSON. */
    public static final ErrorCode SERIALIZATION = new ErrorCode(5);
    /** There is no handler for the type tag or message id. */
    public static final ErrorCode UNKNOWN_MESSAGE_TYPE = new ErrorCode(6);
    /** The handler refused or failed. */
    public static final ErrorCode HANDLER = new ErrorCode(7);
    /** The plugin's runtime failed. */
    public static final ErrorCode RUNTIME = new ErrorCode(8);
    /** The plugin cancelled the request. */
    public static final ErrorCode CANCELLED = new ErrorCode(9);
    /** The plugin's own time limit passed. */
    public static final ErrorCode TIMEOUT = new ErrorCode(10);
    /** A handler panicked; the plugin has failed. */
    public static final ErrorCode INTERNAL = new ErrorCode(11);
    /** The boundary between host and plugin was used wrongly. */
    public static final ErrorCode FFI = new ErrorCode(12);
    /** The plugin's own limit of concurrent requests is reached. */
    public static final ErrorCode TOO_MANY_REQUESTS = new ErrorCode(13);

    /** Returns the code of an error that the ABI carries as an unsigned 32-bit number. */
    static ErrorCode ofBits(int bits) {
        return new ErrorCode(Integer.toUnsignedLong(bits));
    }

    /**
     * Returns the name of the error.
     *
     * @return a few words; "error" and the number if the number is unknown
     */
    public String label() {
        if (value < 1 || value > 13) {
            return "error " + value;
        }
        return switch ((int) value) {
            case 1 -> "invalid state";
            case 2 -> "init failed";
            case 3 -> "shutdown failed";
            case 4 -> "config error";
            case 5 -> "serialization error";
            case 6 -> "unknown message type";
            case 7 -> "handler error";
            case 8 -> "runtime error";
            case 9 -> "cancelled";
            case 10 -> "timeout";
            case 11 -> "internal error";
            case 12 -> "ffi error";
            default -> "too many requests";
        };
    }

    /** Returns the name and the number. */
    @Override
    public String toString() {
        return label() + " (" + value + ")";
    }
}
