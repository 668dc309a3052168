package dev.turnstile;

import dev.turnstile.DispatchModel.Token;
import dev.turnstile.Slot.Occupation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The slots of the {@link PoolLineModel}, who works there, and which of them owns a share of the keys, which it has from {@link KeyShares}. */
final class PoolModelSlots {
    private static final int[] SHARES = Arrays.stream(PoolCaller.values())
            .mapToInt(name -> KeyShares.share(name.action().key()))
            .filter(share -> share >= 0)
            .distinct()
            .toArray();

    private final DispatchModel dispatch;
    private final KeyShares<Object> keys = new KeyShares<>();
    private final Slot<Object>[] owners = ofNoLine();
    private final Server[] servers = new Server[PoolLineOperations.MOST_SLOTS + 1];
    private final List<Server> present = new ArrayList<>();

    /** Which shares are where, and promised to whom, follows from this. */
    private final List<String> moves = new ArrayList<>();

    PoolModelSlots(DispatchModel dispatch) {
        this.dispatch = dispatch;
    }

    /** A slot, and the worker there. */
    static final class Server {
        final int number;
        SlotState state = SlotState.VACANT;
        boolean isRetiring;
        boolean isLost;
        boolean canBeReplaced;
        boolean isSuspected;

        /** Somebody waits for the worker to leave. */
        boolean hasSuccessor;

        /** The worker begins, or has been asked about its resource. */
        boolean isCalledAway;

        PoolCaller running;
        boolean isCountedAsAbandoned;

        /** The worker has left, and another one is to come. */
        boolean isToBeReplaced;

        Server(int number) {
            this.number = number;
        }

        boolean hasWorker() {
            return state.hasWorker();
        }

        boolean serves() {
            return state == SlotState.SERVING;
        }

        @Override
        public String toString() {
            return number + " " + state + " " + running + " "
                    + List.of(
                            isRetiring,
                            isLost,
                            canBeReplaced,
                            isSuspected,
                            hasSuccessor,
                            isCalledAway,
                            isCountedAsAbandoned,
                            isToBeReplaced);
        }

        private int use() {
            return hasWorker() ? isLost ? 1 : 2 : 0;
        }
    }

    /** Slots of no line, by their numbers. */
    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    static Slot<Object>[] ofNoLine() {
        Slot<Object>[] slots = new Slot[PoolLineOperations.MOST_SLOTS + 1];
        for (int number = 1; number <= PoolLineOperations.MOST_SLOTS; number++) {
            slots[number] = new Slot<>(number, null, null);
        }
        return slots;
    }

    /** Returns {@code null} if there is none yet; one that has gone stays known. */
    Server at(int number) {
        return servers[number];
    }

    List<Server> present() {
        return present;
    }

    boolean isPresent(int number) {
        return present.contains(servers[number]);
    }

    /** One more, with a worker. */
    void add() {
        int number = 1;
        while (servers[number] != null) {
            number++;
        }
        Server added = new Server(number);
        servers[number] = added;
        moves.add("add " + number);
        keys.add(owners[number], (int) stayingCount());
        present.add(added);
        dispatch.come(number);
        for (Server server : present) {
            if (server.running == null) {
                giveShares(server);
            }
        }
        sharesMove();
        begin(added);
    }

    void begin(Server server) {
        server.state = SlotState.SERVING;
        server.isLost = false;
        server.canBeReplaced = false;
        server.isSuspected = false;
        server.isCalledAway = true;
        server.hasSuccessor = false;
        server.isToBeReplaced = false;
        dispatch.serves(server.number);
    }

    void takeNoMore(Server server) {
        server.state = SlotState.LEAVING;
        dispatch.takesNoMore(server.number);
    }

    /** The worker has nothing in hand: what it has promised it gives. */
    void looks(Server server) {
        dispatch.looks(server.number);
        give(server);
    }

    void give(Server server) {
        giveShares(server);
        sharesMove();
    }

    private void giveShares(Server server) {
        if (keys.give(owners[server.number])) {
            moves.add("give " + server.number);
        }
    }

    private void sharesMove() {
        dispatch.moveShares(SHARES, share -> keys.of(share).number());
    }

    /** The shares are to go to others: best to those that take calls now. */
    private void promiseAllOf(Server leaving) {
        List<Slot<Object>> all = new ArrayList<>();
        for (Server server : present) {
            Slot<Object> owner = owners[server.number];
            owner.occupation = dispatch.occupation(server.number);
            all.add(owner);
        }
        keys.promiseAllOf(owners[leaving.number], all);
        moves.add("promise all of " + leaving.number + " to " + all);
    }

    /** Returns the calls that nobody else can run. The last slot stays, to be looked at. */
    List<Token> remove(Server server) {
        if (present.size() == 1) {
            server.state = SlotState.VACANT;
            return List.of();
        }
        server.state = SlotState.GONE;
        present.remove(server);
        promiseAllOf(server);
        keys.give(owners[server.number]);
        List<Token> dropped = dispatch.calls(server.number).stream()
                .filter(call -> call.slotNumber() != 0)
                .toList();
        dropped.forEach(dispatch::drop);
        sharesMove();
        dispatch.goes(server.number);
        return dropped;
    }

    /** Is to go as soon as its call has returned. */
    void retire(Server server) {
        server.isRetiring = true;
        server.hasSuccessor = false;
        owners[server.number].retire();
        promiseAllOf(server);
        if (server.running == null) {
            give(server);
        }
    }

    /** Returns one that may go, {@code null} if all are about to. */
    Server leastUseful() {
        Server least = null;
        for (Server server : present) {
            if (!server.isRetiring && (least == null || server.use() <= least.use())) {
                least = server;
            }
        }
        return least;
    }

    long stayingCount() {
        return present.stream().filter(server -> !server.isRetiring).count();
    }

    /** While closing: whether others, who are to leave or have promised keys, have calls that may come to this one. */
    boolean mayGetCalls(Server server) {
        for (Server other : present) {
            boolean gives = owners[other.number].promises > 0 || dispatch.occupation(other.number) == Occupation.AWAY;
            if (other != server
                    && gives
                    && other.hasWorker()
                    && !dispatch.calls(other.number).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    List<String> seen() {
        return present.stream()
                .map(server -> PoolSeen.slot(
                        server.number,
                        server.state,
                        server.running != null,
                        dispatch.calls(server.number).size()))
                .toList();
    }

    int runningCount() {
        return (int) present.stream().filter(server -> server.running != null).count();
    }

    @Override
    public String toString() {
        return Arrays.toString(servers) + ", shares " + moves;
    }
}
