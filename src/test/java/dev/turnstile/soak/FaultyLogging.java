package dev.turnstile.soak;

import java.io.PrintWriter;
import java.io.Serial;
import java.io.Writer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMDCAdapter;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Writes nothing, but prints each line as if it did, and fails at half of those that have to do with a {@linkplain Mischief#NAME troubled} gate:
 * because the text or the thread says so.
 */
public final class FaultyLogging implements SLF4JServiceProvider {
    /** Lines at which it failed. */
    static final LongAdder FAILURES = new LongAdder();

    private static final LongAdder TIMES = new LongAdder();

    private final Map<String, Logger> loggers = new ConcurrentHashMap<>();
    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter mdc = new BasicMDCAdapter();

    private static final class Faulty extends LegacyAbstractLogger {
        @Serial
        private static final long serialVersionUID = 1L;

        Faulty(String name) {
            this.name = name;
        }

        @Override
        protected void handleNormalizedLoggingCall(
                Level level, Marker marker, String pattern, Object[] arguments, Throwable thrown) {
            String line = MessageFormatter.basicArrayFormat(pattern, arguments);
            if (thrown != null) {
                thrown.printStackTrace(new PrintWriter(Writer.nullWriter()));
            }
            boolean isOfIt = line.contains(Mischief.NAME)
                    || Thread.currentThread().getName().contains(Mischief.NAME);
            if (isOfIt) {
                TIMES.increment();
                if (TIMES.sum() % 2 == 0) {
                    FAILURES.increment();
                    throw new LinkageError("no logging, on purpose");
                }
            }
        }

        @Override
        protected String getFullyQualifiedCallerName() {
            return Faulty.class.getName();
        }

        @Override
        public boolean isTraceEnabled() {
            return false;
        }

        @Override
        public boolean isDebugEnabled() {
            return false;
        }

        @Override
        public boolean isInfoEnabled() {
            return true;
        }

        @Override
        public boolean isWarnEnabled() {
            return true;
        }

        @Override
        public boolean isErrorEnabled() {
            return true;
        }
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return name -> loggers.computeIfAbsent(name, Faulty::new);
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return mdc;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0";
    }

    @Override
    public void initialize() {}
}
