package dev.turnstile.faults.play;

import dev.turnstile.CloseReport;
import dev.turnstile.Health;
import dev.turnstile.InstanceState;
import dev.turnstile.InstanceStats;
import dev.turnstile.Turnstile;
import dev.turnstile.TurnstileClosedException;
import dev.turnstile.TurnstileFullException;
import dev.turnstile.TurnstileState;
import dev.turnstile.TurnstileStats;
import dev.turnstile.faults.Fault;
import dev.turnstile.faults.Harm;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** Looks at the gate when a scenario has been played: whether it serves calls, or says why not; whether all places are free; how it closes. */
final class GateJudge {
    private final Stage stage;
    private final Turnstile<Resource> gate;

    /** How many there are for ordinary calls. */
    private final int places;

    GateJudge(Stage stage, int reserved) {
        this.stage = stage;
        this.gate = stage.gate();
        this.places = gate.capacity() - reserved;
    }

    /** Makes a step that must neither hang nor throw; {@code null} if it did. */
    private <T> T look(String what, Callable<T> body) {
        Step step = stage.step(what, body);
        if (!stage.becomes(step::isDone)) {
            stage.hangs(what + " does not come back");
            return null;
        }
        if (step.thrown() != null) {
            stage.breach(Harm.LIES, what + " throws " + Fault.print(step.thrown()));
            return null;
        }
        @SuppressWarnings("unchecked") // it is what the body returned
        T result = (T) step.result();
        return result;
    }

    /** Looks at a gate that is not closed yet, or not by us; returns how it is. */
    String judgeOpen() {
        TurnstileState state = gate.state();
        Health health = look("health()", gate::health);
        look("toString()", gate::toString);
        Work probe = stage.work("afterwards");
        Step step = stage.call(probe);
        if (!stage.becomes(step::isDone)) {
            stage.hangs("the gate is " + gate.state() + " and says " + health + ", and a call hangs");
        } else if (state == TurnstileState.OPEN) {
            judgeAnswer(probe, health);
        } else if (!(probe.thrown() instanceof TurnstileClosedException)) {
            stage.breach(Harm.LIES, "the gate is " + state + " and answers a call by " + probe.answer());
        }
        if (state != TurnstileState.OPEN
                && health != null
                && (health.isReady() || health.reason().isBlank())) {
            stage.breach(Harm.LIES, "the gate is " + state + " and says " + health);
        }
        return state + " " + (health == null ? "?" : health.status());
    }

    private void judgeAnswer(Work probe, Health health) {
        if (health != null && health.isReady() != (probe.thrown() == null)) {
            stage.breach(
                    Harm.LIES, "the gate is open and says " + health + ", and answers a call by " + probe.answer());
        }
        if (probe.thrown() == null) {
            judgePlaces();
        }
    }

    /** Takes all places, and one more, which there must not be; with every instance held. */
    private void judgePlaces() {
        Hold latch = stage.latch();
        List<Work> works = new ArrayList<>();
        if (holdInstances(latch, works)) {
            for (int i = 0; i < places; i++) {
                Work work = submit(works, "takes a place");
                if (work.thrown() != null) {
                    stage.breach(
                            Harm.LOSES,
                            "of " + places + " places only " + i + " are free: " + Fault.print(work.thrown()));
                }
            }
            Work tooMany = stage.work("finds no place");
            stage.trySubmit(tooMany);
            if (!(tooMany.thrown() instanceof TurnstileFullException)) {
                stage.breach(Harm.LOSES, "there are more than " + places + " places: " + tooMany.answer());
            }
        }
        stage.release(latch);
        for (Work work : works) {
            if (!stage.becomes(work::isTold)) {
                stage.hangs("the future of a call made afterwards stays open");
                return;
            }
            if (work.thrown() != null && !(work.thrown() instanceof TurnstileFullException)) {
                stage.breach(Harm.LIES, "a call made afterwards is answered by " + work.answer());
            }
        }
    }

    private Work submit(List<Work> works, String name) {
        Work work = stage.work(name);
        works.add(work);
        stage.trySubmit(work);
        return work;
    }

    /** Has each instance run a call that stays there; says whether all do. */
    private boolean holdInstances(Hold latch, List<Work> works) {
        List<InstanceStats> instances = look("instances()", gate::instances);
        if (instances == null) {
            return false;
        }
        int held = 0;
        for (InstanceStats instance : instances) {
            if (instance.state() == InstanceState.SERVING) {
                Work work = stage.work("holds an instance").held(latch);
                works.add(work);
                stage.trySubmit(work);
                held++;
            }
        }
        int expected = held;
        boolean areHeld = works.stream().allMatch(work -> work.thrown() == null)
                && stage.becomes(() -> gate.stats().running() == expected);
        if (!areHeld && works.stream().allMatch(work -> work.thrown() == null)) {
            stage.hangs("not all of " + expected + " instances take a call: running="
                    + gate.stats().running());
        }
        return areHeld;
    }

    /** Closes the gate, and looks at what is left of it. */
    void judgeClosing() {
        Step closing = stage.step("close at last", () -> gate.close(Stage.HOUR));
        boolean isInTime = stage.becomes(closing::isDone);
        if (!isInTime) {
            stage.hangs("close() waits until its limit");
            stage.advance(Stage.HOUR.multipliedBy(2));
            if (!stage.becomes(closing::isDone)) {
                stage.hangs("close() does not come back after its limit either");
                return;
            }
        }
        if (closing.thrown() != null) {
            stage.breach(Harm.LIES, "close() throws " + Fault.print(closing.thrown()));
        } else if (isInTime && closing.result() instanceof CloseReport report && !report.resourceClosed()) {
            stage.breach(Harm.LEAVES, "close() comes back before its limit, and the resource is not closed");
        }
        judgeTermination(isInTime);
        TurnstileStats stats = look("stats()", gate::stats);
        if (stats != null) {
            judge(stats);
        }
        List<InstanceStats> instances = look("instances()", gate::instances);
        if (instances != null) {
            judge(instances);
        }
    }

    private void judgeTermination(boolean isExpected) {
        Step awaiting = stage.step("awaitTermination()", () -> gate.awaitTermination(Stage.HOUR));
        if (!stage.becomes(awaiting::isDone)) {
            if (isExpected) {
                stage.hangs("awaitTermination() waits until its limit");
            }
            stage.advance(Stage.HOUR.multipliedBy(2));
            stage.becomes(awaiting::isDone);
        } else if (!Boolean.TRUE.equals(awaiting.result())) {
            stage.breach(
                    Harm.LEAVES,
                    "awaitTermination() "
                            + (awaiting.thrown() == null
                                    ? "returns false"
                                    : "throws " + Fault.print(awaiting.thrown())));
        }
    }

    private void judge(TurnstileStats stats) {
        if (stats.waiting() != 0 || stats.pending() != 0 || stats.running() != 0) {
            stage.breach(
                    Harm.LOSES,
                    "of the closed gate's calls waiting=" + stats.waiting() + ", pending=" + stats.pending()
                            + ", running=" + stats.running());
        }
        long ends = stats.completed() + stats.failed() + stats.cancelled() + stats.expired() + stats.refused();
        if (stats.accepted() != ends + stats.pending() + stats.running()) {
            stage.breach(Harm.LOSES, "accepted=" + stats.accepted() + ", but the ends add up to " + ends);
        }
    }

    private void judge(List<InstanceStats> instances) {
        for (InstanceStats instance : instances) {
            if (instance.running() != 0 || instance.pending() != 0 || instance.state() != InstanceState.DOWN) {
                stage.breach(
                        Harm.LOSES,
                        "of the closed gate instance " + instance.number() + " is " + instance.state() + ", running="
                                + instance.running() + ", pending=" + instance.pending());
            }
        }
    }
}
