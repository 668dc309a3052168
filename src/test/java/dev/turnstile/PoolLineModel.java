package dev.turnstile;

import dev.turnstile.DispatchModel.Token;
import dev.turnstile.PoolCaller.Way;
import dev.turnstile.PoolModelSlots.Server;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What the {@link Line} of a pool is to do, for one thread: the specification of {@link PoolLineOperations}. Which call is next it has from the {@link
 * DispatchModel}; the {@link PoolModelPlaces}, {@link PoolModelSlots} and {@link PoolModelCalls} are what there is to know of these.
 */
public abstract class PoolLineModel extends ComparedModel {
    private static final List<PoolCaller> NAMES = List.of(PoolCaller.values());

    private final DispatchModel dispatch = new DispatchModel(true, 1);
    private final Map<PoolCaller, Token> tokens = new EnumMap<>(PoolCaller.class);
    private final PoolModelPlaces places;
    private final PoolModelSlots slots = new PoolModelSlots(dispatch);
    private final PoolModelCalls calls = new PoolModelCalls();

    private final List<PoolCaller> puts = new ArrayList<>();
    private boolean isDecided;
    private boolean closing;
    private boolean limitPassed;
    private boolean refusing;

    PoolLineModel(int capacity, int reserved) {
        this.places = new PoolModelPlaces(capacity, reserved);
        for (PoolCaller name : NAMES) {
            tokens.put(name, new Token(NAMES.indexOf(name), name.action(), name.slot));
        }
        grow();
        grow();
    }

    // ---- callers ----

    public String come(PoolCaller name) {
        String admission = admission(name);
        return name.way == Way.ARRIVES ? "arrives" : admission;
    }

    private String admission(PoolCaller name) {
        if (closing) {
            calls.turnAway(name, CallState.REFUSED);
            return "REFUSED";
        }
        if (places.take(name)) {
            if (!put(name)) {
                places.release(name);
            }
            return "ACCEPTED";
        }
        if (name.way == Way.TRIES) {
            calls.turnAway(name, CallState.REFUSED);
            return "FULL";
        }
        calls.waits(name);
        places.waits(name);
        return "OUTSIDE";
    }

    /** A call that has a place gets into its queue, or fails: its slot may have gone. */
    private boolean put(PoolCaller name) {
        if (name.slot != 0 && !slots.isPresent(name.slot)) {
            calls.turnAway(name, CallState.FAILED);
            return false;
        }
        calls.accept(name);
        dispatch.put(tokens.get(name));
        puts.add(name);
        return true;
    }

    private void passPlaceOn(PoolCaller leaving) {
        PoolCaller holder = leaving;
        PoolCaller next;
        while ((next = places.next(holder)) != null) {
            if (next.isFork() && isDecided) {
                places.leaves(next);
                calls.turnAway(next, CallState.CANCELLED);
            } else {
                places.hand(holder, next);
                if (put(next)) {
                    return;
                }
                holder = next;
            }
        }
        places.release(holder);
    }

    public String leave(PoolCaller name, boolean timeIsUp) {
        CallState end = timeIsUp ? CallState.EXPIRED : CallState.CANCELLED;
        return switch (calls.state(name)) {
            case WAITING -> {
                places.leaves(name);
                calls.turnAway(name, end);
                yield "gone before its start";
            }
            case PENDING -> {
                dispatch.leave(tokens.get(name));
                calls.end(name, end);
                passPlaceOn(name);
                yield "gone before its start";
            }
            case RUNNING -> {
                calls.abandon(name, end);
                yield "gone after its start";
            }
            default -> "stays";
        };
    }

    public void decide() {
        isDecided = true;
    }

    // ---- workers ----

    private static boolean isThere(Server server) {
        return server != null && server.hasWorker();
    }

    public String step(int number, boolean returns) {
        Server server = slots.at(number);
        if (!isThere(server)) {
            return "nobody there";
        }
        if (server.running != null) {
            return end(server, returns ? CallState.COMPLETED : CallState.FAILED);
        }
        dispatch.rouse(number);
        startNext(server);
        if (server.running != null) {
            return server.running + " starts";
        }
        boolean isAsked = server.isSuspected && server.serves();
        server.isSuspected = false;
        if (isAsked) {
            server.isCalledAway = true;
            dispatch.pauses(number);
            return "is asked";
        }
        if (server.state == SlotState.LEAVING || (closing && !slots.mayGetCalls(server))) {
            departs(server, false);
            return server.isToBeReplaced ? "leaves, another one is to come" : "leaves";
        }
        dispatch.sleeps(number);
        return "sleeps";
    }

    private void startNext(Server server) {
        if (server.isCalledAway) {
            server.isCalledAway = false;
            slots.looks(server);
        }
        Token next;
        while (server.running == null
                && !(server.isSuspected && server.serves())
                && (next = dispatch.next(server.number)) != null) {
            PoolCaller name = NAMES.get(next.number);
            refusing |= closing && limitPassed;
            if (refusing) {
                refuse(name);
            } else if (name.isFork() && isDecided) {
                calls.end(name, CallState.CANCELLED);
                passPlaceOn(name);
            } else {
                calls.starts(name);
                server.running = name;
                server.isCountedAsAbandoned = false;
                dispatch.started(server.number, next);
                passPlaceOn(name);
            }
        }
    }

    private void refuse(PoolCaller pending) {
        calls.refuse(pending);
        passPlaceOn(pending);
    }

    private String end(Server server, CallState outcome) {
        CallState end = calls.returns(server.running, outcome);
        server.running = null;
        slots.looks(server);
        startNext(server);
        return end + (server.running == null ? "" : ", " + server.running + " starts");
    }

    public String lose(int number, boolean canBeReplaced) {
        Server server = slots.at(number);
        if (!isThere(server) || server.running == null) {
            return "nothing runs";
        }
        boolean isNews = !server.isLost;
        server.isLost = true;
        server.canBeReplaced = canBeReplaced;
        server.isSuspected = false;
        boolean isServed = canBeReplaced;
        for (Server other : slots.present()) {
            if (other != server && other.serves()) {
                isServed = true;
                if (isNews && !other.isLost) {
                    other.isSuspected = true;
                    dispatch.rouse(other.number);
                }
            }
        }
        if (isServed && !closing) {
            slots.takeNoMore(server);
        }
        return isNews ? "lost" : "lost before";
    }

    public String die(int number, boolean canBeReplaced) {
        Server server = slots.at(number);
        if (!isThere(server)) {
            return "nobody there";
        }
        server.isLost = true;
        server.canBeReplaced = canBeReplaced;
        departs(server, true);
        return server.isToBeReplaced ? "dies, another one is to come" : "dies";
    }

    private void departs(Server server, boolean isDeath) {
        slots.takeNoMore(server);
        server.isToBeReplaced =
                !server.hasSuccessor && server.isLost && server.canBeReplaced && !server.isRetiring && !closing;
        if (server.running != null) {
            calls.returns(server.running, CallState.REFUSED);
            server.running = null;
        }
        slots.looks(server);
        if (server.hasSuccessor) {
            slots.begin(server);
        } else if (server.isToBeReplaced) {
            server.state = SlotState.VACANT;
        } else {
            goForGood(server, isDeath);
        }
    }

    private void goForGood(Server server, boolean isDeath) {
        boolean isLast = true;
        for (Server other : slots.present()) {
            isLast &= other == server || (closing && !other.serves());
        }
        if (isLast) {
            if (isDeath || !closing) {
                beginToClose();
                refusing = true;
            }
            refuseQueued();
        }
        remove(server);
        for (int i = 0; closing && i < slots.present().size(); i++) {
            dispatch.rouse(slots.present().get(i).number);
        }
    }

    private void remove(Server server) {
        slots.remove(server).forEach(call -> refuse(NAMES.get(call.number)));
    }

    public String replace(int number) {
        Server server = slots.at(number);
        if (server == null || !server.isToBeReplaced || closing || server.state != SlotState.VACANT) {
            return "nobody is to come";
        }
        slots.begin(server);
        return "begins";
    }

    // ---- orders ----

    public void grow() {
        slots.add();
    }

    public void shrink(int count) {
        while (slots.stayingCount() > count) {
            Server least = slots.leastUseful();
            slots.retire(least);
            if (least.hasWorker()) {
                slots.takeNoMore(least);
            } else {
                remove(least);
            }
        }
    }

    public String swap(int number) {
        Server server = slots.at(number);
        if (closing || server.isRetiring || server.state == SlotState.GONE) {
            return "not needed";
        }
        if (server.hasWorker()) {
            server.hasSuccessor = true;
            slots.takeNoMore(server);
        } else {
            slots.begin(server);
        }
        return "comes";
    }

    public void close(boolean atOnce) {
        limitPassed |= atOnce;
        if (closing) {
            return;
        }
        beginToClose();
        for (Server server : slots.present()) {
            server.hasSuccessor = false;
            if (server.state == SlotState.LEAVING && !server.isLost) {
                server.state = SlotState.SERVING;
                dispatch.stays(server.number);
                if (server.running == null) {
                    slots.give(server);
                }
            }
            dispatch.rouse(server.number);
        }
        for (Server server : List.copyOf(slots.present()).reversed()) {
            if (!server.hasWorker()) {
                goForGood(server, false);
            }
        }
    }

    private void beginToClose() {
        if (!closing) {
            closing = true;
            calls.closingBegins();
            places.sendAllAway().forEach(name -> calls.turnAway(name, CallState.REFUSED));
        }
    }

    public void refuseRest() {
        if (closing) {
            refusing = true;
            refuseQueued();
            for (Server server : slots.present()) {
                if (server.running != null && !server.isCountedAsAbandoned) {
                    server.isCountedAsAbandoned = true;
                    calls.abandonedByClosing();
                }
                if (server.running != null) {
                    calls.abandon(server.running, CallState.REFUSED);
                }
            }
        }
    }

    private void refuseQueued() {
        while (dispatch.pending() > 0) {
            Token call = dispatch.pending(0);
            dispatch.leave(call);
            refuse(NAMES.get(call.number));
        }
    }

    // ---- looking ----

    @Override
    String state() {
        List<PoolCaller> pending = new ArrayList<>(puts);
        pending.removeIf(name -> calls.state(name) != CallState.PENDING);
        return List.of(dispatch, pending, places, slots, calls, isDecided, closing, limitPassed, refusing)
                .toString();
    }

    public PoolSeen look() {
        TurnstileStats stats = calls.stats(places.capacity(), places.waiting(), places.taken(), slots.runningCount());
        return new PoolSeen(stats, calls.states(), slots.seen(), calls.sinceClosing());
    }

    /** With one place, and one for control calls. */
    public static final class OnePlaceEach extends PoolLineModel {
        public OnePlaceEach() {
            super(2, 1);
        }
    }

    /** With three places. */
    public static final class ThreePlaces extends PoolLineModel {
        public ThreePlaces() {
            super(3, 0);
        }
    }
}
