package dev.turnstile.faults.play;

import dev.turnstile.TurnstileDownException;
import dev.turnstile.faults.Breach;
import dev.turnstile.faults.Fault;
import dev.turnstile.faults.Harm;
import dev.turnstile.faults.Outcome;
import dev.turnstile.faults.Watch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Looks whether the promises hold when a scenario has been played. */
final class Judge {
    private final Stage stage;
    private final Watch watch;
    private final Truth truth;

    Judge(Stage stage) {
        this.stage = stage;
        this.watch = stage.watch();
        this.truth = new Truth(watch);
    }

    Outcome judge(Scenario scenario) {
        List<Step> played = List.copyOf(stage.steps());
        List<Work> made = List.copyOf(stage.works());
        stage.releaseAll();
        awaitAll(played, made);
        watch.over();
        List<String> ends = ends(played, made);
        String end = Outcome.NOT_OPENED;
        if (stage.hasGate()) {
            scenario.afterwards().accept(stage);
            GateJudge gate = new GateJudge(stage, scenario.reservedPlaces());
            end = gate.judgeOpen();
            gate.judgeClosing();
        }
        judgeSteps(played);
        for (Work work : made) {
            judge(work);
        }
        judgeResources();
        judgeThreads();
        return new Outcome(worst(stage.breaches()), end, ends, stage.isReplacing(), stage.stacks());
    }

    /** Where something hung, what callers were told when that was ended by closing means nothing. */
    private static List<Breach> worst(List<Breach> breaches) {
        boolean hung = breaches.stream().anyMatch(breach -> breach.harm() == Harm.HANGS);
        return breaches.stream()
                .filter(breach -> !hung || breach.harm() == Harm.HANGS || breach.harm() == Harm.LOSES)
                .toList();
    }

    private void awaitAll(List<Step> steps, List<Work> works) {
        List<Step> hanging =
                steps.stream().filter(step -> !stage.becomes(step::isDone)).toList();
        if (!hanging.isEmpty()) {
            stage.hangs(hanging.size() + " callers never come back, the first from \"" + hanging.getFirst() + "\"");
        }
        List<Work> open = works.stream()
                .filter(work -> work.future() != null && !stage.becomes(work::isTold))
                .toList();
        if (!open.isEmpty()) {
            stage.hangs(open.size() + " futures stay open, the first of " + open.getFirst());
        }
        for (Work work : works) {
            if (allDone(steps) && work.future() == null && !work.isTold() && work.runs() > 0) {
                stage.breach(Harm.LIES, work + " ran, and nobody was told");
            }
        }
    }

    private static boolean allDone(List<Step> steps) {
        return steps.stream().allMatch(Step::isDone);
    }

    /** How everything ended, in a word each. */
    private static List<String> ends(List<Step> steps, List<Work> works) {
        List<String> ends = new ArrayList<>();
        for (Step step : steps) {
            ends.add(step + ": " + (step.thrown() == null ? "returned" : nameOf(step.thrown())));
        }
        for (Work work : works) {
            String how = work.isDropped() ? "dropped" : work.thrown() == null ? "value" : nameOf(work.thrown());
            ends.add(work + ": " + (work.isTold() ? how : "open"));
        }
        return ends;
    }

    private static String nameOf(Throwable thrown) {
        return thrown.getClass().getSimpleName();
    }

    // ---- the steps and calls ----

    private void judgeSteps(List<Step> steps) {
        for (Step step : steps) {
            if (step.isDone() && step.thrown() != null && !truth.is(step.thrown(), step.isInterrupted())) {
                stage.breach(Harm.LIES, "\"" + step + "\" throws " + Fault.print(step.thrown()));
            }
        }
    }

    private void judge(Work work) {
        if (work.runs() > 1) {
            stage.breach(Harm.LIES, work + " ran " + work.runs() + " times");
        }
        if (work.foreignContext() != null) {
            stage.breach(Harm.STAINS, work + " ran with the context of \"" + work.foreignContext() + "\"");
        }
        if (!work.isTold() || work.isUntracked()) {
            return;
        }
        if (work.value() != null) {
            judgeResult(work);
        } else if (work.isDropped() || truth.isInjected(work.thrown())) {
            if (work.ranAfterwards()) {
                stage.breach(
                        Harm.LIES, work + " began to run after its caller had gone, who was told " + work.answer());
            }
        } else {
            judgeFailure(work, Truth.withoutWrapping(work.thrown()));
        }
    }

    /** A result below 0 was given by the scenario. */
    private void judgeResult(Work work) {
        if (work.value() >= 0 && work.value() != work.number()) {
            stage.breach(Harm.LIES, work + " has the result of another call");
        }
        if (work.value() >= 0 && work.runs() != 1) {
            stage.breach(Harm.LIES, work + " has a result and ran " + work.runs() + " times");
        }
    }

    private void judgeFailure(Work work, Throwable thrown) {
        Boolean started = Truth.started(thrown);
        if (!truth.is(thrown, false)) {
            stage.breach(Harm.LIES, work + " is answered by " + Fault.print(thrown));
        } else if (thrown instanceof TurnstileDownException) {
            if (!stage.isReplacing()) {
                stage.breach(
                        Harm.LIES,
                        work + " was told that the resource is being replaced, and it is not: " + work.answer());
            }
        } else if (started == null) {
            if (work.runs() > 0 && !(thrown instanceof Failure)) {
                stage.breach(Harm.LIES, work + " ran, and is answered by " + Fault.print(thrown));
            }
        } else if (started != work.runs() > 0 && !watch.threwIn("Action.run")) {
            stage.breach(
                    Harm.LIES,
                    work + " ran " + work.runs() + " times, and its caller was told started=" + started + " by "
                            + Fault.print(thrown));
        }
    }

    // ---- what is left ----

    private void judgeResources() {
        boolean threwAtClosing = watch.threwIn("ResourceSource.close") || watch.threwIn("ResourceCloser.close");
        for (Source source : stage.sources()) {
            for (Resource resource : source.opened()) {
                if (!stage.becomes(() -> resource.closes() > 0 || threwAtClosing)) {
                    stage.breach(Harm.LEAVES, "a resource (" + resource.version() + ") stays open");
                }
                if (resource.closes() > 1) {
                    stage.breach(Harm.LEAVES, "a resource was closed " + resource.closes() + " times");
                }
                if (resource.misuse() != null) {
                    stage.breach(Harm.LEAVES, "a resource was " + resource.misuse());
                }
            }
        }
    }

    private void judgeThreads() {
        stage.becomes(() -> watch.living().isEmpty() || areShared(watch.living()));
        for (Thread thread : watch.living()) {
            if (!isShared(thread) && !thread.getName().startsWith("caller")) {
                stage.breach(Harm.LEAVES, "a thread is left: " + Watch.kind(thread));
            }
        }
    }

    private static boolean areShared(Collection<Thread> threads) {
        return threads.stream().allMatch(Judge::isShared);
    }

    /** Says whether it serves all gates, and ends by itself. */
    private static boolean isShared(Thread thread) {
        return thread.getName().equals("turnstile-timer");
    }
}
