package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.turnstile.testing.Counts;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import org.jetbrains.lincheck.datastructures.Validate;

/**
 * A {@link Line} as Lincheck drives it: operations for several threads at once, each of which returns what its caller
 * learns. {@link LineModel} has the same operations.
 *
 * <p>The worker's steps, which come from one thread at a time, are its real ones, but for {@link Station#take}, which waits
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
    private final Station<Object> station;
    private final Lock monitor;
    private final Inbox<Object> arrivals;
    private final Ledger ledger;
    private final Map<Name, NamedCall> calls = new EnumMap<>(Name.class);

    private NamedCall inHand;
    private boolean running;

    LineOperations(int capacity) {
        line = new Line<>(capacity);
        station = Stations.add(line);
        monitor = field(line, "monitor");
        arrivals = field(line, "arrivals");
        ledger = field(line, "ledger");
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
        NamedCall call = calls.get(name);
        call.admission = line.enter(call, mayWait);
        return call.admission.name();
    }

    private void arrive(Name name) {
        NamedCall call = calls.get(name);
        line.arrive(call);
        call.arrived = true;
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
        Call<Object, ?> call = station.lookOnceMore();
        while (call != null && call.state().isSettled()) {
            assertFalse(station.start(call), "what was given up does not start");
            call = station.lookOnceMore();
        }
        if (call instanceof NamedCall named) {
            inHand = named;
            return "takes " + named;
        }
        if (station.isToGo()) {
            line.ended(null);
        }
        return line.state() == TurnstileState.CLOSED ? "ended" : "idle";
    }

    private String start() {
        running = station.start(inHand);
        if (!running) {
            inHand = null;
        }
        return running ? "starts" : "does not start";
    }

    private String end(CallState outcome) {
        NamedCall ended = inHand;
        inHand = (NamedCall) station.end(ended, outcome, null);
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
        return Counts.of(line.stats());
    }

    /** All at one instant: who arrives while it looks is not seen, in any of it. */
    public LineSeen look() {
        monitor.lock(); // no call moves meanwhile
        try {
            TurnstileStats stats = Counts.of(line.stats()); // admits those who have arrived, and nothing after it does
            List<CallState> states = new ArrayList<>(calls.size());
            for (NamedCall call : calls.values()) {
                states.add(call.state());
            }
            TurnstileState state = line.state();
            if (state == TurnstileState.OPEN) {
                return new LineSeen(stats, states, LineSeen.Stage.OPEN, 0, 0, 0, 0);
            }
            boolean closed = state == TurnstileState.CLOSED;
            CloseReport report = ledger.closeReport(closed);
            return new LineSeen(
                    stats,
                    states,
                    closed ? LineSeen.Stage.CLOSED : LineSeen.Stage.CLOSING,
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
                throw new AssertionError(call + " is " + call.state() + " and was woken as " + call.furthest);
            }
            if (call.arrived && call.state() == CallState.NEW && !arrivals.isAttended()) {
                throw new AssertionError(call + " has arrived, and nobody is going to look");
            }
        }
    }

    /** Notes as what it was woken. */
    private static final class NamedCall extends Call<Object, Object> {
        private final Name name;
        private volatile Line.Admission admission;
        /** The furthest: of two who wake it at once, the one who saw the earlier state may be the later. */
        private final AtomicReference<CallState> furthest = new AtomicReference<>(CallState.NEW);

        private volatile boolean arrived;

        NamedCall(Name name) {
            super(resource -> resource);
            this.name = name;
        }

        boolean isWoken() {
            CallState wokenAs = furthest.get();
            boolean refusedAtOnce = admission == Line.Admission.FULL || admission == Line.Admission.CLOSED;
            return switch (state()) {
                case NEW, WAITING, CANCELLED, EXPIRED -> true; // nothing has come, or the owner itself did it
                case PENDING, RUNNING ->
                    arrived
                            || admission == Line.Admission.ACCEPTED
                            || wokenAs == CallState.PENDING
                            || wokenAs == CallState.RUNNING;
                case COMPLETED, FAILED -> wokenAs == state();
                case ABANDONED -> endAfterReturn() != CallState.REFUSED || wokenAs == CallState.ABANDONED;
                case REFUSED -> refusedAtOnce || wokenAs == CallState.REFUSED || wokenAs == CallState.ABANDONED;
            };
        }

        @Override
        void wake() {
            furthest.accumulateAndGet(state(), (before, now) -> now.compareTo(before) > 0 ? now : before);
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
