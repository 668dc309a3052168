package dev.turnstile.plugin;

import dev.turnstile.process.Death;
import java.util.List;

/** Says that the process of an isolated plugin has ended by itself: by a signal such as SIGSEGV, an {@code abort}, or an {@code exit}. */
public final class PluginCrashedException extends PluginLostException {
    private static final long serialVersionUID = 1L;

    /** @param aboutLimits a clause about what limits the process had */
    PluginCrashedException(
            String target, boolean started, Death death, String aboutLimits, List<PluginLogLine> logLines) {
        super(
                "the plugin's process " + death.pid() + " has ended by " + death.cause()
                        + death.frame().map(frame -> " in " + frame).orElse("")
                        + aboutLimits
                        + (started ? "" : ", before it had begun this"),
                target,
                started,
                death,
                logLines);
    }

    /**
     * Returns why it ended.
     *
     * @return the name of a signal, such as {@code SIGSEGV}, or "exit code" and the code
     */
    public String reason() {
        return death().cause();
    }
}
