package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.locks.Lock;
import org.jetbrains.lincheck.datastructures.Validate;

/**
 * A {@link Line} as Lincheck drives it: operations for several threads at once, each of which returns what its caller
 * learns. {@link LineModel} has the same operations.
 *
 * <p>The worker's steps, which come from one thread at a time, are its real ones, but for {@link Line#take}, which waits
 * where nothing is in the queue: here the queue is polled.
 */
public abstract class LineOperations {
    /** Three calls that may wait outside and one that may not; each comes once. */
    public enum Name {
        ANN,
        BOB,
        CAT,
        DAN
    }

    private final Line<Object> line;
    private final Lock monitor;
    private final Queue<Call<Object, ?>> queue;
    private final Map<Name, NamedCall> calls = new EnumMap<>(Name.class);

    private NamedCall inHand;
    private boolean running;

    LineOperations(int capacity) {
        line = new Line<>(capacity);
        monitor = field(line, "monitor");
        queue = field(line, "queue");
        for (Name name : Name.values()) {
            calls.put(name, new NamedCall(name));
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

    public String enterCat() {
        return enter(Name.CAT, true);
    }

    public String tryEnterDan() {
        return enter(Name.DAN, false);
    }

    private String enter(Name name, boolean mayWait) {
        NamedCall call = calls.get(name);
        call.admission = line.enter(call, mayWait);
        return call.admission.name();
    }

    public String leave(Name name, boolean timeIsUp) {
        NamedCall call = calls.get(name);
        if (!line.leave(call, timeIsUp ? CallState.EXPIRED : CallState.CANCELLED)) {
            return "stays";
        }
        return call.started() ? "gone after its start" : "gone before its start";
    }

    // ---- the worker ----

    /** The worker's next step: takes a call, starts the one in its hand, or ends the one that runs and starts the next. */
    public String step(boolean returns) {
        if (inHand == null) {
            return take();
        }
        return running ? end(returns ? CallState.COMPLETED : CallState.FAILED) : start();
    }

    private String take() {
        Call<Object, ?> call = queue.poll();
        while (call instanceof NamedCall && call.state().isSettled()) {
            assertFalse(line.start(call), "what was given up does not start");
            call = queue.poll();
        }
        if (call instanceof NamedCall named) {
            inHand = named;
            return "takes " + named;
        }
        if (call != null || endMarkTaken()) {
            line.ended(null);
        }
        return line.state() == TurnstileState.CLOSED ? "ended" : "idle";
    }

    private boolean endMarkTaken() {
        return LineOperations.<Boolean>field(line, "endMarkTaken");
    }

    private String start() {
        running = line.start(inHand);
        if (!running) {
            inHand = null;
        }
        return running ? "starts" : "does not start";
    }

    private String end(CallState outcome) {
        NamedCall ended = inHand;
        inHand = (NamedCall) line.end(ended, outcome, null);
        running = inHand != null;
        return ended.state() + (running ? ", " + inHand + " starts" : "");
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
        return line.stats();
    }

    public LineSeen look() {
        monitor.lock(); // no call moves meanwhile
        try {
            List<CallState> states = new ArrayList<>(calls.size());
            for (NamedCall call : calls.values()) {
                states.add(call.state());
            }
            TurnstileState state = line.state();
            if (state == TurnstileState.OPEN) {
                return new LineSeen(line.stats(), states, LineSeen.Stage.OPEN, 0, 0, 0, 0);
            }
            CloseReport report = line.report();
            return new LineSeen(
                    line.stats(),
                    states,
                    state == TurnstileState.CLOSED ? LineSeen.Stage.CLOSED : LineSeen.Stage.CLOSING,
                    report.drained(),
                    report.refused(),
                    report.turnedAway(),
                    report.abandoned());
        } finally {
            monitor.unlock();
        }
    }

    /** At the end: whoever waits for something that has come was woken after it had. */
    @Validate
    public void everyoneIsWoken() {
        for (NamedCall call : calls.values()) {
            if (!call.isWoken()) {
                throw new AssertionError(call + " is " + call.state() + " and was last woken as " + call.wokenAs);
            }
        }
    }

    /** Notes as what it was woken last. */
    private static final class NamedCall extends Call<Object, Object> {
        private final Name name;
        private volatile Line.Admission admission;
        private volatile CallState wokenAs;

        NamedCall(Name name) {
            super(resource -> resource);
            this.name = name;
        }

        boolean isWoken() {
            boolean refusedAtOnce = admission == Line.Admission.FULL || admission == Line.Admission.CLOSED;
            return switch (state()) {
                case NEW, WAITING, CANCELLED, EXPIRED -> true; // nothing has come, or the owner itself did it
                case PENDING, RUNNING ->
                    admission == Line.Admission.ACCEPTED
                            || wokenAs == CallState.PENDING
                            || wokenAs == CallState.RUNNING;
                case COMPLETED, FAILED -> wokenAs == state();
                case ABANDONED -> endAfterReturn() != CallState.REFUSED || wokenAs == CallState.ABANDONED;
                case REFUSED -> refusedAtOnce || wokenAs == CallState.REFUSED || wokenAs == CallState.ABANDONED;
            };
        }

        @Override
        void wake() {
            wokenAs = state();
        }

        @Override
        boolean isAwaited() {
            return !state().isSettled();
        }

        @Override
        boolean isOwnedByVirtualThread() {
            return false;
        }

        @Override
        public String toString() {
            return name.name();
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
