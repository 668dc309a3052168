package dev.turnstile.plugin;

import dev.turnstile.process.Death;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Says that the process of an isolated plugin has ended during a call, or was found dead by it. The call has failed, and no other; the instance is lost, and replaced as the {@linkplain
 * dev.turnstile.RestartPolicy restarts} say.
 *
 * <p>If {@link #started} is true, the plugin may have done anything from nothing to all of what was asked for.
 */
public abstract sealed class PluginLostException extends RuntimeException
        permits PluginCrashedException, PluginKilledException {
    private static final long serialVersionUID = 1L;

    private final String target;
    private final boolean started;
    private final transient Death death;
    private final transient List<PluginLogLine> logLines;

    PluginLostException(String what, String target, boolean started, Death death, List<PluginLogLine> logLines) {
        super(message(what, target, death, logLines));
        this.target = target;
        this.started = started;
        this.death = death;
        this.logLines = logLines;
    }

    private static String message(String what, String target, Death death, List<PluginLogLine> logLines) {
        StringBuilder text = new StringBuilder(target + ": " + what);
        if (!logLines.isEmpty()) {
            PluginLogLine.appendAll(text, logLines);
        }
        return text + written(death);
    }

    /** A paragraph with what a process has written, if it has. */
    static String written(Death death) {
        return death.output().isEmpty()
                ? ""
                : "\nThe process wrote:\n" + death.output().indent(2).stripTrailing();
    }

    final Death death() {
        return death;
    }

    /**
     * Returns what was called.
     *
     * @return the type tag, or "message" and the number of a raw call; for other uses what was asked for
     */
    public String target() {
        return target;
    }

    /**
     * Says whether the plugin's process had begun the call.
     *
     * @return {@code false} if nothing was done of it
     */
    public boolean started() {
        return started;
    }

    /**
     * Returns the number of the process.
     *
     * @return the number that it had; another process may have it by now
     */
    public long pid() {
        return death.pid();
    }

    /**
     * Returns what the process ended with.
     *
     * @return the exit code; 128 and more means a signal; empty if it does not end although it was killed
     */
    public OptionalInt exitCode() {
        return death.exitCode();
    }

    /**
     * Returns the native function that the process crashed in.
     *
     * @return library, offset and function as the system names them; empty if nobody knows, for instance after an {@code exit}
     */
    public Optional<String> frame() {
        return death.frame();
    }

    /**
     * Returns the end of what the process wrote to its standard streams.
     *
     * @return the last 8 KB at most; may be empty
     */
    public String output() {
        return death.output();
    }

    /**
     * Returns what the plugin logged last.
     *
     * @return the lines in order, the last ten at most
     */
    public List<PluginLogLine> logLines() {
        return logLines;
    }
}
