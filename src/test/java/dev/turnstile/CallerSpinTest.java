package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** Who looks for a moment before it parks. It is a matter of speed alone: no promise depends on it. */
class CallerSpinTest {
    private final CallerSpin spin = new CallerSpin(true);
    private final Line<Object> line = new Line<>(3);

    /** Its end is never there. */
    private static final class Asked extends Call<Object, Object> {
        private int looks;

        Asked() {
            super(resource -> resource);
        }

        @Override
        boolean isAwaited() {
            looks++;
            return true;
        }

        @Override
        void wake() {}
    }

    private boolean looks(CallerSpin by) {
        Asked call = new Asked();
        by.look(call, line.places());
        return call.looks > 0;
    }

    @Test
    void caller_thatWasNotTheLastOne_doesNotLook() throws Exception {
        assertFalse(looks(spin), "nobody was here before");
        assertTrue(looks(spin));
        FutureTask<Boolean> other = new FutureTask<>(() -> looks(spin));
        Thread.ofPlatform().start(other);
        assertFalse(other.get());
        assertFalse(looks(spin), "the other one was here meanwhile");
    }

    @Test
    void caller_behindOthers_doesNotLook() {
        assertFalse(looks(spin));
        line.enter(new Asked(), true);
        assertTrue(looks(spin), "the place is its own");
        line.enter(new Asked(), true);
        assertFalse(looks(spin));
    }

    @Test
    void caller_ofLongCalls_doesNotLook() {
        assertFalse(looks(spin));
        for (int i = 0; i < 100; i++) {
            spin.ran(1_000_000);
        }
        assertFalse(looks(spin));
        for (int i = 0; i < 100; i++) {
            spin.ran(1_000);
        }
        assertTrue(looks(spin));
    }

    @Test
    void caller_thatMayNotLook_doesNot() {
        CallerSpin off = new CallerSpin(false);
        assertFalse(looks(off));
        assertFalse(looks(off));
    }

    @Test
    void looking_thatDoesNotPay_becomesSeldom_andOftenAgainWhenItDoes() {
        SpinCredit credit = new SpinCredit();
        assertEquals(36, countAllowed(credit, 100, false), "four at first, then one of three");
        assertEquals(102, countAllowed(credit, 103, true), "one passes before the first");
    }

    private static int countAllowed(SpinCredit credit, int times, boolean pays) {
        int allowed = 0;
        for (int i = 0; i < times; i++) {
            if (credit.allows()) {
                allowed++;
                if (pays) {
                    credit.paid();
                } else {
                    credit.didNotPay();
                }
            }
        }
        return allowed;
    }
}
