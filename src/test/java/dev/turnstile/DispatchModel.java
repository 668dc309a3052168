package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.Slot.Occupation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * What {@link Dispatch} is to do, in plain lists that are searched from the front: the reference for {@link DispatchRun}, without any code of the
 * gate's. One thing it is told: which slot owns a share of the keys by now. {@link KeySharesProperties} holds how that comes about; here, when it may.
 *
 * <p>The bound of the ageing, for S slots at most. <b>Shared queues.</b> Let a lane be due, its age A at least {@code overtakes}. When a slot starts a call
 * of another lane X nevertheless, then X is as old as A in the shared queues or in the slot's own. Both are 0 after that, and do not grow faster than A: so
 * there the slot does not prefer X again, and nobody does for its age in the shared queues. That makes three lanes, S times each: the age is
 * {@code overtakes} + 3 S at most. <b>A slot's own queues</b> grow older by what the slot itself starts, the shared ones by what all start; so a shared lane
 * that the slot has just served may be older than one of its own the next time, but not older than {@code overtakes} + 3 S. Beyond that only own lanes
 * come first, each once: {@code overtakes} + 3 S + 3. <b>With one slot</b> all ages grow together: {@code overtakes} + 3. And in its lane each call has its
 * turn as it came.
 */
final class DispatchModel {
    private static final int LANES = 4;

    /** A call, told from others by its number. */
    static final class Token extends Call<Object, Object> {
        final int number;
        private final Lane inLane;

        /** When it became pending, by the model's count. */
        private int came;

        Token(int number, Action<Object, Object, RuntimeException> action, int meantFor) {
            super(action);
            this.number = number;
            this.inLane = action.lane();
            meantFor(meantFor);
        }

        @Override
        void wake() {
            throw new AssertionError("that is for others");
        }

        @Override
        boolean isOwnedByVirtualThread() {
            return false;
        }

        @Override
        public String toString() {
            return "#" + number + " " + inLane + (share() < 0 ? "" : " of share " + share())
                    + (slotNumber() == 0 ? "" : " for slot " + slotNumber());
        }
    }

    /** Calls that wait in one place, in the order in which they came there. */
    private static final class Queue {
        private final List<Token> calls = new ArrayList<>();
        private final int[] passedOver = new int[LANES];

        private Token first(int lane) {
            for (int i = 0; i < calls.size(); i++) {
                if (calls.get(i).lane() == lane) {
                    return calls.get(i);
                }
            }
            return null;
        }

        @Override
        public String toString() {
            return calls + " passed over " + Arrays.toString(passedOver);
        }

        private int age(int lane) {
            return first(lane) == null ? -1 : passedOver[lane];
        }

        private void started(int lane, int bound) {
            for (int other = 0; other < LANES; other++) {
                boolean isPassedOver = other != lane && first(other) != null;
                passedOver[other] = isPassedOver ? passedOver[other] + 1 : 0;
                if (passedOver[other] > bound) {
                    throw new AssertionError("lane " + other + " is passed over " + passedOver[other] + " times");
                }
            }
        }
    }

    private static final class Server {
        private final int number;
        private final Queue own;
        private Occupation occupation = Occupation.AWAY;
        private boolean runs;

        private Server(int number, Queue own) {
            this.number = number;
            this.own = own;
        }
    }

    private final boolean isPool;
    private final int overtakes;
    private final Queue shared = new Queue();
    private final List<Server> servers = new ArrayList<>();
    private final int[] owners = new int[KeyShares.SHARES];
    private final List<Integer> roused = new ArrayList<>();
    private int count;
    private int mostSlots;

    /** How much older than {@code overtakes} a lane has become. */
    private int late;

    DispatchModel(boolean isPool, int overtakes) {
        this.isPool = isPool;
        this.overtakes = overtakes;
    }

    private Server server(int number) {
        for (Server server : servers) {
            if (server.number == number) {
                return server;
            }
        }
        throw new AssertionError("there is no slot " + number);
    }

    // ---- calls ----

    void put(Token call) {
        call.came = ++count;
        queueOf(call).calls.add(call);
        rouseWhoIsNeeded();
    }

    private Queue queueOf(Token call) {
        if (call.slotNumber() != 0) {
            return server(call.slotNumber()).own;
        }
        return isPool && call.share() >= 0 ? server(owners[call.share()]).own : shared;
    }

    Token next(int slot) {
        Server server = server(slot);
        if (server.occupation != Occupation.LOOKING) {
            return null;
        }
        Token next = null;
        int most = -1;
        for (int lane = 0; lane < LANES; lane++) {
            int age = Math.max(server.own.age(lane), shared.age(lane));
            if (age >= 0 && (next == null || (age >= overtakes && age > most))) {
                next = first(server, lane);
                most = Math.max(age, overtakes - 1);
            }
        }
        server.own.calls.remove(next);
        shared.calls.remove(next);
        return next;
    }

    /** In a lane the call that came first. */
    private Token first(Server server, int lane) {
        Token own = server.own.first(lane);
        Token other = shared.first(lane);
        return own == null || (other != null && other.came < own.came) ? other : own;
    }

    void started(int slot, Token call) {
        Server server = server(slot);
        server.occupation = Occupation.BUSY;
        server.runs = true;
        int boundOfShared = overtakes + 3 * mostSlots;
        shared.started(call.lane(), boundOfShared);
        note(shared);
        if (server.own != shared) {
            server.own.started(call.lane(), mostSlots == 1 ? boundOfShared : boundOfShared + 3);
            note(server.own);
        }
        rouseWhoIsNeeded();
    }

    private void note(Queue queue) {
        for (int age : queue.passedOver) {
            late = Math.max(late, age - overtakes);
        }
    }

    /** The worker has nothing in hand. */
    void looks(int slot) {
        Server server = server(slot);
        server.runs = false;
        if (server.occupation == Occupation.BUSY) {
            server.occupation = Occupation.LOOKING;
        }
    }

    void leave(Token call) {
        assertTrue(queueOf(call).calls.remove(call), "it waits there");
    }

    /** A call has fallen out of the queues of a slot, on the way to another one. */
    void drop(Token call) {
        boolean isThere = false;
        for (Server server : servers) {
            isThere |= server.own.calls.remove(call);
        }
        assertTrue(isThere, "it waited at a slot");
    }

    // ---- slots and workers ----

    void come(int slot) {
        servers.add(new Server(slot, isPool ? new Queue() : shared));
        mostSlots = Math.max(mostSlots, servers.size());
    }

    void serves(int slot) {
        server(slot).occupation = Occupation.BUSY;
    }

    /** There is something else to do than to look for calls. */
    void pauses(int slot) {
        if (server(slot).occupation == Occupation.LOOKING) {
            server(slot).occupation = Occupation.BUSY;
            rouseWhoIsNeeded();
        }
    }

    void sleeps(int slot) {
        assertFalse(mayRunSomething(slot), "nobody sleeps while there is something to run");
        server(slot).occupation = Occupation.IDLE;
    }

    void rouse(int slot) {
        Server server = server(slot);
        if (server.occupation == Occupation.IDLE) {
            server.occupation = Occupation.LOOKING;
            roused.add(slot);
        }
    }

    void takesNoMore(int slot) {
        rouse(slot);
        server(slot).occupation = Occupation.AWAY;
        rouseWhoIsNeeded();
    }

    void stays(int slot) {
        server(slot).occupation = server(slot).runs ? Occupation.BUSY : Occupation.LOOKING;
    }

    /** A slot goes, with nothing left there. */
    void goes(int slot) {
        Server server = server(slot);
        assertFalse(server.runs, "nobody works there");
        assertTrue(server.own.calls.isEmpty(), () -> "nothing stays behind: " + server.own.calls);
        servers.remove(server);
    }

    /**
     * Each slot gives its shares away while it runs no call: what waits there follows, in its order, behind those that wait where it comes to.
     *
     * @return the slots that have got calls
     */
    List<Integer> moveShares(int[] shares, IntUnaryOperator ownerOf) {
        List<Integer> receivers = new ArrayList<>();
        boolean isMoved = false;
        for (int share : shares) {
            int owner = ownerOf.applyAsInt(share);
            int before = owners[share];
            if (owner != before) {
                assertTrue(before == 0 || !server(before).runs, "a share does not move while its slot runs a call");
                owners[share] = owner;
                isMoved = true;
            }
        }
        for (int i = 0; isMoved && i < servers.size(); i++) {
            Queue own = servers.get(i).own;
            for (Token call : List.copyOf(own.calls)) {
                if (call.slotNumber() == 0 && queueOf(call) != own) {
                    own.calls.remove(call);
                    queueOf(call).calls.add(call);
                    receivers.add(owners[call.share()]);
                }
            }
        }
        rouseWhoIsNeeded();
        return receivers;
    }

    /** Rule 5, from nothing but what is so now. */
    void rouseWhoIsNeeded() {
        for (Server server : servers) {
            if (!server.own.calls.isEmpty()) {
                rouse(server.number);
            }
        }
        for (Server server : servers) {
            if (looking() < shared.calls.size()) {
                rouse(server.number);
            }
        }
    }

    private int looking() {
        int looking = 0;
        for (Server server : servers) {
            looking += server.occupation == Occupation.LOOKING ? 1 : 0;
        }
        return looking;
    }

    // ---- looking ----

    boolean mayRunSomething(int slot) {
        return !server(slot).own.calls.isEmpty() || !shared.calls.isEmpty();
    }

    Occupation occupation(int slot) {
        return server(slot).occupation;
    }

    boolean runs(int slot) {
        return server(slot).runs;
    }

    /** What waits at a slot alone, or, for 0, anywhere. */
    List<Token> calls(int slot) {
        return slot == 0 ? shared.calls : server(slot).own.calls;
    }

    int pending() {
        int pending = shared.calls.size();
        for (int i = 0; isPool && i < servers.size(); i++) {
            pending += servers.get(i).own.calls.size();
        }
        return pending;
    }

    Token pending(int which) {
        int left = which;
        if (left < shared.calls.size()) {
            return shared.calls.get(left);
        }
        left -= shared.calls.size();
        for (Server server : servers) {
            if (left < server.own.calls.size()) {
                return server.own.calls.get(left);
            }
            left -= server.own.calls.size();
        }
        throw new AssertionError("not so many are pending");
    }

    /** When the first one came; what is moved behind those that came later is not looked at. */
    long oldestSince(long now) {
        long oldest = now;
        for (int lane = 0; lane < LANES; lane++) {
            oldest = Math.min(oldest, since(shared.first(lane), now));
            for (Server server : servers) {
                oldest = Math.min(oldest, since(server.own.first(lane), now));
            }
        }
        return oldest;
    }

    private static long since(Token call, long now) {
        return call == null ? now : call.since();
    }

    void assertRoused(List<Integer> others) {
        if (!roused.isEmpty() || !others.isEmpty()) {
            assertEquals(sorted(roused), sorted(others), "who is roused");
            roused.clear();
        }
    }

    private static List<Integer> sorted(List<Integer> numbers) {
        return numbers.stream().sorted().toList();
    }

    int late() {
        return late;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("shared " + shared);
        for (Server server : servers) {
            text.append("; slot ").append(server.number).append(' ').append(server.occupation);
            text.append(' ').append(server.own == shared ? "" : server.own);
        }
        return text.toString();
    }
}
