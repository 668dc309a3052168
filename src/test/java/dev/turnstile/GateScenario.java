package dev.turnstile;

import java.util.ArrayList;
import java.util.List;
import org.jetbrains.kotlinx.lincheck.Actor;

/** What is done to a gate at once: for each thread the {@link GateThreads} that it does. */
enum GateScenario {
    /** They wait for the place and for the result, and nobody closes before all have it. */
    CALLERS(
            List.of(does("call", 0), does("shutdownIfLast", 3)),
            List.of(does("call", 1), does("shutdownIfLast", 3)),
            List.of(does("timedCall", 2), does("shutdownIfLast", 3))),

    /** An interrupted caller, and one behind him who needs his place. */
    INTERRUPT(
            List.of(does("call", 0), does("shutdownIfLast", 2)),
            List.of(does("interrupt", 0), does("call", 1), does("shutdownIfLast", 2))),

    /** Callers, one of whom may wait outside, who meet the closing. */
    SHUTDOWN(List.of(does("call", 0)), List.of(does("call", 1)), List.of(does("tryCall", 2), does("shutdown"))),

    /** A caller whose call may be running, and two who close with other limits. */
    CLOSERS(List.of(does("call", 0)), List.of(does("closeAtOnce")), List.of(does("closeAndWait"))),

    /** Limits that pass, or do not. */
    LIMITS(
            List.of(does("call", 0), does("shutdownIfLast", 2)),
            List.of(
                    does("interrupt", 0),
                    does("shortCall", 1),
                    does("interrupt", 0),
                    does("timedCall", 2),
                    does("shutdownIfLast", 2))),

    /** Futures that are cancelled, those behind them, and one whose limit may pass. */
    FUTURES(
            List.of(does("submit", 0), does("submit", 1), does("shutdownIfLast", 2)),
            List.of(does("cancel", 0), does("shortSubmit", 2), does("cancel", 1), does("shutdownIfLast", 2))),

    /** Futures that meet the closing. */
    FUTURES_AND_CLOSERS(
            List.of(does("submit", 0), does("call", 1), does("submit", 2)),
            List.of(does("cancel", 0), does("closeAtOnce"), does("cancel", 2)),
            List.of(does("closeAndWait")));

    @SuppressWarnings("ImmutableEnumChecker") // Lincheck's class; nobody changes it
    private final List<List<Actor>> threads;

    @SafeVarargs
    @SuppressWarnings("varargs") // copied
    GateScenario(List<Actor>... threads) {
        List<List<Actor>> withWorker = new ArrayList<>(List.of(threads));
        withWorker.add(List.of(does("work")));
        this.threads = List.copyOf(withWorker);
    }

    /** What each thread does; the last one is the worker. */
    List<List<Actor>> threads() {
        return threads;
    }

    private static Actor does(String operation, Object... arguments) {
        return Interleavings.does(GateThreads.class, operation, arguments);
    }
}
