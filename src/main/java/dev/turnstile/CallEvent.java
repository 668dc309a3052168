package dev.turnstile;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** A call in a flight recording; begins when its caller comes and lasts until it ends. */
@Name("dev.turnstile.Call")
@Label("Call")
@Category("Turnstile")
@Description("A call through a gate, from its caller's coming to its end")
@StackTrace(false)
@Threshold("10 ms")
final class CallEvent extends Event {
    /** One for all who ask: the JVM does not always see that a new one could be left out, which each call would pay for. */
    private static final CallEvent ASKED = new CallEvent();

    /** Says whether there is a recording that has calls. */
    static boolean isRecorded() {
        return ASKED.isEnabled();
    }

    @Label("Gate")
    @Description("The name of the worker")
    @Nullable
    String gate;

    @Label("Tag")
    @Nullable
    String tag;

    @Label("Outcome")
    @Nullable
    String outcome;

    @Label("Accepted")
    @Description("Whether it had a place in the line")
    boolean accepted;

    @Label("Started")
    @Description("Whether the resource began it")
    boolean started;

    @Label("Wait Time")
    @Timespan(Timespan.NANOSECONDS)
    long waitTime;

    @Label("Run Time")
    @Timespan(Timespan.NANOSECONDS)
    long runTime;

    @Label("Request Size")
    @Description("-1 if unknown")
    @DataAmount
    long requestSize;

    @Label("Response Size")
    @Description("-1 if unknown, or if there was no response")
    @DataAmount
    long responseSize;
}
