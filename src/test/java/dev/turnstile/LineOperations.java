package dev.turnstile;

import dev.turnstile.testing.Counts;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jetbrains.lincheck.datastructures.Validate;

/**
 * A {@link Line} as Lincheck drives it: operations for several threads at once, each of which returns what its caller
 * learns. {@link LineModel} has the same operations.
 *
 * <p>The worker's steps, which come from one thread at a time, are its real ones, but for {@link WorkerSteps#await}, which waits
 * where nothing is in the queue: here it takes its last look before that.
 */
public abstract class LineOperations {
    /** Two calls that may wait for a place, one that may not, and two that wait for their end alone; each comes once. */
    public enum Name {
        ANN,
        BOB,
        CAT,
        DAN,
        EVE
    }

    private final Line<Object> line;
    private final ManualWorker<Object> worker;
    private final Monitor<Object> monitor;
    private final Inbox<Object> arrivals;
    private final CallCounts counts;
    private final Map<Name, WokenCall> calls = new EnumMap<>(Name.class);

    private WokenCall running;

    LineOperations(int capacity) {
        line = new Line<>(capacity);
        worker = ManualWorker.of(line);
        monitor = field(line, "monitor");
        arrivals = field(line, "arrivals");
        counts = field(line, "counts");
        for (Name name : Name.values()) {
            calls.put(name, new WokenCall(name.name()));
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // what the field is, is seen above
    private static <T> T field(Line<Object> line, String name) {
        try {
            Field field = Line.class.getDeclaredField(name);
            field.setAccessible(true);
            return (T) field.get(line);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the line is built otherwise", e);
        }
    }

    // ---- callers ----

    public String enterAnn() {
        return enter(Name.ANN, true);
    }

    public String enterBob() {
        return enter(Name.BOB, true);
    }

    public String tryEnterCat() {
        return enter(Name.CAT, false);
    }

    public void arriveDan() {
        arrive(Name.DAN);
    }

    public void arriveEve() {
        arrive(Name.EVE);
    }

    private String enter(Name name, boolean mayWait) {
        WokenCall call = calls.get(name);
        call.admission = line.enter(call, mayWait);
        return call.admission.name();
    }

    private void arrive(Name name) {
        WokenCall call = calls.get(name);
        line.arrive(call);
        call.arrived = true;
    }

    public String leave(Name name, boolean timeIsUp) {
        WokenCall call = calls.get(name);
        if (!line.leave(call, timeIsUp ? CallState.EXPIRED : CallState.CANCELLED)) {
            return "stays";
        }
        return call.started() ? "gone after its start" : "gone before its start";
    }

    // ---- the worker ----

    /** The worker's next step: starts a call, or ends the one that runs and starts the next. */
    public String step(boolean returns) {
        return running == null ? start() : end(returns ? CallState.COMPLETED : CallState.FAILED);
    }

    private String start() {
        running = (WokenCall) worker.start();
        if (running != null) {
            return running + " starts";
        }
        if (worker.isToGo()) {
            line.ended(null);
        }
        return line.state() == TurnstileState.CLOSED ? "ended" : "idle";
    }

    private String end(CallState outcome) {
        WokenCall ended = running;
        running = (WokenCall) worker.end(ended, outcome);
        return ended.state() + (running == null ? "" : ", " + running + " starts");
    }

    // ---- closing ----

    public void close(boolean atOnce) {
        line.close(atOnce ? Deadline.after(Duration.ZERO) : Deadline.NEVER);
    }

    public void refuseRest() {
        if (line.state() != TurnstileState.OPEN) { // as in the gate, which closes first
            line.refuseRest();
        }
    }

    // ---- looking ----

    public TurnstileStats stats() {
        return Counts.of(line.stats());
    }

    /** All at one instant: who arrives while it looks is not seen, in any of it. */
    public LineSeen look() {
        monitor.lock(); // no call moves meanwhile
        try {
            TurnstileStats stats = Counts.of(line.stats()); // admits those who have arrived, and nothing after it does
            List<CallState> states = new ArrayList<>(calls.size());
            for (WokenCall call : calls.values()) {
                states.add(call.state());
            }
            TurnstileState state = line.state();
            if (state == TurnstileState.OPEN) {
                return new LineSeen(stats, states, LineSeen.Stage.OPEN, 0, 0, 0, 0);
            }
            boolean closed = state == TurnstileState.CLOSED;
            CloseReport report = counts.closeReport(closed);
            return new LineSeen(
                    stats,
                    states,
                    closed ? LineSeen.Stage.CLOSED : LineSeen.Stage.CLOSING,
                    report.drained(),
                    report.refused(),
                    report.notAdmitted(),
                    report.abandoned());
        } finally {
            monitor.unlock();
        }
    }

    /** At the end: whoever waits for something that has come was woken after it had. */
    @Validate
    public void everyoneIsWoken() {
        for (WokenCall call : calls.values()) {
            call.assertWoken();
            boolean isInside = call.arrived || call.admission == Line.Admission.ACCEPTED;
            if (isInside && call.state() == CallState.NEW && !arrivals.isPolled()) {
                throw new AssertionError(call + " has arrived, and nobody is going to look");
            }
        }
    }

    /** With one place. */
    public static final class OnePlace extends LineOperations {
        public OnePlace() {
            super(1);
        }
    }

    /** With two places. */
    public static final class TwoPlaces extends LineOperations {
        public TwoPlaces() {
            super(2);
        }
    }
}
