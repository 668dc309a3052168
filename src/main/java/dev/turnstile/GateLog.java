package dev.turnstile;

import dev.turnstile.internal.SafeLog;
import org.jspecify.annotations.Nullable;

/** The {@link SafeLog} of all gates, and safe descriptions of exceptions. */
final class GateLog {
    private static final SafeLog log = new SafeLog(Turnstile.class);

    private GateLog() {}

    static void trace(String format, Object... arguments) {
        log.trace(format, arguments);
    }

    static void info(String format, Object... arguments) {
        log.info(format, arguments);
    }

    static void warn(String format, Object... arguments) {
        log.warn(format, arguments);
    }

    static void warn(String format, String who, @Nullable Throwable why) {
        log.warn(format, who, why);
    }

    static void error(String format, String who, @Nullable Throwable why) {
        log.error(format, who, why);
    }

    /** Describes an exception, whose own methods may throw. */
    static String describe(@Nullable Throwable thrown) {
        if (thrown == null) {
            return "for no reason that is known";
        }
        return SafeLog.describe(thrown);
    }

    /** Returns the message of an exception, or its description if there is none. */
    static String message(@Nullable Throwable thrown) {
        try {
            String message = thrown == null ? null : thrown.getMessage();
            return message == null ? describe(thrown) : message;
        } catch (Throwable silent) {
            return describe(thrown);
        }
    }
}
