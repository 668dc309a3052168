package dev.turnstile;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** The closing of a gate in a flight recording; see {@link CloseReport}. */
@Name("dev.turnstile.Close")
@Label("Close")
@Category("Turnstile")
@Description("A gate has closed, or did not within its limit")
@StackTrace(false)
final class CloseEvent extends Event {
    @Label("Gate")
    @Description("The name of the worker")
    @Nullable
    String gate;

    @Label("Elapsed")
    @Description("Since closing began")
    @Timespan(Timespan.NANOSECONDS)
    long elapsed;

    @Label("Drained")
    long drained;

    @Label("Refused")
    long refused;

    @Label("Not Admitted")
    long notAdmitted;

    @Label("Abandoned")
    int abandoned;

    @Label("Resource Closed")
    boolean resourceClosed;

    static void record(String gate, CloseReport report) {
        CloseEvent event = new CloseEvent();
        if (event.shouldCommit()) {
            event.gate = gate;
            event.elapsed = report.elapsed().toNanos();
            event.drained = report.drained();
            event.refused = report.refused();
            event.notAdmitted = report.notAdmitted();
            event.abandoned = report.abandoned();
            event.resourceClosed = report.resourceClosed();
            event.commit();
        }
    }
}
