package dev.turnstile;

import dev.turnstile.testing.Counts;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jetbrains.lincheck.datastructures.Validate;

/**
 * The {@link Line} of a pool as Lincheck drives it, as {@link LineOperations} does for one worker: two slots, and a third that may come; calls in lanes, with
 * keys, for one slot, and forks of a block; workers that lose their resource, are replaced, relieved, or die. {@link PoolLineModel} has the same operations.
 *
 * <p>What a slot's worker does comes from one thread, step by step: it takes its last look before it would sleep, ends its call, leaves.
 */
public abstract class PoolLineOperations {
    /** Slots have numbers from 1 on. */
    static final int MOST_SLOTS = 3;

    private final Line<Object> line;
    private final Monitor<Object> monitor;
    private final Inbox<Object> arrivals;
    private final CallCounts counts;
    private final Map<PoolCaller, WokenCall> calls = new EnumMap<>(PoolCaller.class);
    private final AtomicReferenceArray<Hand> hands = new AtomicReferenceArray<>(MOST_SLOTS + 1);

    private final Queue<Worker<Object>> successors = new ConcurrentLinkedQueue<>();

    /** The block of the forks is decided. */
    private volatile boolean isDecided;

    PoolLineOperations(int capacity, int reserved) {
        TurnstileOptions options = TurnstileOptions.defaults()
                .withCapacity(capacity)
                .withReservedPlaces(reserved)
                .withPoolSize(2)
                .withOvertakes(1);
        line = new Line<>(options, Observers.NOBODY);
        monitor = field("monitor");
        arrivals = field("arrivals");
        counts = field("counts");
        for (PoolCaller name : PoolCaller.values()) {
            WokenCall call = new WokenCall(name.name(), name.action(), () -> name.isFork() && isDecided);
            call.meantFor(name.slot);
            calls.put(name, call);
        }
        grow();
        grow();
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // what the field is, is seen above
    private <T> T field(String name) {
        try {
            Field field = Line.class.getDeclaredField(name);
            field.setAccessible(true);
            return (T) field.get(line);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the line is built otherwise", e);
        }
    }

    // ---- callers ----

    public String come(PoolCaller name) {
        WokenCall call = calls.get(name);
        if (name.way == PoolCaller.Way.ARRIVES) {
            line.arrive(call);
            call.arrived = true;
            return "arrives";
        }
        call.admission = line.enter(call, name.way == PoolCaller.Way.ENTERS);
        return call.admission.name();
    }

    public String leave(PoolCaller name, boolean timeIsUp) {
        WokenCall call = calls.get(name);
        if (!line.leave(call, timeIsUp ? CallState.EXPIRED : CallState.CANCELLED)) {
            return "stays";
        }
        return call.started() ? "gone after its start" : "gone before its start";
    }

    /** From now on no fork is started. */
    public void decide() {
        isDecided = true;
    }

    // ---- workers ----

    /** What is at a slot: a worker, what it runs, and whether another one is to come when it has left. */
    private static final class Hand {
        private final Slot<Object> slot;
        private final Worker<Object> worker;
        private final WorkerSteps<Object> steps;
        private Call<Object, ?> running;
        private boolean hasLeft;
        private boolean isToBeReplaced;

        Hand(Line<Object> line, Slot<Object> slot, Worker<Object> worker) {
            this.slot = slot;
            this.worker = worker;
            this.steps = new WorkerSteps<>(line, slot, null);
        }

        private void leaves(boolean toBeReplaced) {
            hasLeft = true;
            isToBeReplaced = toBeReplaced;
            running = null;
        }
    }

    /** Returns the worker at a slot; {@code null} if there is no slot yet. Another one may have come since the last look, where none was or one has left. */
    private Hand hand(int number) {
        Hand hand = hands.get(number);
        if (hand != null && hand.hasLeft) {
            line.lock();
            try {
                for (Worker<Object> successor : successors) {
                    if (hand.slot.isServedBy(successor)) {
                        hand = new Hand(line, hand.slot, successor);
                        hands.set(number, hand);
                    }
                }
            } finally {
                line.unlock();
            }
        }
        return hand;
    }

    /**
     * The next step of a worker: it starts a call, having been woken if it slept, or ends the one that runs and starts the next, or sleeps, is asked about its
     * resource, or leaves.
     */
    public String step(int number, boolean returns) {
        Hand hand = hand(number);
        if (hand == null || hand.hasLeft) {
            return "nobody there";
        }
        if (hand.running != null) {
            return end(hand, returns ? CallState.COMPLETED : CallState.FAILED);
        }
        rouse(hand);
        hand.running = hand.steps.lookOnceMore();
        if (hand.running != null) {
            return hand.running + " starts";
        }
        if (hand.steps.isToGo()) {
            hand.leaves(hand.steps.isToBeReplaced());
            return hand.isToBeReplaced ? "leaves, another one is to come" : "leaves";
        }
        return hand.steps.suspicion() != null ? "is asked" : "sleeps";
    }

    /**
     * A worker may wake for no reason, and here does. Whether it was roused is nothing to compare: when a call has returned, those who have arrived meanwhile
     * come in before the next one is started, in one go, so fewer have to be roused than if they had come one after the other.
     */
    private void rouse(Hand hand) {
        line.lock();
        try {
            assertNobodySleepsInVain();
            line.dispatch().rouse(hand.slot);
        } finally {
            line.unlock();
        }
    }

    /** Under the monitor. */
    private void assertNobodySleepsInVain() {
        String violation = line.dispatch().violation();
        if (violation != null) {
            throw new AssertionError(violation);
        }
    }

    private String end(Hand hand, CallState outcome) {
        Call<Object, ?> ended = hand.running;
        hand.running = hand.steps.end(ended, outcome, null);
        return ended.state() + (hand.running == null ? "" : ", " + hand.running + " starts");
    }

    /** The call that a worker runs shows that its resource is lost. */
    public String lose(int number, boolean canBeReplaced) {
        Hand hand = hand(number);
        if (hand == null || hand.running == null) {
            return "nothing runs";
        }
        boolean isNews = line.slots().departures().lose(hand.slot, new IllegalStateException("lost"), canBeReplaced);
        return isNews ? "lost" : "lost before";
    }

    public String die(int number, boolean canBeReplaced) {
        Hand hand = hand(number);
        if (hand == null || hand.hasLeft) {
            return "nobody there";
        }
        hand.leaves(line.slots().departures().die(hand.slot, hand.worker, new InternalError("dies"), canBeReplaced));
        return hand.isToBeReplaced ? "dies, another one is to come" : "dies";
    }

    /** Whoever is to come in the place of one that has left opens a resource, and begins. */
    public String replace(int number) {
        Hand hand = hand(number);
        if (hand == null || !hand.isToBeReplaced) {
            return "nobody is to come";
        }
        hand.isToBeReplaced = false;
        Worker<Object> next = ManualWorker.idler(line);
        if (!line.slots().departures().expect(hand.slot, next) || !line.slots().relieve(hand.slot, next, true)) {
            return "nobody is to come";
        }
        hands.set(number, new Hand(line, hand.slot, next));
        return "begins";
    }

    // ---- orders ----

    /** One more slot, with a worker. */
    public void grow() {
        Worker<Object> worker = ManualWorker.idler(line);
        line.slots().add(List.of(worker));
        line.lock();
        try {
            Slot<Object> slot = line.dispatch().slots().getLast();
            hands.set(slot.number(), new Hand(line, slot, worker));
        } finally {
            line.unlock();
        }
    }

    public void shrink(int count) {
        line.slots().shrinkTo(count);
    }

    /** Another worker relieves the one of a slot between two calls, or begins there at once. */
    public String swap(int number) {
        Worker<Object> next = ManualWorker.idler(line);
        successors.add(next);
        return line.slots().relieve(hands.get(number).slot, next, false) ? "comes" : "not needed";
    }

    public void close(boolean atOnce) {
        line.close(atOnce ? Deadline.after(Duration.ZERO) : Deadline.NEVER);
    }

    public void refuseRest() {
        if (line.state() != TurnstileState.OPEN) { // as in the gate, which closes first
            line.refuseRest();
        }
    }

    // ---- looking ----

    public PoolSeen look() {
        monitor.lock(); // no call moves meanwhile
        try {
            TurnstileStats stats = Counts.of(line.stats()); // admits those who have arrived, and nothing after it does
            List<CallState> states = new ArrayList<>(calls.size());
            for (WokenCall call : calls.values()) {
                states.add(call.state());
            }
            List<String> slots = new ArrayList<>();
            for (Slot<Object> slot : line.dispatch().slots()) {
                slots.add(PoolSeen.slot(
                        slot.number(),
                        slot.state(),
                        slot.isRunning(),
                        slot.own().count()));
            }
            if (line.isOpen()) {
                return new PoolSeen(stats, states, slots, null);
            }
            CloseReport report = counts.closeReport(false);
            return new PoolSeen(
                    stats, states, slots, List.of(report.drained(), report.refused(), report.notAdmitted(), (long)
                            report.abandoned()));
        } finally {
            monitor.unlock();
        }
    }

    /** At the end: whoever waits for something that has come was woken after it had, and nobody sleeps who has something to do. */
    @Validate
    public void everyoneIsWoken() {
        assertNobodySleepsInVain();
        for (WokenCall call : calls.values()) {
            call.assertWoken();
            if (call.arrived && call.state() == CallState.NEW && !(arrivals.isPolled() && isSomebodyUp())) {
                throw new AssertionError(call + " has arrived, and nobody is going to look");
            }
        }
    }

    private boolean isSomebodyUp() {
        for (Slot<Object> slot : line.dispatch().slots()) {
            if (slot.state().hasWorker() && !slot.isIdle()) {
                return true;
            }
        }
        return false;
    }

    /** With one place, and one for control calls. */
    public static final class OnePlaceEach extends PoolLineOperations {
        public OnePlaceEach() {
            super(2, 1);
        }
    }

    /** With three places. */
    public static final class ThreePlaces extends PoolLineOperations {
        public ThreePlaces() {
            super(3, 0);
        }
    }
}
