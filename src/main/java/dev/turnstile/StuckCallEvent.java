package dev.turnstile;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** A stuck call in a flight recording; see {@link StuckCall}. */
@Name("dev.turnstile.StuckCall")
@Label("Stuck Call")
@Category("Turnstile")
@Description("A call has been in the resource for longer than the limit")
@StackTrace(false)
final class StuckCallEvent extends Event {
    @Label("Gate")
    @Description("The name of the worker")
    @Nullable
    String gate;

    @Label("Tag")
    @Nullable
    String tag;

    @Label("Run Time")
    @Timespan(Timespan.NANOSECONDS)
    long runTime;

    @Label("Pending")
    int pending;

    @Label("Waiting")
    int waiting;

    @Label("Worker Stack")
    @Nullable
    String workerStack;

    static void record(String gate, StuckCall call, String workerStack) {
        StuckCallEvent event = new StuckCallEvent();
        if (event.shouldCommit()) {
            event.gate = gate;
            event.tag = call.tag();
            event.runTime = call.running().toNanos();
            event.pending = call.pending();
            event.waiting = call.waiting();
            event.workerStack = workerStack;
            event.commit();
        }
    }
}
