package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Promise 5: whoever gives a call up says why, and nobody else does. */
class LateWakeTest {
    private static final int THREADS = 200;

    private final Line<String> line = new Line<>(1);
    private final ManualWorker<String> worker = ManualWorker.of(line);
    private final FutureCall<String, Integer> first = new FutureCall<>(line, String::length);
    private final FutureCall<String, Integer> second = new FutureCall<>(line, String::length);

    /**
     * The worker starts a call, gives its place to the first one outside, and is about to wake that one's submitter. The
     * submitter needs no waking: it sees that it has its place and returns the future, and the call is given up. Only then the
     * wake comes. It found a call that is settled, took it for one that closing refused, and the owner of the future was told
     * that an open gate is closed.
     */
    @ParameterizedTest
    @EnumSource(names = {"CANCELLED", "EXPIRED"})
    void wakeForAPlace_thatComesAfterTheCallWasGivenUp_leavesTheFutureAlone(CallState end) throws Exception {
        secondHasItsPlace();
        assertTrue(line.leave(second, end));

        second.wake();

        assertNobodyCompletesTheFuture();
    }

    @ParameterizedTest
    @EnumSource(names = {"CANCELLED", "EXPIRED"})
    void wakeForAPlace_thatComesAfterTheRunningCallWasGivenUp_leavesTheFutureAlone(CallState end) throws Exception {
        secondHasItsPlace();
        assertSame(second, worker.end(first, CallState.COMPLETED));
        assertTrue(line.leave(second, end));

        second.wake();

        assertNobodyCompletesTheFuture();
    }

    private void secondHasItsPlace() {
        assertEquals(Line.Admission.ACCEPTED, line.enter(first, true));
        assertEquals(Line.Admission.OUTSIDE, line.enter(second, true));
        assertSame(first, worker.start());
        assertEquals(CallState.PENDING, second.state());
    }

    /** Futures are completed on threads of their own: one that was started before all these has run by then. */
    private void assertNobodyCompletesTheFuture() throws InterruptedException {
        for (int i = 0; i < THREADS; i++) {
            Thread.ofVirtual().start(() -> {}).join();
        }
        assertFalse(second.future().isDone());
    }
}
