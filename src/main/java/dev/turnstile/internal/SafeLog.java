package dev.turnstile.internal;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.NOPLogger;

/**
 * A log that throws nothing, for code that must go on after logging. The logger and the objects it prints are user code: an exception whose {@code getMessage}
 * throws makes most loggers throw. Then as much as possible is logged without it.
 *
 * <p>The arguments are as SLF4J has them: one for each <code>{}</code>, and a {@code Throwable} may follow.
 */
public final class SafeLog {
    private final Logger log;

    /**
     * Makes the log of a class. If the logging framework cannot provide one, nothing is logged.
     *
     * @param named the class
     */
    public SafeLog(Class<?> named) {
        Logger found;
        try {
            found = LoggerFactory.getLogger(named);
        } catch (Throwable none) { // would break the class that wants to log
            found = NOPLogger.NOP_LOGGER;
        }
        log = found;
    }

    /**
     * Logs at the level TRACE.
     *
     * @param format what, with <code>{}</code> for each argument
     * @param arguments the arguments; a {@code Throwable} may follow
     */
    public void trace(String format, @Nullable Object... arguments) {
        try {
            log.trace(format, arguments);
        } catch (Throwable thrown) {
            again(format, arguments, thrown);
        }
    }

    /**
     * Logs at the level DEBUG.
     *
     * @param format what, with <code>{}</code> for each argument
     * @param arguments the arguments; a {@code Throwable} may follow
     */
    public void debug(String format, @Nullable Object... arguments) {
        try {
            log.debug(format, arguments);
        } catch (Throwable thrown) {
            again(format, arguments, thrown);
        }
    }

    /**
     * Logs at the level INFO.
     *
     * @param format what, with <code>{}</code> for each argument
     * @param arguments the arguments; a {@code Throwable} may follow
     */
    public void info(String format, @Nullable Object... arguments) {
        try {
            log.info(format, arguments);
        } catch (Throwable thrown) {
            again(format, arguments, thrown);
        }
    }

    /**
     * Logs at the level WARN.
     *
     * @param format what, with <code>{}</code> for each argument
     * @param arguments the arguments; a {@code Throwable} may follow
     */
    public void warn(String format, @Nullable Object... arguments) {
        try {
            log.warn(format, arguments);
        } catch (Throwable thrown) {
            again(format, arguments, thrown);
        }
    }

    /**
     * As the general form, but needs no memory for itself.
     *
     * @param format what, with <code>{}</code> for each argument
     * @param first an argument
     * @param second another one, or a {@code Throwable}
     */
    public void warn(String format, @Nullable Object first, @Nullable Object second) {
        try {
            log.warn(format, first, second);
        } catch (Throwable thrown) {
            again(format, first, second, thrown);
        }
    }

    /**
     * As the general form, but needs no memory for itself.
     *
     * @param format what, with <code>{}</code> for each argument
     * @param first an argument
     * @param second another one, or a {@code Throwable}
     */
    public void error(String format, @Nullable Object first, @Nullable Object second) {
        try {
            log.error(format, first, second);
        } catch (Throwable thrown) {
            again(format, first, second, thrown);
        }
    }

    /**
     * Logs at the level ERROR.
     *
     * @param format what, with <code>{}</code> for each argument
     * @param arguments the arguments; a {@code Throwable} may follow
     */
    public void error(String format, @Nullable Object... arguments) {
        try {
            log.error(format, arguments);
        } catch (Throwable thrown) {
            again(format, arguments, thrown);
        }
    }

    private void again(String format, @Nullable Object first, @Nullable Object second, Throwable thrown) {
        try {
            again(format, new @Nullable Object[] {first, second}, thrown);
        } catch (Throwable noMemory) {
            // As below.
        }
    }

    /** Logs it as plain text, made here; if that throws, too, nothing is logged. */
    private void again(String format, @Nullable Object[] arguments, Throwable thrown) {
        try {
            log.error(
                    "{} (the logger threw {} when this was to be said in full)",
                    text(format, arguments),
                    thrown.getClass().getName());
        } catch (Throwable noLog) {
            // Nothing is logged. The callers still learn what became of their calls.
        }
    }

    private static String text(String format, @Nullable Object[] arguments) {
        StringBuilder text = new StringBuilder();
        int from = 0;
        for (Object argument : arguments) {
            int at = format.indexOf("{}", from);
            text.append(format, from, at < 0 ? format.length() : at)
                    .append(at < 0 ? ": " : "")
                    .append(describe(argument));
            from = at < 0 ? format.length() : at + 2;
        }
        return text.append(format, from, format.length()).toString();
    }

    /**
     * Describes an object, whose own methods may throw.
     *
     * @param what the object
     * @return its text; the name of its class if it has none
     */
    public static String describe(@Nullable Object what) {
        if (what == null) {
            return "null";
        }
        try {
            String text = what.toString();
            return text == null ? what.getClass().getName() : text;
        } catch (Throwable silent) {
            return what.getClass().getName();
        }
    }
}
