package dev.turnstile.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.turnstile.Probe;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.EntryPoint;
import dev.turnstile.testing.HeldGate;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The soak's look for calls that nobody is going to serve: one look is not enough, and each call counts once. */
class StrandedWatchTest {
    @RegisterExtension
    final Audit audit = new Audit();

    private final Findings findings =
            new Findings(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    private final StrandedWatch watch = new StrandedWatch(findings);

    private long stranded() {
        return findings.count(Breach.STRANDED);
    }

    @Test
    void call_thatIsSeenAgainAndAgain_isStranded_once() {
        StrandedWatch.Watched gate = watch.add(() -> "call", () -> "a gate");
        watch.look(gate);
        watch.look(gate);
        assertEquals(1, stranded());
    }

    @Test
    void twoCalls_afterEachOther_areStrandedBoth() {
        AtomicInteger looks = new AtomicInteger();
        StrandedWatch.Watched gate =
                watch.add(() -> looks.incrementAndGet() < 1_000 ? "first" : "second", () -> "a gate");
        watch.look(gate);
        looks.set(1_000);
        watch.look(gate);
        assertEquals(2, stranded());
    }

    @Test
    void call_thatIsServedAfterSomeLooks_isNot() {
        AtomicInteger looks = new AtomicInteger();
        StrandedWatch.Watched gate = watch.add(() -> looks.incrementAndGet() < 50 ? "call" : null, () -> "a gate");
        watch.look(gate);
        assertEquals(0, stranded());
    }

    @Test
    void calls_thatChangeAtEachLook_areNot() {
        AtomicInteger looks = new AtomicInteger();
        StrandedWatch.Watched gate = watch.add(looks::incrementAndGet, () -> "a gate");
        watch.look(gate);
        assertEquals(0, stranded());
    }

    /** Callers outside and calls in the line, while the one worker is busy. */
    @Test
    void gate_thatIsFull_hasNone() {
        HeldGate held = HeldGate.open(audit, 2);
        held.fill();
        Caller<Integer> outside = EntryPoint.CALL.start(held.gate(), resource -> resource.use(1));
        Probe probe = Probe.of(held.gate());
        probe.awaitWaiting(1);
        StrandedWatch.Watched gate = watch.add(probe::stranded, probe::toString);
        watch.look(gate);
        assertEquals(0, stranded());
        held.release();
        assertEquals(1, outside.result());
    }
}
