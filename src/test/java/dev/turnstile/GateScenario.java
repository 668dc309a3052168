package dev.turnstile;

import java.util.ArrayList;
import java.util.List;
import org.jetbrains.kotlinx.lincheck.Actor;

/** What is done to a gate at once: for each thread the {@link GateThreads} that it does. */
enum GateScenario {
    /** They wait for the place and for the result, and nobody closes before all have it. */
    CALLERS(
            closingAsLastOfThree(does("call", 0)),
            closingAsLastOfThree(does("call", 1)),
            closingAsLastOfThree(does("timedCall", 2))),

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
            List.of(does("closeAndWait"))),

    /** Who waits for a future whose call ends, and who waits for one that is cancelled meanwhile. */
    WAITERS(
            List.of(does("submit", 0), does("awaitFuture", 0), does("shutdownIfLast", 2)),
            List.of(does("cancel", 0), does("submit", 1), does("awaitFuture", 1), does("shutdownIfLast", 2))),

    /** Callers of two workers. */
    POOL(
            GateKinds.OfPool.class,
            2,
            closingAsLastOfThree(does("call", 0)),
            closingAsLastOfThree(does("call", 1)),
            closingAsLastOfThree(does("timedCall", 2))),

    /** Callers of two workers, who meet the closing. */
    POOL_AND_SHUTDOWN(
            GateKinds.OfPool.class,
            2,
            List.of(does("call", 0)),
            List.of(does("keyedCall", 1)),
            List.of(does("tryCall", 2), does("shutdown"))),

    /** A key's calls, whose home may be with the second worker as soon as that comes. */
    GROW(
            GateKinds.OfGrowingPool.class,
            2,
            closingAsLastOfThree(does("keyedCall", 0)),
            closingAsLastOfThree(does("keyedCall", 1)),
            closingAsLastOfThree(does("grow"), does("keyedCall", 2))),

    /** A key's calls, whose home may go, and one that any worker may run. */
    SHRINK(
            GateKinds.OfPool.class,
            2,
            closingAsLastOfThree(does("keyedCall", 0)),
            closingAsLastOfThree(does("call", 1)),
            closingAsLastOfThree(does("shrink"), does("keyedCall", 2))),

    /** One of two instances is lost, and the other has the calls. */
    LOST(
            GateKinds.OfPool.class,
            2,
            closingAsLastOfThree(does("poisonCall", 0)),
            closingAsLastOfThree(does("keyedCall", 1)),
            closingAsLastOfThree(does("call", 2))),

    /** A worker that another one relieves between two calls. */
    SWAP(
            GateKinds.OfSwap.class,
            2,
            closingAsLastOfThree(does("call", 0)),
            closingAsLastOfThree(does("call", 1)),
            closingAsLastOfThree(does("swap"), does("call", 2))),

    /** One that is about to be relieved when the gate closes. */
    SWAP_AND_SHUTDOWN(
            GateKinds.OfSwap.class,
            2,
            List.of(does("call", 0)),
            List.of(does("call", 1), does("shutdown")),
            List.of(does("swap"), does("call", 2))),

    /** A caller in each of three lanes, one of whom has a place kept. */
    LANES(
            GateKinds.WithLanes.class,
            1,
            closingAsLastOfThree(does("call", 0)),
            closingAsLastOfThree(does("highCall", 1)),
            closingAsLastOfThree(does("controlCall", 2))),

    /** Callers in lanes, and a worker that is relieved. */
    SWAP_AND_LANES(
            GateKinds.OfSwapWithLanes.class,
            2,
            closingAsLastOfThree(does("highCall", 0)),
            closingAsLastOfThree(does("controlCall", 1)),
            closingAsLastOfThree(does("swap"), does("call", 2))),

    /** A key's calls, and a worker of two that is relieved: the key may be at home with it. */
    SWAP_AND_KEYS(
            GateKinds.OfSwapInPool.class,
            3,
            closingAsLastOfThree(does("keyedCall", 0)),
            closingAsLastOfThree(does("keyedCall", 1)),
            closingAsLastOfThree(does("swap"), does("call", 2))),

    /** A call for each of two workers, one of whom is relieved. */
    SWAP_AND_EACH(
            GateKinds.OfSwapInPool.class,
            3,
            closingAsLastOfThree(does("submitToEach", 0)),
            closingAsLastOfThree(does("call", 1)),
            closingAsLastOfThree(does("swap"), does("call", 2))),

    /** A worker that is relieved, while another one comes. */
    SWAP_AND_GROW(
            GateKinds.OfSwapInGrowingPool.class,
            3,
            closingAsLastOfThree(does("keyedCall", 0)),
            closingAsLastOfThree(does("grow"), does("call", 1)),
            closingAsLastOfThree(does("swap"), does("keyedCall", 2))),

    /** A worker that is relieved, while another one goes. */
    SWAP_AND_SHRINK(
            GateKinds.OfSwapInPool.class,
            3,
            closingAsLastOfThree(does("keyedCall", 0)),
            closingAsLastOfThree(does("shrink"), does("call", 1)),
            closingAsLastOfThree(does("swap"), does("keyedCall", 2))),

    /** A worker of two that is relieved, while one of them is lost. */
    SWAP_AND_LOST(
            GateKinds.OfSwapInPool.class,
            3,
            closingAsLastOfThree(does("poisonCall", 0)),
            closingAsLastOfThree(does("keyedCall", 1)),
            closingAsLastOfThree(does("swap"), does("call", 2))),

    /** Who takes the place of what was lost, and who comes by order, to one slot. */
    SWAP_AND_RESTART(
            GateKinds.OfSwapWithRestart.class,
            2,
            closingAsLastOfThree(does("poisonCall", 0)),
            closingAsLastOfThree(does("call", 1)),
            closingAsLastOfThree(does("swap"), does("call", 2))),

    /** A block that is decided while the worker is relieved. */
    SWAP_AND_FORKS(
            GateKinds.OfSwap.class,
            2,
            closingAsLastOfThree(does("fork", 0)),
            closingAsLastOfThree(does("call", 1)),
            closingAsLastOfThree(does("swap"), does("call", 2))),

    /** Callers who give up, and a worker that is relieved. */
    SWAP_AND_LIMITS(
            GateKinds.OfSwap.class,
            2,
            closingAsLastOfThree(does("call", 0)),
            closingAsLastOfThree(does("interrupt", 0), does("shortCall", 1), does("interrupt", 2)),
            closingAsLastOfThree(does("swap"), does("timedCall", 2))),

    /** What is lost is replaced, and those who wait get its successor. */
    RESTART(
            GateKinds.WithRestart.class,
            1,
            closingAsLastOfThree(does("poisonCall", 0)),
            closingAsLastOfThree(does("call", 1)),
            closingAsLastOfThree(does("timedCall", 2))),

    /** What is lost is to be replaced when the gate closes. */
    RESTART_AND_SHUTDOWN(
            GateKinds.WithRestart.class,
            1,
            List.of(does("poisonCall", 0)),
            List.of(does("call", 1)),
            List.of(does("tryCall", 2), does("shutdown"))),

    /** A call for each of two instances, one of which is lost and replaced. */
    RESTART_AND_EACH(
            GateKinds.OfPoolWithRestart.class,
            2,
            closingAsLastOfThree(does("poisonCall", 0)),
            closingAsLastOfThree(does("submitToEach", 1)),
            closingAsLastOfThree(does("keyedCall", 2))),

    /** Callers in lanes, one of whose instances is lost. */
    LOST_AND_LANES(
            GateKinds.OfPoolWithLanes.class,
            2,
            closingAsLastOfThree(does("poisonCall", 0)),
            closingAsLastOfThree(does("highCall", 1)),
            closingAsLastOfThree(does("controlCall", 2))),

    /** A call for each of two instances, one of which is lost. */
    LOST_AND_EACH(
            GateKinds.OfPool.class,
            2,
            closingAsLastOfThree(does("poisonCall", 0)),
            closingAsLastOfThree(does("submitToEach", 1)),
            closingAsLastOfThree(does("call", 2))),

    /** A block, one of whose instances is lost. */
    LOST_AND_FORKS(
            GateKinds.OfPool.class,
            2,
            closingAsLastOfThree(does("poisonCall", 0)),
            closingAsLastOfThree(does("fork", 1)),
            closingAsLastOfThree(does("keyedCall", 2))),

    /** Callers in lanes, for whom a second worker comes. */
    GROW_AND_LANES(
            GateKinds.OfGrowingPoolWithLanes.class,
            2,
            closingAsLastOfThree(does("highCall", 0)),
            closingAsLastOfThree(does("call", 1)),
            closingAsLastOfThree(does("grow"), does("controlCall", 2))),

    /** Callers in lanes, one of whose workers goes. */
    SHRINK_AND_LANES(
            GateKinds.OfPoolWithLanes.class,
            2,
            closingAsLastOfThree(does("highCall", 0)),
            closingAsLastOfThree(does("keyedCall", 1)),
            closingAsLastOfThree(does("shrink"), does("controlCall", 2))),

    /** A call for each of two instances, one of which goes. */
    SHRINK_AND_EACH(
            GateKinds.OfPool.class,
            2,
            closingAsLastOfThree(does("submitToEach", 0)),
            closingAsLastOfThree(does("keyedCall", 1)),
            closingAsLastOfThree(does("shrink"), does("call", 2))),

    /** A block, one of whose workers goes. */
    SHRINK_AND_FORKS(
            GateKinds.OfPool.class,
            2,
            closingAsLastOfThree(does("fork", 0)),
            closingAsLastOfThree(does("keyedCall", 1)),
            closingAsLastOfThree(does("shrink"), does("call", 2))),

    /** A block whose limit may pass, and whose owner may be interrupted. */
    FORKS_AND_LIMITS(
            GateKinds.OfPool.class,
            2,
            closingAsLastOfThree(does("shortFork", 0)),
            closingAsLastOfThree(does("fork", 1)),
            closingAsLastOfThree(does("interrupt", 1), does("call", 2))),

    /** A block that meets the closing. */
    FORKS_AND_SHUTDOWN(
            GateKinds.OfPool.class,
            2,
            List.of(does("fork", 0)),
            List.of(does("call", 1)),
            List.of(does("tryCall", 2), does("shutdown"))),

    /** A call for each instance that meets the closing. */
    EACH_AND_SHUTDOWN(
            GateKinds.OfPool.class,
            2,
            List.of(does("submitToEach", 0)),
            List.of(does("keyedCall", 1)),
            List.of(does("tryCall", 2), does("shutdown")));

    private final Class<? extends GateThreads> operations;

    @SuppressWarnings("ImmutableEnumChecker") // Lincheck's class; nobody changes it
    private final List<List<Actor>> threads;

    @SafeVarargs
    @SuppressWarnings("varargs") // copied
    GateScenario(List<Actor>... threads) {
        this(GateThreads.class, 1, threads);
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // copied
    GateScenario(Class<? extends GateThreads> operations, int workers, List<Actor>... threads) {
        this.operations = operations;
        List<List<Actor>> withWorkers = new ArrayList<>(List.of(threads));
        for (int number = 0; number < workers; number++) {
            withWorkers.add(List.of(does("work", number)));
        }
        this.threads = List.copyOf(withWorkers);
    }

    /** On what they are done. */
    Class<? extends GateThreads> operations() {
        return operations;
    }

    /** Makes what they are done on anew. */
    GateThreads open() {
        try {
            return operations.getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("it is to be made without arguments", e);
        }
    }

    /** What each thread does; the last ones are the workers. */
    List<List<Actor>> threads() {
        return threads;
    }

    /** What one of three threads does, the last of which closes the gate: nobody closes while somebody still calls. */
    private static List<Actor> closingAsLastOfThree(Actor... actors) {
        List<Actor> thenCloses = new ArrayList<>(List.of(actors));
        thenCloses.add(does("shutdownIfLast", 3));
        return thenCloses;
    }

    private static Actor does(String operation, Object... arguments) {
        return Interleavings.does(GateThreads.class, operation, arguments);
    }
}
