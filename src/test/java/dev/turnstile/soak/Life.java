package dev.turnstile.soak;

import dev.turnstile.CallTimeoutException;
import dev.turnstile.CloseReport;
import dev.turnstile.Fork;
import dev.turnstile.JoinPolicy;
import dev.turnstile.TurnstileState;
import dev.turnstile.TurnstileStats;
import dev.turnstile.testing.Audit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** One gate from its opening to its closing, and the calls that are made to it. */
final class Life {
    private final Entrance entrance;
    private final OrderCheck order;
    private final Setup setup;
    private final NativeSide nativeSide;
    private final AtomicInteger poisonLeft;
    private final List<Operator> operators = new ArrayList<>();
    private final int callsBetweenOrders;
    private final CallLedger ledger;
    private final Findings findings;
    private final AtomicLong numbers;
    private final long closeAt;
    private final CompletableFuture<Void> ripe = new CompletableFuture<>();
    private final CompletableFuture<Life> next = new CompletableFuture<>();
    private CompletableFuture<End> closersCall = CompletableFuture.completedFuture(End.RETURNED);
    private long callsInPlugin;

    /**
     * @param numbers gives each call its number
     * @param closeAt at how many calls it is to be closed
     */
    Life(
            PluginSource.Opened opened,
            Upheavals upheavals,
            Findings findings,
            AtomicLong numbers,
            long closeAt,
            SplittableRandom random) {
        this.setup = opened.setup();
        this.entrance = opened.entrance();
        this.order = opened.order();
        this.nativeSide = opened.nativeSide();
        this.poisonLeft = new AtomicInteger(setup.heals() ? opened.mostUpheavals() : 0);
        this.ledger = new CallLedger(entrance.isWatched(), findings);
        this.findings = findings;
        this.numbers = numbers;
        this.closeAt = closeAt;
        this.callsBetweenOrders = (int) Mix.logUniform(random, 20, 2_000);
        for (Operator.Kind kind : Operator.Kind.values()) {
            if (kind == Operator.Kind.SWAPS ? setup.swaps() : setup.isPool()) {
                operators.add(new Operator(
                        kind, setup, entrance, findings, upheavals, opened.mostUpheavals(), random.split()));
            }
        }
        operators.forEach(Operator::start);
    }

    // ---- calls ----

    /**
     * A call that was made.
     *
     * @param future what the caller got; {@code null} if it waited, or was refused
     * @param end completes when the end is in the ledger
     */
    record Made(CompletableFuture<?> future, CompletableFuture<End> end) {}

    /** Begins a call of the traffic; one that is poison is none where nothing more is to be lost. */
    TrackedCall begin(TrackedCall.Verb verb, Deed deed, TrackedCall.Form form, boolean overridden, Route route) {
        boolean isTooMuch = deed == Deed.POISON && poisonLeft.getAndDecrement() <= 0;
        TrackedCall call =
                new TrackedCall(numbers.incrementAndGet(), verb, isTooMuch ? Deed.ECHO : deed, form, overridden, route);
        long begun = ledger.begins();
        if (begun == closeAt) {
            ripen();
        }
        if (begun % callsBetweenOrders == 0) {
            operators.forEach(Operator::next);
        }
        order.begins(call);
        return call;
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
                order.isInLine(call);
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

    /** Makes a call that belongs to the closing, as all others go; the gate is open. */
    Made submitToClose(Deed deed) {
        TrackedCall call = begin(TrackedCall.Verb.SUBMIT, deed, TrackedCall.Form.TEXT, false, Route.ORDINARY);
        Made made = make(call, Duration.ZERO);
        if (made.future() == null) {
            throw new AssertionError("An open gate did not take " + call + ", but " + made.end() + ": " + entrance);
        }
        closersCall = made.end();
        return made;
    }

    /** Somebody saw the caller wait in the line. */
    void isInLine(TrackedCall call) {
        order.isInLine(call);
    }

    // ---- its end ----

    Entrance entrance() {
        return entrance;
    }

    Setup setup() {
        return setup;
    }

    NativeSide nativeSide() {
        return nativeSide;
    }

    /** It is time to close it, or it has ended by itself. */
    void ripen() {
        ripe.complete(null);
    }

    /** Completes when it is time to close it. */
    CompletableFuture<Void> ripe() {
        return ripe;
    }

    /** The gate that is opened after this one was closed; {@code null} if none is. */
    CompletableFuture<Life> next() {
        return next;
    }

    CallLedger ledger() {
        return ledger;
    }

    /** Waits until the plugin is shut down, and looks at what the native side saw. Says whether that came to be. */
    boolean terminate() throws InterruptedException {
        CloseReport report = entrance.close(Audit.PATIENCE);
        if (!report.resourceClosed() || !comes(closersCall) || !stopOperators()) {
            return false;
        }
        if (report.closeFailure() != null) {
            findings.add(Breach.WRONG, () -> "closing failed: " + report + ", " + entrance);
        }
        findings.add(Breach.OVERLAPS, nativeSide.overlaps(), () -> "seen by the plugin, " + this);
        leaked("native buffers", nativeSide.count("outstanding_buffers"));
        leaked("buffers freed twice", nativeSide.count("double_frees"));
        leaked("native instances", nativeSide.count("live_instances"));
        leaked("resources", entrance.openResources());
        callsInPlugin = nativeSide.calls();
        return true;
    }

    private boolean stopOperators() throws InterruptedException {
        boolean stopped = true;
        for (Operator operator : operators) {
            stopped &= operator.stop();
        }
        return stopped;
    }

    private static boolean comes(CompletableFuture<End> end) throws InterruptedException {
        try {
            end.get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException never) {
            return false;
        } catch (ExecutionException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private void leaked(String what, long count) {
        findings.add(Breach.LEAKED, count, () -> count + " " + what + ", " + this);
    }

    /** Closes the books; nobody calls any more. */
    void audit() {
        findings.add(Breach.LOST, ledger.open(), () -> "without an end: " + ledger + ", " + this);
        TurnstileStats stats = entrance.stats();
        leaked("places", stats.pending());
        leaked("callers outside", stats.waiting());
        leaked("running calls", stats.running());
        ledger.compare(stats, toString());
        if (!entrance.isWatched()) {
            ledger.comparePlugin(callsInPlugin, toString());
        }
        if (!setup.isPool()) {
            Audit.assertAddsUp(stats, entrance.instances());
        }
    }

    @Override
    public String toString() {
        return setup + ": " + entrance;
    }
}
