package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.EntryPoint;
import dev.turnstile.testing.Witness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Promise 9: a call made from the worker would wait for itself; it is refused at once, by name. */
class ReentryTest {
    @RegisterExtension
    final Audit audit = new Audit();

    private Turnstile<Witness> open() throws InterruptedException {
        return audit.watch(Turnstile.<Witness, RuntimeException>open(
                Witness::new, Witness::close, TurnstileOptions.defaults().withCapacity(1)));
    }

    @ParameterizedTest
    @EnumSource
    void callFromWithinAnAction_isRefusedAtOnceWithAMessageThatSaysSo(EntryPoint entry) throws Exception {
        Turnstile<Witness> gate = open();
        Throwable thrown = gate.call(resource -> {
            try {
                return new AssertionError("not refused: " + entry.run(gate, inner -> 1));
            } catch (Throwable refused) {
                return refused;
            }
        });

        assertInstanceOf(ReentrantCallException.class, thrown);
        assertTrue(thrown.getMessage().contains("turnstile-worker"), thrown.getMessage());
        assertEquals(1, gate.stats().accepted());
        assertEquals(5, (int) gate.call(resource -> resource.use(5)));
    }

    @Test
    void awaitTerminationFromWithinAnAction_isRefused() throws Exception {
        Turnstile<Witness> gate = open();
        Throwable thrown = gate.call(resource -> {
            try {
                return new AssertionError("not refused: " + gate.awaitTermination(Audit.PATIENCE));
            } catch (ReentrantCallException refused) {
                return refused;
            }
        });
        assertInstanceOf(ReentrantCallException.class, thrown);
    }

    /** Another gate's worker is just a caller. */
    @Test
    void callOfAnotherGate_fromWithinAnAction_works() throws Exception {
        Turnstile<Witness> outer = open();
        Turnstile<Witness> inner = open();
        assertEquals(7, (int) outer.call(resource -> inner.call(other -> other.use(7))));
    }
}
