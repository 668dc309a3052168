package dev.turnstile.plugin;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** The start and the end of an isolated plugin's process in a flight recording. */
@Name("dev.turnstile.PluginProcess")
@Label("Plugin Process")
@Category("Turnstile")
@Description("The process of an isolated plugin has started, or has ended")
@StackTrace(false)
final class PluginProcessEvent extends Event {
    @Label("Plugin")
    @Description("The library, or the class of a plugin in Java")
    @Nullable
    String plugin;

    @Label("Process")
    @Description("Its number")
    long pid;

    @Label("Change")
    @Description("started, closed, crashed or killed")
    @Nullable
    String change;

    @Label("Cause")
    @Description("Why it crashed or was killed")
    @Nullable
    String cause;

    static void record(String plugin, long pid, String change, @Nullable String cause) {
        PluginProcessEvent event = new PluginProcessEvent();
        if (event.shouldCommit()) {
            event.plugin = plugin;
            event.pid = pid;
            event.change = change;
            event.cause = cause;
            event.commit();
        }
    }
}
