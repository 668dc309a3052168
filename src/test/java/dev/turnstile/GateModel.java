package dev.turnstile;

import dev.turnstile.testing.CallEnd;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the gate should do, in plain sequential Java, written from its contract and not from its code: calls are numbers, a
 * running call stays in the resource until {@link #letGo}.
 */
final class GateModel {
    private final int capacity;
    private final int reserved;
    private final Queues outside;
    private final Queues pending;
    private final Map<Integer, Lane> lanes = new HashMap<>();
    private final Set<Integer> inReservedPlaces = new HashSet<>();
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
        NOT_ADMITTED
    }

    private Tally abandonedAs;

    /**
     * Calls that wait, in each lane in the order of their coming. The first lane is served, unless another one was passed over {@code overtakes} times: then
     * the one that was passed over most often.
     */
    private final class Queues {
        private final int overtakes;
        private final Map<Lane, Deque<Integer>> waiting = new EnumMap<>(Lane.class);
        private final Map<Lane, Integer> passedOver = new EnumMap<>(Lane.class);

        Queues(int overtakes) {
            this.overtakes = overtakes;
            for (Lane lane : Lane.values()) {
                waiting.put(lane, new ArrayDeque<>());
                passedOver.put(lane, 0);
            }
        }

        void add(int call) {
            waiting.get(lanes.get(call)).add(call);
        }

        boolean remove(int call) {
            return waiting.get(lanes.get(call)).remove((Integer) call);
        }

        boolean contains(int call) {
            return lanes.containsKey(call) && waiting.get(lanes.get(call)).contains(call);
        }

        int size() {
            return waiting.values().stream().mapToInt(Deque::size).sum();
        }

        boolean isEmpty() {
            return size() == 0;
        }

        List<Integer> removeAll() {
            List<Integer> all = new ArrayList<>();
            waiting.values().forEach(lane -> {
                all.addAll(lane);
                lane.clear();
            });
            return all;
        }

        int next() {
            List<Lane> candidates = waiting.keySet().stream()
                    .filter(lane -> !waiting.get(lane).isEmpty())
                    .toList();
            Lane next = candidates.getFirst();
            for (Lane lane : candidates) {
                if (passedOver.get(lane) >= overtakes && passedOver.get(lane) > ageOf(next)) {
                    next = lane;
                }
            }
            for (Lane lane : Lane.values()) {
                boolean isPassedOver = lane != next && candidates.contains(lane);
                passedOver.merge(lane, 1, (before, one) -> isPassedOver ? before + one : 0);
            }
            return waiting.get(next).remove();
        }

        /** Who is not due has no age. */
        private int ageOf(Lane lane) {
            return passedOver.get(lane) >= overtakes ? passedOver.get(lane) : -1;
        }

        Integer next(Lane lane) {
            return waiting.get(lane).poll();
        }
    }

    GateModel(int capacity, int reserved, int overtakes) {
        this.capacity = capacity;
        this.reserved = reserved;
        this.outside = new Queues(overtakes);
        this.pending = new Queues(overtakes);
    }

    void arrive(int call, Lane lane, boolean mayWait) {
        lanes.put(call, lane);
        int free = capacity - reserved - (pending.size() - inReservedPlaces.size());
        if (state != TurnstileState.OPEN) {
            turnAway(call, CallEnd.CLOSED_BEFORE);
        } else if (lane == Lane.CONTROL && inReservedPlaces.size() < reserved) {
            accept(call, true);
        } else if (free > 0) {
            accept(call, false);
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
            handPlaceOver(call);
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
            outside.removeAll().forEach(call -> turnAway(call, CallEnd.CLOSED_BEFORE));
        }
        goOn();
    }

    /** Closes with a limit that has passed. */
    void closeNow() {
        shutdown();
        if (state == TurnstileState.DRAINING) {
            state = TurnstileState.REFUSING;
            pending.removeAll().forEach(call -> end(call, CallEnd.CLOSED_BEFORE, Tally.REFUSED));
            inReservedPlaces.clear();
            if (running != null && abandonedAs == null) {
                ends.put(running, CallEnd.CLOSED_AFTER);
                abandonedAs = Tally.REFUSED;
            }
        }
        goOn();
    }

    /** The worker, and the place of the call that it starts. */
    private void goOn() {
        if (running == null && !pending.isEmpty()) {
            running = pending.next();
            ran.add(running);
            handPlaceOver(running);
        }
        if (state != TurnstileState.OPEN && running == null && pending.isEmpty()) {
            state = TurnstileState.CLOSED;
        }
    }

    private void accept(int call, boolean inReservedPlace) {
        count(Tally.ACCEPTED);
        pending.add(call);
        if (inReservedPlace) {
            inReservedPlaces.add(call);
        }
    }

    private void handPlaceOver(int leaving) {
        boolean wasReserved = inReservedPlaces.remove(leaving);
        Integer next = null;
        if (wasReserved) {
            next = outside.next(Lane.CONTROL);
        } else if (!outside.isEmpty()) {
            next = outside.next();
        }
        if (next != null) {
            accept(next, wasReserved);
        }
    }

    private void turnAway(int call, CallEnd end) {
        end(call, end, Tally.NOT_ADMITTED);
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
        return MadeStats.of(
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
                counted(Tally.NOT_ADMITTED));
    }
}
