package dev.turnstile.plugin;

import dev.turnstile.process.Death;
import java.util.List;

/** Says that the process of an isolated plugin was killed: the call took longer than {@link Isolation#withKillAfter} allows, or the process did not keep to the protocol. */
public final class PluginKilledException extends PluginLostException {
    private static final long serialVersionUID = 1L;

    PluginKilledException(String target, boolean started, Death death, List<PluginLogLine> logLines) {
        super(
                "the plugin's process " + death.pid() + " was killed: " + death.cause(),
                target,
                started,
                death,
                logLines);
    }
}
