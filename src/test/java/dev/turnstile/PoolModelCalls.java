package dev.turnstile;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How far each call has come, in the {@link PoolLineModel}, and how many have come to which end. */
final class PoolModelCalls {
    private final Map<PoolCaller, CallState> states = new EnumMap<>(PoolCaller.class);
    private final Map<PoolCaller, CallState> endsAfterReturn = new EnumMap<>(PoolCaller.class);
    private final Map<CallState, Integer> ends = new EnumMap<>(CallState.class);
    private int accepted;
    private int notAdmitted;

    private boolean isClosing;
    private long ranBeforeClosing;
    private long notAdmittedBeforeClosing;
    private long refusedByClosing;
    private long abandonedByClosing;

    PoolModelCalls() {
        for (PoolCaller name : PoolCaller.values()) {
            states.put(name, CallState.NEW);
        }
    }

    CallState state(PoolCaller name) {
        return states.get(name);
    }

    void waits(PoolCaller name) {
        states.put(name, CallState.WAITING);
    }

    void turnAway(PoolCaller name, CallState end) {
        states.put(name, end);
        notAdmitted++;
    }

    void accept(PoolCaller name) {
        states.put(name, CallState.PENDING);
        accepted++;
    }

    void starts(PoolCaller name) {
        states.put(name, CallState.RUNNING);
    }

    /** Its owner has gone, or is told not to wait; it runs on. */
    void abandon(PoolCaller name, CallState end) {
        if (state(name) == CallState.RUNNING) {
            states.put(name, CallState.ABANDONED);
            endsAfterReturn.put(name, end);
        }
    }

    /** Returns its end: what it came back with, unless that was settled before. */
    CallState returns(PoolCaller name, CallState outcome) {
        CallState end = state(name) == CallState.ABANDONED ? endsAfterReturn.get(name) : outcome;
        end(name, end);
        return end;
    }

    /** It had a place. */
    void end(PoolCaller name, CallState end) {
        states.put(name, end);
        ends.merge(end, 1, Integer::sum);
    }

    void refuse(PoolCaller pending) {
        end(pending, CallState.REFUSED);
        refusedByClosing += isClosing ? 1 : 0;
    }

    void closingBegins() {
        isClosing = true;
        ranBeforeClosing = ran();
        notAdmittedBeforeClosing = notAdmitted;
    }

    void abandonedByClosing() {
        abandonedByClosing++;
    }

    List<CallState> states() {
        return new ArrayList<>(states.values());
    }

    TurnstileStats stats(int capacity, int waiting, int pending, int running) {
        return MadeStats.of(
                capacity,
                waiting,
                pending,
                running,
                accepted,
                count(CallState.COMPLETED),
                count(CallState.FAILED),
                count(CallState.CANCELLED),
                count(CallState.EXPIRED),
                count(CallState.REFUSED),
                notAdmitted);
    }

    /** Returns how many have been drained, refused, turned away and abandoned since the closing began; {@code null} before that. */
    List<Long> sinceClosing() {
        return isClosing
                ? List.of(
                        ran() - ranBeforeClosing,
                        refusedByClosing,
                        notAdmitted - notAdmittedBeforeClosing,
                        abandonedByClosing)
                : null;
    }

    private long ran() {
        return (long) count(CallState.COMPLETED) + count(CallState.FAILED);
    }

    private int count(CallState end) {
        return ends.getOrDefault(end, 0);
    }

    @Override
    public String toString() {
        return states + ", then " + endsAfterReturn + ", " + ends + ", " + accepted + " accepted, " + notAdmitted
                + " turned away, since closing " + sinceClosing();
    }
}
