package dev.turnstile.soak;

import dev.turnstile.CallTimeoutException;
import dev.turnstile.Fork;
import dev.turnstile.JoinPolicy;
import dev.turnstile.TurnstileState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Makes calls to one gate, and sees to it that each has its end in the ledger. */
final class Desk {
    private final Entrance entrance;
    private final Setup setup;
    private final OrderCheck order;
    private final AgeingCheck ageing;
    private final CallLedger ledger;
    private final Findings findings;
    private final boolean isRoomy;

    /** @param mostAtOnce how many calls there may be at once */
    Desk(PluginSource.Opened opened, CallLedger ledger, Findings findings, int mostAtOnce) {
        this.entrance = opened.entrance();
        this.setup = opened.setup();
        this.order = opened.order();
        this.ageing = opened.ageing();
        this.ledger = ledger;
        this.findings = findings;
        this.isRoomy = setup.options().capacity() - setup.options().reservedPlaces() >= mostAtOnce;
    }

    /**
     * A call that was made.
     *
     * @param future what the caller got; {@code null} if it waited, or was refused
     * @param end completes when the end is in the ledger
     */
    record Made(CompletableFuture<?> future, CompletableFuture<End> end) {}

    /** A call is about to be made. */
    void begins(TrackedCall call) {
        order.begins(call);
    }

    /** Somebody saw the caller wait, in the line or outside; where there is room for all, it has a place. */
    void isInLine(TrackedCall call) {
        order.isInLine(call);
        if (isRoomy) {
            ageing.isPending(call);
        }
    }

    /** Makes a call that was begun; waits for its end if it has no future. */
    Made make(TrackedCall call, Duration limit) {
        CompletableFuture<?> future;
        try {
            Object result = switch (call.verb()) {
                case CALL -> entrance.call(call);
                case TIMED_CALL -> entrance.call(call, limit);
                case TRY_CALL -> entrance.tryCall(call);
                case SUBMIT -> entrance.submit(call);
                case TIMED_SUBMIT -> entrance.submit(call, limit);
                case TRY_SUBMIT -> entrance.trySubmit(call);
                case FORK -> throw new IllegalArgumentException(call + " is made in a block");
            };
            if (!(result instanceof CompletableFuture<?> submitted)) {
                return ended(ends(call, result, null, false));
            }
            future = submitted;
        } catch (Throwable thrown) {
            return ended(ends(call, null, thrown, false));
        }
        order.isInLine(call);
        ageing.isPending(call);
        return new Made(future, future.handle((result, thrown) -> ends(call, result, thrown, true)));
    }

    /**
     * Forks calls that were begun, and have one route, in a block with a limit unless that is {@code null}, and joins it, unless that is to be
     * forgotten. Returns whether the gate took them all.
     */
    boolean makeBlock(List<TrackedCall> calls, JoinPolicy policy, Duration limit, boolean joins) {
        List<Fork<?>> forks = new ArrayList<>();
        try (Entrance.Block block =
                entrance.fanOut(policy, limit, calls.getFirst().route())) {
            for (TrackedCall call : calls) {
                forks.add(block.fork(call));
                isInLine(call);
            }
            if (joins) {
                block.join();
            }
        } catch (ExecutionException | InterruptedException | CallTimeoutException thrown) {
            // Each fork tells what became of it.
        } catch (Exception thrown) {
            boolean forgotten = !joins && thrown instanceof IllegalStateException;
            if (!forgotten) {
                findings.add(Breach.WRONG, () -> "a block ended with " + thrown + ", " + entrance);
            }
        }
        boolean open = true;
        for (int i = 0; i < forks.size(); i++) {
            open &= endsFork(calls.get(i), forks.get(i), joins) != End.REFUSED;
        }
        return open;
    }

    private End endsFork(TrackedCall call, Fork<?> fork, boolean joined) {
        if (fork.state() == Fork.State.CANCELLED) {
            ledger.ends(call, Outcome.left());
            return End.LEFT;
        }
        if (!joined && fork.state() == Fork.State.FAILED) { // it does not tell why
            ledger.ends(call, Outcome.overridden());
            return End.OVERRIDDEN;
        }
        if (!joined && fork.state() == Fork.State.SUCCESS) {
            ledger.ends(call, Outcome.returned());
            return End.RETURNED;
        }
        return fork.state() == Fork.State.SUCCESS
                ? ends(call, fork.get(), null, false)
                : ends(call, null, fork.failure(), false);
    }

    private static Made ended(End end) {
        return new Made(null, CompletableFuture.completedFuture(end));
    }

    private End ends(TrackedCall call, Object result, Throwable thrown, boolean throughFuture) {
        try {
            Outcome outcome = thrown == null ? returned(call, result) : threw(call, thrown, throughFuture);
            ledger.ends(call, outcome);
            return outcome.end();
        } catch (IllegalArgumentException unexplained) {
            ledger.endsUnexplained(unexplained);
            return End.FAILED;
        }
    }

    private Outcome threw(TrackedCall call, Throwable thrown, boolean throughFuture) {
        if (entrance.isAnswerOfTheDead(thrown)) {
            return Outcome.failed();
        }
        Outcome outcome = Outcome.of(call, thrown, throughFuture);
        boolean hasReason = switch (outcome.end()) {
            case REFUSED -> entrance.state() != TurnstileState.OPEN;
            case DOWN -> setup.refusesWhileDown();
            default -> true;
        };
        if (!hasReason) {
            findings.add(Breach.WRONG, () -> call + " was refused without a reason: " + thrown + ", " + entrance);
        }
        return outcome;
    }

    private Outcome returned(TrackedCall call, Object result) {
        if (result == null && call.isOverridden()) {
            return Outcome.overridden();
        }
        if (result == null || !entrance.answers(call, result)) {
            findings.add(Breach.WRONG, () -> call + " was answered " + result);
        }
        return Outcome.returned();
    }
}
