package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.HeldGate;
import dev.turnstile.testing.Uninterruptibly;
import dev.turnstile.testing.Witness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One user's calls of a gate that others use as well. */
class CallGroupTest {
    @RegisterExtension
    final Audit audit = new Audit();

    private final CallGroup group = new CallGroup("job 7");
    private HeldGate held;

    /** How a call is made. */
    enum Verb {
        CALL,
        TRY_CALL,
        SUBMIT,
        TRY_SUBMIT;

        /** Returns what the call returned, or what it or its future failed by. */
        Object make(CallRequest<Witness, Integer, RuntimeException> request) {
            try {
                return switch (this) {
                    case CALL -> request.call();
                    case TRY_CALL -> request.tryCall();
                    case SUBMIT -> ofFuture(request.submit());
                    case TRY_SUBMIT -> ofFuture(request.trySubmit());
                };
            } catch (Exception thrown) {
                return thrown;
            }
        }

        private static Object ofFuture(CompletableFuture<Integer> future) {
            return future.handle((Object result, Throwable thrown) -> thrown == null ? result : thrown)
                    .join();
        }
    }

    @BeforeEach
    void open() {
        held = HeldGate.open(audit, 2);
    }

    private CallRequest<Witness, Integer, RuntimeException> request(int number) {
        return held.gate().request(resource -> resource.use(number));
    }

    /** A call joins its group just after it has come to the line. */
    private void awaitMember() {
        Eventually.isTrue("it has joined", () -> group.size() == 1);
    }

    private static boolean started(Object end) {
        return assertInstanceOf(CallCancelledException.class, end).started();
    }

    @ParameterizedTest
    @EnumSource
    void cancelAll_whileACallIsPending_takesItOut_andTellsItsCaller(Verb verb) {
        Caller<Object> mine = Caller.start(() -> verb.make(request(1).inGroup(group)));
        held.awaitPending(1);
        CompletableFuture<Integer> ofOthers = audit.watch(held.gate().trySubmit(resource -> resource.use(2)));
        awaitMember();

        assertEquals(1, group.cancelAll());

        assertFalse(started(mine.result()));
        Eventually.isTrue("it has left the group", () -> group.size() == 0);
        held.release();
        assertEquals(2, ofOthers.join());
        assertEquals(3, Verb.CALL.make(request(3).inGroup(group)), "later calls are made");
        assertEquals(3, held.witness().uses(), "the one that was held, that of others, and the later one");
    }

    @ParameterizedTest
    @EnumSource(names = {"CALL", "SUBMIT"})
    void cancelAll_whileACallerWaitsOutside_wakesIt(Verb verb) {
        held.fill();
        Caller<Object> mine = Caller.start(() -> verb.make(request(1).inGroup(group)));
        held.awaitWaiting(1);
        awaitMember();

        group.cancelAll();

        assertFalse(started(mine.result()));
        assertEquals(0, group.size());
        held.release();
    }

    @ParameterizedTest
    @EnumSource
    void cancelAll_whileACallRuns_letsItsCallerGo(Verb verb) {
        var entered = new CountDownLatch(1);
        var mayReturn = audit.latch();
        Caller<Object> mine = Caller.start(() -> verb.make(held.gate()
                .request((Witness resource) -> {
                    resource.hold(entered, mayReturn);
                    return resource.use(1);
                })
                .inGroup(group)));
        held.awaitPending(1);
        held.release();
        Uninterruptibly.await(entered);
        awaitMember();

        group.cancelAll();

        assertTrue(started(mine.result()));
        mayReturn.countDown();
    }

    @ParameterizedTest
    @EnumSource
    void call_inAClosedGroup_isNotLetIn(Verb verb) {
        group.close();

        Object end = verb.make(request(1).inGroup(group));

        TurnstileClosedException refused = assertInstanceOf(TurnstileClosedException.class, end);
        assertTrue(refused.getMessage().contains("job 7"), refused.getMessage());
        assertFalse(refused.started());
        assertEquals(0, held.gate().pendingCount());
        held.release();
    }

    /** The gate goes on for others. */
    @Test
    void close_cancelsWhatIsOnItsWay() throws Exception {
        CompletableFuture<Integer> mine = audit.watch(request(1).inGroup(group).trySubmit());
        CompletableFuture<Integer> ofOthers = audit.watch(request(2).trySubmit());

        group.close();

        assertFalse(started(Caller.failureOf(mine)));
        held.release();
        assertEquals(2, ofOthers.join());
        assertEquals(TurnstileState.OPEN, held.gate().state());
    }

    @Test
    void callThatHasEnded_isNoLongerInTheGroup() throws Exception {
        held.release();
        for (Verb verb : Verb.values()) {
            assertEquals(1, verb.make(request(1).inGroup(group)));
        }
        Eventually.isTrue("all have left the group", () -> group.size() == 0);
        assertEquals(0, group.cancelAll());
    }

    @Test
    void callWithoutAPlace_isNoLongerInTheGroup() {
        held.fill();
        assertInstanceOf(
                TurnstileFullException.class, Verb.TRY_SUBMIT.make(request(1).inGroup(group)));
        assertInstanceOf(
                CallTimeoutException.class,
                Verb.SUBMIT.make(request(1).inGroup(group).within(Duration.ofMillis(1))));
        assertEquals(0, group.size());
        held.release();
    }

    @Test
    void cancelAll_whileABlockJoins_cancelsTheBlock() {
        Caller<Object> mine = Caller.start(() -> {
            try (FanOut<Witness, Integer> block = held.gate().fanOut(JoinPolicy.ALL_OR_CANCEL)) {
                for (int i = 0; i < 10; i++) {
                    block.fork(request(i).inGroup(group));
                }
                return assertThrows(CallCancelledException.class, block::join);
            }
        });
        held.awaitWaiting(8);
        awaitMember();

        assertEquals(1, group.cancelAll());

        assertFalse(started(mine.result()));
        assertEquals(0, group.size());
        held.release();
        held.held().join();
        assertEquals(1, held.witness().uses(), "the one that was held");
    }

    /** None is left behind, whoever is first. */
    @Test
    void close_whileManyCallsCome_leavesNone() {
        held.release();
        List<Caller<Object>> callers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Verb verb =
                    i % 2 == 0 ? Verb.CALL : Verb.SUBMIT; // who never waits would keep the others from the processors
            callers.add(Caller.start(() -> {
                Object end;
                do {
                    end = verb.make(request(1).inGroup(group));
                } while (!(end instanceof TurnstileClosedException));
                return end;
            }));
        }
        Eventually.isTrue("calls are made", () -> held.gate().stats().completed() > 200);

        group.close();

        callers.forEach(Caller::result);
        Eventually.isTrue("nobody is left", () -> group.size() == 0);
        assertEquals(TurnstileState.OPEN, held.gate().state());
    }

    @Test
    void cancelAll_runsNoStageOfAFuture() throws Exception {
        CompletableFuture<Integer> mine = audit.watch(request(1).inGroup(group).trySubmit());
        CompletableFuture<Thread> stage = mine.handle((result, failure) -> Thread.currentThread());

        group.cancelAll();

        assertNotSame(Thread.currentThread(), stage.get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS));
        held.release();
    }

    /** Stages run in the reverse order of their coming: one that blocked kept the call in the group. */
    @Test
    void callThatHasEnded_isNotKeptByAStageThatBlocks() throws Exception {
        CountDownLatch mayGoOn = audit.latch();
        CountDownLatch blocks = new CountDownLatch(1);
        CompletableFuture<Integer> mine = audit.watch(request(1).inGroup(group).trySubmit());
        var unused = mine.thenRun(() -> {
            blocks.countDown();
            Uninterruptibly.await(mayGoOn);
        });
        held.release();
        blocks.await();

        assertEquals(0, group.size());
        mayGoOn.countDown();
    }

    @Test
    void blockThatIsJoined_isNoLongerInTheGroup() throws Exception {
        held.release();
        try (FanOut<Witness, Integer> block = held.gate().fanOut(JoinPolicy.ALL_OR_CANCEL)) {
            block.fork(request(1).inGroup(group));
            block.join();

            assertEquals(0, group.size());
        }
    }
}
