package dev.turnstile.soak;

import dev.turnstile.CloseReport;
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

/** One gate from its opening to its closing, and the calls that are made to it. */
final class Life {
    private final Entrance entrance;
    private final Setup setup;
    private final NativeSide nativeSide;
    private final AtomicInteger poisonLeft;
    private final List<Operator> operators = new ArrayList<>();
    private final int callsBetweenOrders;
    private final CallLedger ledger;
    private final Desk desk;
    private final Stage stage;
    private final Findings findings;
    private final StrandedWatch.Watched watched;
    private final long closeAt;
    private final CompletableFuture<Void> ripe = new CompletableFuture<>();
    private final CompletableFuture<Life> next = new CompletableFuture<>();
    private CompletableFuture<End> closersCall = CompletableFuture.completedFuture(End.RETURNED);
    private long callsInPlugin;

    /**
     * Begins with a gate that was just opened.
     *
     * @param closeAt at how many calls it is to be closed
     * @param mostAtOnce how many calls there may be at once
     */
    Life(PluginSource.Opened opened, Stage stage, long closeAt, int mostAtOnce, SplittableRandom random) {
        this.stage = stage;
        this.findings = stage.findings();
        this.setup = opened.setup();
        this.entrance = opened.entrance();
        this.nativeSide = opened.nativeSide();
        this.poisonLeft = new AtomicInteger(setup.heals() ? opened.mostUpheavals() : 0);
        this.ledger = new CallLedger(entrance.isWatched(), findings);
        this.desk = new Desk(opened, ledger, findings, mostAtOnce);
        this.closeAt = closeAt;
        this.callsBetweenOrders = (int) Mix.logUniform(random, 20, 2_000);
        this.watched = stage.stranded().add(entrance);
        for (Operator.Order order : orders(stage.source().upheavals(), random)) {
            operators.add(new Operator(order, setup, entrance, findings, opened.mostUpheavals(), random.split()));
        }
        operators.forEach(Operator::start);
    }

    private List<Operator.Order> orders(Upheavals upheavals, SplittableRandom random) {
        List<Operator.Order> orders = new ArrayList<>();
        if (setup.swaps()) {
            orders.add(new SwapOrder(entrance, setup, findings, upheavals, random.split()));
        }
        if (setup.isPool()) {
            orders.add(new ResizeOrder(entrance, setup, upheavals, random.split()));
        }
        if (random.nextInt(3) > 0) {
            orders.add(new EachOrder(entrance, setup, ledger, findings, upheavals, random.split()));
        }
        return orders;
    }

    // ---- calls ----

    /** Begins a call of the traffic; one that is poison is none where nothing more is to be lost. */
    TrackedCall begin(TrackedCall.Verb verb, Deed deed, TrackedCall.Form form, boolean overridden, Route route) {
        TrackedCall call =
                new TrackedCall(stage.numbers().incrementAndGet(), verb, suited(deed), form, overridden, route);
        long begun = ledger.begins();
        if (begun == closeAt) {
            ripen();
        }
        if (begun % callsBetweenOrders == 0) {
            operators.forEach(Operator::next);
        }
        desk.begins(call);
        return call;
    }

    private Deed suited(Deed deed) {
        if (deed == Deed.POISON && poisonLeft.getAndDecrement() <= 0) {
            return Deed.ECHO;
        }
        return deed == Deed.UNPRINTABLE && !setup.troubled() ? Deed.EXCEPTION : deed;
    }

    /** Makes calls that were begun. */
    Desk desk() {
        return desk;
    }

    /** Makes a call that belongs to the closing, as all others go; the gate is open. */
    Desk.Made submitToClose(Deed deed) {
        TrackedCall call = begin(TrackedCall.Verb.SUBMIT, deed, TrackedCall.Form.TEXT, false, Route.ORDINARY);
        Desk.Made made = desk.make(call, Duration.ZERO);
        if (made.future() == null) {
            throw new AssertionError("An open gate did not take " + call + ", but " + made.end() + ": " + entrance);
        }
        closersCall = made.end();
        return made;
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
        stage.stranded().remove(watched);
        if (!report.resourceClosed() || !comes(closersCall) || !stopOperators()) {
            return false;
        }
        if (report.closeFailure() != null && !setup.troubled()) {
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
