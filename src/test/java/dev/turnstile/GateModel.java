package dev.turnstile;

import dev.turnstile.testing.CallEnd;
import dev.turnstile.testing.Counts;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the gate should do, in plain sequential Java, written from its contract and not from its code: calls are numbers, a
 * running call stays in the resource until {@link #letGo}.
 */
final class GateModel {
    private final int capacity;
    private final Deque<Integer> outside = new ArrayDeque<>();
    private final Deque<Integer> pending = new ArrayDeque<>();
    private final Map<Integer, CallEnd> ends = new HashMap<>();
    private final List<Integer> ran = new ArrayList<>();
    private final Map<Tally, Long> tallies = new HashMap<>();

    private TurnstileState state = TurnstileState.OPEN;
    private Integer running;

    /** What a call counts as. For one whose caller has gone, it is decided then, and counted when it returns. */
    enum Tally {
        ACCEPTED,
        COMPLETED,
        FAILED,
        CANCELLED,
        EXPIRED,
        REFUSED,
        TURNED_AWAY
    }

    private Tally abandonedAs;

    GateModel(int capacity) {
        this.capacity = capacity;
    }

    void arrive(int call, boolean mayWait) {
        if (state != TurnstileState.OPEN) {
            turnAway(call, CallEnd.CLOSED_BEFORE);
        } else if (pending.size() < capacity) {
            accept(call);
        } else if (mayWait) {
            outside.add(call);
        } else {
            turnAway(call, CallEnd.FULL);
        }
        goOn();
    }

    /** The caller gives up; {@code as} is how that counts. */
    void giveUp(int call, Tally as) {
        if (outside.remove(call)) {
            turnAway(call, CallEnd.GIVEN_UP_BEFORE);
        } else if (pending.remove(call)) {
            end(call, CallEnd.GIVEN_UP_BEFORE, as);
        } else if (isInResource(call)) {
            ends.put(call, CallEnd.GIVEN_UP_AFTER);
            abandonedAs = as;
        }
        goOn();
    }

    /** The call in the resource comes back. */
    void letGo(boolean returns) {
        if (running != null) {
            if (abandonedAs != null) {
                count(abandonedAs);
            } else {
                end(running, returns ? CallEnd.RETURNED : CallEnd.THREW, returns ? Tally.COMPLETED : Tally.FAILED);
            }
            running = null;
            abandonedAs = null;
        }
        goOn();
    }

    void shutdown() {
        if (state == TurnstileState.OPEN) {
            state = TurnstileState.DRAINING;
            outside.forEach(call -> turnAway(call, CallEnd.CLOSED_BEFORE));
            outside.clear();
        }
        goOn();
    }

    /** Closes with a limit that has passed. */
    void closeNow() {
        shutdown();
        if (state == TurnstileState.DRAINING) {
            state = TurnstileState.REFUSING;
            pending.forEach(call -> end(call, CallEnd.CLOSED_BEFORE, Tally.REFUSED));
            pending.clear();
            if (running != null && abandonedAs == null) {
                ends.put(running, CallEnd.CLOSED_AFTER);
                abandonedAs = Tally.REFUSED;
            }
        }
        goOn();
    }

    /** The worker, and the places that become free. */
    private void goOn() {
        boolean moved = true;
        while (moved) {
            moved = false;
            if (running == null && !pending.isEmpty()) {
                running = pending.remove();
                ran.add(running);
                moved = true;
            }
            if (pending.size() < capacity && !outside.isEmpty()) {
                accept(outside.remove());
                moved = true;
            }
        }
        if (state != TurnstileState.OPEN && running == null && pending.isEmpty()) {
            state = TurnstileState.CLOSED;
        }
    }

    private void accept(int call) {
        count(Tally.ACCEPTED);
        pending.add(call);
    }

    private void turnAway(int call, CallEnd end) {
        end(call, end, Tally.TURNED_AWAY);
    }

    private void end(int call, CallEnd end, Tally as) {
        ends.put(call, end);
        count(as);
    }

    private void count(Tally tally) {
        tallies.merge(tally, 1L, Long::sum);
    }

    private long counted(Tally tally) {
        return tallies.getOrDefault(tally, 0L);
    }

    boolean isBusy() {
        return running != null;
    }

    boolean isOpen() {
        return state == TurnstileState.OPEN;
    }

    boolean isOutside(int call) {
        return outside.contains(call);
    }

    /** Says whether the call runs and its caller still waits. */
    boolean isInResource(int call) {
        return running != null && running == call && abandonedAs == null;
    }

    Map<Integer, CallEnd> ends() {
        return ends;
    }

    /** The calls that ever ran, in order. */
    List<Integer> ran() {
        return ran;
    }

    TurnstileState state() {
        return state;
    }

    TurnstileStats stats() {
        return new TurnstileStats(
                capacity,
                outside.size(),
                pending.size(),
                running == null ? 0 : 1,
                counted(Tally.ACCEPTED),
                counted(Tally.COMPLETED),
                counted(Tally.FAILED),
                counted(Tally.CANCELLED),
                counted(Tally.EXPIRED),
                counted(Tally.REFUSED),
                counted(Tally.TURNED_AWAY),
                Counts.NO_TIMES);
    }
}
