package dev.turnstile.soak;

import dev.turnstile.JoinPolicy;
import dev.turnstile.Lane;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.testing.Audit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/**
 * Every kind of call and every way to close, once, by one caller: the JVM loads and initialises its classes here. Where many
 * callers meet at a class that is loaded they wait for it with their carriers, which is the JVM's doing.
 */
final class WarmUp {
    private static final Duration LONG = Duration.ofHours(1);
    private static final TurnstileOptions OPTIONS = TurnstileOptions.defaults().withCapacity(2);

    private final Stage stage;
    private final boolean calm;
    private final Findings findings;
    private final SplittableRandom random = new SplittableRandom(1);
    private final List<Life> lives = new ArrayList<>();

    /** @param calm no user code throws where it should not */
    WarmUp(Stage stage, boolean calm) {
        this.stage = stage;
        this.calm = calm;
        this.findings = stage.findings();
    }

    /** Says whether every gate could be closed. */
    boolean run() throws InterruptedException {
        boolean closed = true;
        for (Closing closing : Closing.values()) {
            for (boolean watched : new boolean[] {true, false}) {
                boolean fromBundle = closing == Closing.DRAINS;
                closed = closed && isClosedAfterUse(Setup.easy(watched, fromBundle, OPTIONS), closing);
            }
        }
        for (boolean watched : new boolean[] {true, false}) {
            for (boolean fromBundle : new boolean[] {true, false}) {
                Setup uneasy = Setup.uneasy(watched, fromBundle, OPTIONS);
                closed = closed && isClosedAfterUse(uneasy, Closing.UNDER_A_CALL);
            }
            Setup troubled = Setup.uneasy(watched, false, OPTIONS).withTrouble();
            closed = closed && (calm || isClosedAfterUse(troubled, Closing.DRAINS));
        }
        return closed;
    }

    private boolean isClosedAfterUse(Setup setup, Closing closing) throws InterruptedException {
        Life life = new Life(
                stage.source().open(setup, findings), stage, Long.MAX_VALUE, Integer.MAX_VALUE, random.split());
        lives.add(life);
        Thread caller = Thread.ofVirtual().start(() -> makeEveryCall(life));
        boolean closed = caller.join(Audit.PATIENCE) && closing.close(life, random, findings);
        if (!closed) {
            findings.add(Breach.LOST, () -> "calls that end, or closing " + closing + ": " + life.entrance());
        }
        life.audit();
        return closed;
    }

    /** The gates that were used. */
    List<Life> lives() {
        return lives;
    }

    private static void makeEveryCall(Life life) {
        for (TrackedCall.Verb verb : TrackedCall.Verb.values()) {
            for (TrackedCall.Form form : TrackedCall.Form.values()) {
                for (Deed deed : Deed.values()) {
                    if (deed == Deed.BLOCK || deed == Deed.CLOSES || deed == Deed.LINGERS) {
                        continue;
                    }
                    if (verb == TrackedCall.Verb.FORK) {
                        forkInEveryWay(life, deed, form);
                    } else {
                        makeInEveryWay(life, verb, deed, form);
                    }
                }
            }
        }
    }

    private static void forkInEveryWay(Life life, Deed deed, TrackedCall.Form form) {
        for (JoinPolicy policy : JoinPolicy.values()) {
            for (Duration limit : Arrays.asList(null, LONG, Duration.ZERO)) {
                for (boolean joins : new boolean[] {true, false}) {
                    List<TrackedCall> calls = new ArrayList<>();
                    for (int i = 0; i < 3; i++) {
                        calls.add(life.begin(TrackedCall.Verb.FORK, deed, form, false, Route.ORDINARY));
                    }
                    life.desk().makeBlock(calls, policy, limit, joins);
                }
            }
        }
    }

    private static void makeInEveryWay(Life life, TrackedCall.Verb verb, Deed deed, TrackedCall.Form form) {
        List<CompletableFuture<End>> ends = new ArrayList<>();
        ends.add(life.desk()
                .make(life.begin(verb, deed, form, false, Route.ORDINARY), LONG)
                .end());
        ends.add(life.desk()
                .make(life.begin(verb, deed, form, false, Route.ORDINARY), Duration.ZERO)
                .end());
        Thread.currentThread().interrupt();
        ends.add(life.desk()
                .make(life.begin(verb, deed, form, false, Route.ORDINARY), LONG)
                .end());
        Thread.interrupted();
        Desk.Made cancelled = life.desk().make(life.begin(verb, deed, form, false, Route.ORDINARY), LONG);
        Desk.Made byHand = life.desk().make(life.begin(verb, deed, form, true, new Route(Lane.HIGH, 1)), LONG);
        if (cancelled.future() != null) {
            cancelled.future().cancel(true);
        }
        if (byHand.future() != null) {
            byHand.future().complete(null);
        }
        ends.add(cancelled.end());
        ends.add(byHand.end());
        ends.forEach(CompletableFuture::join);
    }
}
