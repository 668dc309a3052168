package dev.turnstile;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** The change of an instance of a gate's resource in a flight recording. */
@Name("dev.turnstile.Instance")
@Label("Instance")
@Category("Turnstile")
@Description("A resource was lost, or another one has taken its place")
@StackTrace(false)
final class InstanceEvent extends Event {
    @Label("Gate")
    @Description("The name of the worker")
    @Nullable
    String gate;

    @Label("Instance")
    int instance;

    @Label("Change")
    @Description("lost, restarted, swapped or renewed")
    @Nullable
    String change;

    @Label("Cause")
    @Nullable
    String cause;

    static void record(String gate, int instance, String change, @Nullable Throwable cause) {
        InstanceEvent event = new InstanceEvent();
        if (event.shouldCommit()) {
            event.gate = gate;
            event.instance = instance;
            event.change = change;
            event.cause = cause == null ? null : cause.toString();
            event.commit();
        }
    }
}
