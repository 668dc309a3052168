package dev.turnstile;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The places of the {@link PoolLineModel}, some for control calls alone, and who waits for one: a later lane is served when it has been passed over as often
 * as may be, which is once.
 */
final class PoolModelPlaces {
    private static final int OVERTAKES = 1;

    private final int capacity;
    private int free;
    private int freeReserved;
    private final Set<PoolCaller> haveReserved = EnumSet.noneOf(PoolCaller.class);
    private final List<PoolCaller> outside = new ArrayList<>();
    private final Map<Lane, Integer> passedOver = new EnumMap<>(Lane.class);

    PoolModelPlaces(int capacity, int reserved) {
        this.capacity = capacity;
        this.free = capacity - reserved;
        this.freeReserved = reserved;
    }

    boolean take(PoolCaller name) {
        if (name.lane == Lane.CONTROL && freeReserved > 0) {
            freeReserved--;
            haveReserved.add(name);
            return true;
        }
        if (free > 0) {
            free--;
            return true;
        }
        return false;
    }

    /** Nobody wants the place of that call. */
    void release(PoolCaller leaving) {
        if (haveReserved.remove(leaving)) {
            freeReserved++;
        } else {
            free++;
        }
    }

    /** Returns who waits and is to have the place of that call; {@code null} if nobody is. */
    PoolCaller next(PoolCaller leaving) {
        if (haveReserved.contains(leaving)) {
            return first(Lane.CONTROL);
        }
        PoolCaller first = null;
        int most = OVERTAKES - 1;
        for (Lane lane : Lane.values()) {
            PoolCaller ofLane = first(lane);
            int age = passedOver.getOrDefault(lane, 0);
            if (ofLane != null && (first == null || age > most)) {
                first = ofLane;
                most = Math.max(most, age);
            }
        }
        return first;
    }

    private PoolCaller first(Lane lane) {
        return outside.stream().filter(name -> name.lane == lane).findFirst().orElse(null);
    }

    /** One who waits gets the place of another. Those who may not have a reserved one are not passed over by that. */
    void hand(PoolCaller leaving, PoolCaller next) {
        if (haveReserved.remove(leaving)) {
            haveReserved.add(next);
        } else {
            for (Lane lane : Lane.values()) {
                boolean isPassedOver = lane != next.lane && first(lane) != null;
                passedOver.put(lane, isPassedOver ? passedOver.getOrDefault(lane, 0) + 1 : 0);
            }
        }
        outside.remove(next);
    }

    void waits(PoolCaller name) {
        outside.add(name);
    }

    void leaves(PoolCaller name) {
        outside.remove(name);
    }

    List<PoolCaller> sendAllAway() {
        List<PoolCaller> all = List.copyOf(outside);
        outside.clear();
        return all;
    }

    int waiting() {
        return outside.size();
    }

    int capacity() {
        return capacity;
    }

    int taken() {
        return capacity - free - freeReserved;
    }

    @Override
    public String toString() {
        return free + " and " + freeReserved + " free, " + haveReserved + " in reserved ones, " + outside
                + " outside, passed over " + passedOver;
    }
}
