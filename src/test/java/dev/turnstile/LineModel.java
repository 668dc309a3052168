package dev.turnstile;

import dev.turnstile.LineOperations.Name;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What a {@link Line} is to do, in plain words for one thread: the specification of {@link LineOperations}. */
public abstract class LineModel {
    private final int capacity;
    private final Map<Name, CallState> states = new EnumMap<>(Name.class);
    private final Map<Name, CallState> endsAfterReturn = new EnumMap<>(Name.class);
    private final ArrayDeque<Name> outside = new ArrayDeque<>();
    private final ArrayDeque<Name> queue = new ArrayDeque<>();
    private Name running;

    private final Map<CallState, Integer> ends = new EnumMap<>(CallState.class);
    private int accepted;
    private int notAdmitted;

    private boolean closing;
    private boolean closed;
    private boolean limitPassed;
    private boolean refusing;
    private int ranBeforeClosing;
    private int notAdmittedBeforeClosing;
    private int refusedByClosing;
    private int abandonedByClosing;
    private Name countedAsAbandoned;

    LineModel(int capacity) {
        this.capacity = capacity;
        for (Name name : Name.values()) {
            states.put(name, CallState.NEW);
        }
    }

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
        enter(Name.DAN, true);
    }

    public void arriveEve() {
        enter(Name.EVE, true);
    }

    private String enter(Name name, boolean mayWait) {
        if (!closing && outside.isEmpty() && pending() < capacity) {
            accept(name);
            return "ACCEPTED";
        }
        if (!closing && mayWait) {
            states.put(name, CallState.WAITING);
            outside.add(name);
            return "OUTSIDE";
        }
        states.put(name, CallState.REFUSED);
        notAdmitted++;
        return closing ? "REFUSED" : "FULL";
    }

    private void accept(Name name) {
        states.put(name, CallState.PENDING);
        queue.add(name);
        accepted++;
    }

    private void letNextIn() {
        if (!outside.isEmpty()) {
            accept(outside.remove());
        }
    }

    public String leave(Name name, boolean timeIsUp) {
        CallState end = timeIsUp ? CallState.EXPIRED : CallState.CANCELLED;
        return switch (states.get(name)) {
            case WAITING -> {
                states.put(name, end);
                outside.remove(name);
                notAdmitted++;
                yield "gone before its start";
            }
            case PENDING -> {
                ended(name, end);
                queue.remove(name);
                letNextIn();
                yield "gone before its start";
            }
            case RUNNING -> {
                abandon(name, end);
                yield "gone after its start";
            }
            default -> "stays";
        };
    }

    private void abandon(Name name, CallState end) {
        states.put(name, CallState.ABANDONED);
        endsAfterReturn.put(name, end);
    }

    private void ended(Name name, CallState end) {
        states.put(name, end);
        ends.merge(end, 1, Integer::sum);
    }

    public String step(boolean returns) {
        return running == null ? start() : end(returns ? CallState.COMPLETED : CallState.FAILED);
    }

    private String start() {
        startNext();
        if (running != null) {
            return running + " starts";
        }
        closed |= closing;
        return closed ? "ended" : "idle";
    }

    private void startNext() {
        while (running == null && !queue.isEmpty()) {
            Name next = queue.remove();
            refusing |= closing && limitPassed;
            if (refusing) {
                ended(next, CallState.REFUSED);
                refusedByClosing++;
            } else {
                states.put(next, CallState.RUNNING);
                running = next;
                letNextIn();
            }
        }
    }

    private String end(CallState outcome) {
        CallState end = states.get(running) == CallState.ABANDONED ? endsAfterReturn.get(running) : outcome;
        ended(running, end);
        running = null;
        startNext();
        return end + (running == null ? "" : ", " + running + " starts");
    }

    public void close(boolean atOnce) {
        limitPassed |= atOnce;
        if (!closing) {
            closing = true;
            ranBeforeClosing = ran();
            notAdmittedBeforeClosing = notAdmitted;
            notAdmitted += outside.size();
            outside.forEach(name -> states.put(name, CallState.REFUSED));
            outside.clear();
        }
    }

    public void refuseRest() {
        if (closing && !closed) {
            refusing = true;
            refusedByClosing += queue.size();
            queue.forEach(name -> ended(name, CallState.REFUSED));
            queue.clear();
            if (running != null && running != countedAsAbandoned) {
                countedAsAbandoned = running;
                abandonedByClosing++;
            }
            if (running != null && states.get(running) == CallState.RUNNING) {
                abandon(running, CallState.REFUSED);
            }
        }
    }

    public TurnstileStats stats() {
        return MadeStats.of(
                capacity,
                outside.size(),
                pending(),
                running == null ? 0 : 1,
                accepted,
                count(CallState.COMPLETED),
                count(CallState.FAILED),
                count(CallState.CANCELLED),
                count(CallState.EXPIRED),
                count(CallState.REFUSED),
                notAdmitted);
    }

    public LineSeen look() {
        List<CallState> all = new ArrayList<>(states.values());
        if (!closing) {
            return new LineSeen(stats(), all, LineSeen.Stage.OPEN, 0, 0, 0, 0);
        }
        return new LineSeen(
                stats(),
                all,
                closed ? LineSeen.Stage.CLOSED : LineSeen.Stage.CLOSING,
                ran() - ranBeforeClosing,
                refusedByClosing,
                notAdmitted - notAdmittedBeforeClosing,
                abandonedByClosing);
    }

    private int pending() {
        return (int) states.values().stream()
                .filter(state -> state == CallState.PENDING)
                .count();
    }

    private int ran() {
        return count(CallState.COMPLETED) + count(CallState.FAILED);
    }

    private int count(CallState end) {
        return ends.getOrDefault(end, 0);
    }

    /** With one place. */
    public static final class OnePlace extends LineModel {
        public OnePlace() {
            super(1);
        }
    }

    /** With two places. */
    public static final class TwoPlaces extends LineModel {
        public TwoPlaces() {
            super(2);
        }
    }
}
