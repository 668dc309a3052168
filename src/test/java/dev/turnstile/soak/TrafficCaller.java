package dev.turnstile.soak;

import dev.turnstile.JoinPolicy;
import dev.turnstile.Turnstile;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A virtual thread that makes calls, one after the other, and on the way disturbs its like: it interrupts another caller, or
 * cancels a future of its own, at moments that nobody planned.
 */
final class TrafficCaller implements Runnable {
    static final int MOST_FORKS = 16;
    private static final List<JoinPolicy> POLICIES = List.of(JoinPolicy.values());
    private static final String LIBRARY = Turnstile.class.getPackageName();

    private final Traffic traffic;
    private final int key;
    private final SplittableRandom random;
    private final Thread thread;
    private final Deque<Desk.Made> held = new ArrayDeque<>();
    private volatile Life life;
    private volatile TrackedCall current;

    /** @param key of calls that it makes alone, and so knows the order of */
    TrafficCaller(Traffic traffic, int key, Life life, SplittableRandom random) {
        this.traffic = traffic;
        this.key = key;
        this.life = life;
        this.random = random;
        this.thread = Thread.ofVirtual().name("soak-caller").unstarted(this);
    }

    void start() {
        thread.start();
    }

    @Override
    public void run() {
        try {
            for (int i = 0; i < traffic.callsEach() && life != null; i++) {
                disturb(traffic.anyCaller(random));
                double choice = random.nextDouble();
                if (choice < traffic.mix().blocks()) {
                    makeBlock();
                } else if (choice < traffic.mix().blocks() + traffic.mix().bursts()) {
                    makeBurst();
                } else {
                    makeOne();
                }
            }
            while (!held.isEmpty()) {
                held.remove().end().join();
            }
        } catch (Throwable unexpected) {
            traffic.findings().add(Breach.WRONG, () -> "a caller ended with " + unexpected);
        } finally {
            traffic.callerIsDone();
        }
    }

    /** Whoever sees that this one waits in the line knows that its call runs before those that are made from now on. Any thread may look. */
    void look() {
        TrackedCall call = current;
        Life gate = life;
        if (call != null && gate != null && call.inLineSince() == 0 && isParkedOnItsCall() && current == call) {
            gate.desk().isInLine(call);
        }
    }

    private void disturb(TrafficCaller other) {
        other.look();
        if (random.nextDouble() < traffic.mix().interrupts()) {
            other.thread.interrupt();
        }
    }

    /** A thread that waits for a place or a result parks on its call, and only after it came to the line. */
    private boolean isParkedOnItsCall() {
        Object blocker = LockSupport.getBlocker(thread);
        return blocker != null && blocker.getClass().getPackageName().equals(LIBRARY);
    }

    private void makeOne() {
        Mix mix = traffic.mix();
        TrackedCall.Verb verb = mix.verbs().pick(random);
        Deed deed = mix.deeds().pick(random);
        TrackedCall.Form form = mix.forms().pick(random);
        boolean overridden = random.nextDouble() < mix.overrides();
        Duration limit = Mix.limit(random);
        TrackedCall call = life.begin(verb, deed, form, overridden, Route.draw(mix, key, random));
        current = call;
        Desk.Made made = life.desk().make(call, limit);
        if (made.future() == null) {
            if (made.end().join() == End.REFUSED) {
                goOn();
            }
        } else {
            hold(made, overridden);
        }
        Thread.interrupted(); // one that came too late is for nobody
    }

    /** Whoever is woken for the first one finds the second one, too, if it is its own. Nothing more comes from here until both have ended. */
    private void makeBurst() {
        List<TrackedCall> calls = List.of(
                life.begin(TrackedCall.Verb.SUBMIT, Deed.NOTHING, TrackedCall.Form.TEXT, false, Route.ORDINARY),
                life.begin(TrackedCall.Verb.SUBMIT, Deed.LINGERS, TrackedCall.Form.TEXT, false, Route.early(key)));
        List<Desk.Made> made = calls.stream()
                .map(call -> life.desk().make(call, Duration.ZERO))
                .toList();
        boolean isOpen = true;
        for (Desk.Made one : made) {
            isOpen &= one.end().join() != End.REFUSED;
        }
        if (!isOpen) {
            goOn();
        }
        Thread.interrupted(); // one that came too late is for nobody
    }

    private void makeBlock() {
        Mix mix = traffic.mix();
        Route route = Route.draw(mix, key, random);
        List<TrackedCall> calls = new ArrayList<>();
        for (int forks = 1 + random.nextInt(MOST_FORKS); forks > 0; forks--) {
            calls.add(life.begin(
                    TrackedCall.Verb.FORK, mix.deeds().pick(random), mix.forms().pick(random), false, route));
        }
        JoinPolicy policy = POLICIES.get(random.nextInt(POLICIES.size()));
        Duration limit = random.nextBoolean() ? Mix.limit(random) : null;
        if (!life.desk().makeBlock(calls, policy, limit, random.nextInt(10) > 0)) {
            goOn();
        }
        Thread.interrupted(); // one that came too late is for nobody
    }

    private void hold(Desk.Made made, boolean overridden) {
        held.add(made);
        if (overridden) {
            override(made);
        }
        if (random.nextDouble() < traffic.mix().cancels()) {
            Desk.Made unwanted = random.nextBoolean() ? held.getFirst() : made;
            unwanted.future().cancel(true);
        }
        if (held.size() >= traffic.mix().held()) {
            held.remove().end().join();
        }
    }

    private void override(Desk.Made made) {
        switch (random.nextInt(3)) {
            case 0 -> made.future().completeExceptionally(new IllegalStateException(Outcome.BY_HAND));
            case 1 -> made.future().complete(null);
            default -> made.future().orTimeout(Mix.logUniform(random, 1, 20_000), TimeUnit.MICROSECONDS);
        }
    }

    /** The gate is closed: knocks once more, now and then, and goes to the next one when there is one. */
    private void goOn() {
        life.ripen();
        if (random.nextInt(4) == 0) {
            TrackedCall call = life.begin(
                    traffic.mix().verbs().pick(random), Deed.ECHO, TrackedCall.Form.TEXT, false, Route.ORDINARY);
            life.desk().make(call, Mix.limit(random)).end().join();
        }
        life = life.next().join();
    }
}
