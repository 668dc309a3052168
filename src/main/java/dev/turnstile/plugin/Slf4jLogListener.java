package dev.turnstile.plugin;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Passes a plugin's log lines to the logger that their target names. */
enum Slf4jLogListener implements PluginLogListener {
    INSTANCE;

    @Override
    public void onLine(PluginLogLine line) {
        String name = line.target().replace("::", ".");
        Logger log = LoggerFactory.getLogger(name.isBlank() ? NativePlugin.class.getName() : name);
        log.atLevel(level(line.level())).log(line.message());
    }

    private static Level level(LogLevel level) {
        return switch (level) {
            case TRACE -> Level.TRACE;
            case DEBUG -> Level.DEBUG;
            case INFO, OFF -> Level.INFO;
            case WARN -> Level.WARN;
            case ERROR -> Level.ERROR;
        };
    }
}
