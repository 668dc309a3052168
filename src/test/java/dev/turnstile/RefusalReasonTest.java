package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Copies;
import dev.turnstile.testing.Copies.Copy;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.HeldPool;
import dev.turnstile.testing.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever is refused is told why, and that is what was so when the call was refused, whatever has become of the gate since. */
class RefusalReasonTest {
    private static final Pattern SECOND_HAS_GONE = Pattern.compile("(?is).*\\binstance 2 has gone\\b.*");
    private static final Duration LONG = Duration.ofMinutes(1);

    @RegisterExtension
    final Audit audit = new Audit();

    private final Copies copies = new Copies("copy");

    /** It was told that the resource had failed and was being replaced, whatever had happened. */
    @ParameterizedTest
    @EnumSource
    void callForOneInstance_whenThatGoes_saysThatItHasGone(Departure departure) throws Exception {
        HeldPool pool = HeldPool.open(audit, copies, departure.options());
        HeldPool.Hold last = pool.hold(2);
        List<CompletableFuture<String>> each = pool.submitToEach(copy -> copy.use("each"));
        assertEquals("each", each.getFirst().join());

        departure.happen(pool, last, copies);
        TurnstileClosedException refused =
                assertInstanceOf(TurnstileClosedException.class, Caller.failureOf(each.getLast()));

        assertFalse(refused.started());
        assertTrue(SECOND_HAS_GONE.matcher(refused.getMessage()).matches(), refused::getMessage);
    }

    /** Then the gate is closed, and the reason is still the instance. */
    @ParameterizedTest
    @EnumSource
    void callForOneInstance_whenTheGateClosesAfterThatWent_saysThatItHasGone(Departure departure) throws Exception {
        HeldPool pool = HeldPool.open(audit, copies, departure.options());
        HeldPool.Hold last = pool.hold(2);
        CompletableFuture<String> refused =
                pool.submitToEach(copy -> copy.use("each")).getLast();
        departure.happen(pool, last, copies);
        pool.gate().close();

        String told = Caller.failureOf(refused).getMessage();
        assertTrue(SECOND_HAS_GONE.matcher(told).matches(), told);
    }

    /** As the Javadoc of {@code submitToEach} has it. */
    @ParameterizedTest
    @EnumSource
    void callForOneInstance_outsideWhenThatGoes_throwsThatItHasGone(Departure departure) throws Exception {
        HeldPool pool = HeldPool.open(audit, copies, departure.options().withCapacity(1));
        HeldPool.Hold first = pool.hold(1);
        HeldPool.Hold last = pool.hold(2);
        var unused = audit.watch(pool.gate().trySubmit(pool.at(1, copy -> copy.use("fills the line"))));
        CountDownLatch ran = new CountDownLatch(1);
        Caller<Object> each = Caller.start(() -> pool.gate().submitToEach(copy -> {
            ran.countDown();
            return copy.use("each");
        }));
        pool.probe().awaitWaiting(1);

        departure.happen(pool, last, copies);
        first.release();
        IllegalStateException thrown = assertInstanceOf(IllegalStateException.class, each.failure());
        assertTrue(SECOND_HAS_GONE.matcher(thrown.getMessage()).matches(), thrown::getMessage);
        ran.await();
    }

    /** A fork tells its failure when it is asked; that must not be what the gate would say by then. */
    @Test
    void fork_refusedWhileTheGateWasDown_saysSoAfterTheGateHasClosed() throws Exception {
        Turnstile<Copy> gate = audit.watch(Turnstile.open(
                copies,
                TurnstileOptions.defaults()
                        .withCapacity(1)
                        .withTimeSource(new VirtualTime())
                        .withRestarts(RestartPolicy.limited(3, LONG)
                                .withDelays(LONG, LONG)
                                .refusingWhileDown())));
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch latch = audit.latch();
        var unused = audit.watch(gate.trySubmit(copy -> {
            copy.witness().hold(entered, latch);
            throw new Copies.Poison();
        }));
        entered.await();
        var inLine = audit.watch(gate.trySubmit(copy -> copy.use("in the line")));
        try (FanOut<Copy, String> block = gate.fanOut(JoinPolicy.ALL_OUTCOMES)) {
            Fork<String> outside = block.fork(copy -> copy.use("outside"));
            latch.countDown();
            block.join();
            gate.close(Duration.ZERO);
            assertInstanceOf(TurnstileClosedException.class, Caller.failureOf(inLine));

            assertInstanceOf(TurnstileDownException.class, outside.failure());
        }
        Eventually.isTrue("all is closed", () -> copies.living() == 0);
    }
}
