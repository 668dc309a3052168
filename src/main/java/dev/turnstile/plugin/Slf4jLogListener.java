package dev.turnstile.plugin;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes a plugin's log lines to the logger that their target names. It calls only what SLF4J 1.7 has, too: older applications bring that. */
enum Slf4jLogListener implements PluginLogListener {
    INSTANCE;

    @Override
    public void onLine(PluginLogLine line) {
        String name = line.target().replace("::", ".");
        Logger log = LoggerFactory.getLogger(name.isBlank() ? NativePlugin.class.getName() : name);
        String message = line.message();
        switch (line.level()) {
            case TRACE -> log.trace(message);
            case DEBUG -> log.debug(message);
            case INFO, OFF -> log.info(message);
            case WARN -> log.warn(message);
            case ERROR -> log.error(message);
        }
    }
}
