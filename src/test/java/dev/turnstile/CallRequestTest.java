package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.HeldGate;
import dev.turnstile.testing.Witness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a request says of a call holds, whichever verb makes it. */
class CallRequestTest {
    private static final Duration LONG = Duration.ofDays(1);
    private static final Duration SHORT = Duration.ofMillis(1);

    @RegisterExtension
    final Audit audit = new Audit();

    private final List<String> started = Collections.synchronizedList(new ArrayList<>());
    private final HeldGate held = HeldGate.open(audit, 10);

    @AfterEach
    void release() {
        held.release();
    }

    private CallRequest<Witness, String, RuntimeException> request(String name) {
        return held.gate().request(resource -> {
            started.add(name);
            return resource.use(name);
        });
    }

    @Test
    void lane_isTheRequests() throws Exception {
        CompletableFuture<String> normal = audit.watch(request("normal").trySubmit());
        CompletableFuture<String> low =
                audit.watch(request("low").inLane(Lane.LOW).trySubmit());
        CompletableFuture<String> high =
                audit.watch(request("high").inLane(Lane.LOW).inLane(Lane.HIGH).submit());
        held.release();
        CompletableFuture.allOf(normal, low, high).get();
        assertEquals(List.of("high", "normal", "low"), started);
    }

    @Test
    void limit_holdsForEachVerb() throws Exception {
        assertEnded(assertThrows(
                CallTimeoutException.class, () -> request("call").within(SHORT).call()));
        assertEnded(assertThrows(
                CallTimeoutException.class, () -> request("try").within(SHORT).tryCall()));
        for (CompletableFuture<String> future : List.of(
                audit.watch(request("submit").within(SHORT).submit()),
                audit.watch(request("try").within(SHORT).trySubmit()))) {
            assertEnded(assertInstanceOf(
                    CallTimeoutException.class,
                    assertThrows(ExecutionException.class, future::get).getCause()));
        }
        for (CompletableFuture<String> future : held.gate()
                .request((Witness resource) -> resource.use("each"))
                .within(SHORT)
                .submitToEach()) {
            assertInstanceOf(
                    CallTimeoutException.class,
                    assertThrows(ExecutionException.class, audit.watch(future)::get)
                            .getCause());
        }
        assertEquals(0, held.gate().pendingCount());
        assertEquals(List.of(), started);
    }

    private static void assertEnded(EndedEarly end) {
        assertFalse(end.started());
    }

    @Test
    void tryVerbs_findNoPlaceInAFullLine() {
        held.fill();
        assertThrows(
                TurnstileFullException.class, () -> request("call").within(LONG).tryCall());
        assertThrows(
                TurnstileFullException.class,
                () -> request("submit").within(LONG).trySubmit());
    }

    @Test
    void request_isMadeAsOftenAsItIsAsked_andSharedByThreads() throws Exception {
        held.release();
        CallRequest<Witness, String, RuntimeException> request =
                request("again").within(LONG);
        assertEquals("again", request.call());
        assertEquals("again", Caller.start(request::call).result());
        assertEquals("again", request.tryCall());
        assertEquals(3, started.size());
    }

    @Test
    void key_keepsCallsInOrderAtOneInstance() throws Exception {
        Turnstile<Witness> pool = audit.watch(Turnstile.<Witness, RuntimeException>open(
                Witness::new, Witness::close, TurnstileOptions.defaults().withPoolSize(3)));
        String first = worker(pool);
        for (int i = 0; i < 20; i++) {
            assertEquals(first, worker(pool));
        }
    }

    private static String worker(Turnstile<Witness> pool) throws InterruptedException {
        return pool.request((Witness resource) -> Thread.currentThread().getName())
                .withKey("customer 7")
                .call();
    }

    @Test
    void fork_isWhatTheRequestSays() throws Exception {
        try (FanOut<Witness, String> block = held.gate().fanOut(JoinPolicy.ALL_OR_CANCEL)) {
            block.fork(request("low").inLane(Lane.LOW));
            block.fork(request("high").inLane(Lane.HIGH));
            held.release();
            assertEquals(List.of("low", "high"), block.join().results());
        }
        assertEquals(List.of("high", "low"), started);
    }

    @Test
    void fork_ofARequestWithALimitOrOfAnotherGate_isRefused() {
        HeldGate other = HeldGate.open(audit, 1);
        try (FanOut<Witness, String> block = held.gate().fanOut(JoinPolicy.ALL_OUTCOMES)) {
            IllegalArgumentException limited = assertThrows(
                    IllegalArgumentException.class,
                    () -> block.fork(request("limited").within(LONG)));
            assertTrue(limited.getMessage().contains("fanOut"), limited::getMessage);
            CallRequest<Witness, String, RuntimeException> foreign =
                    other.gate().request(resource -> resource.use("foreign"));
            assertThrows(IllegalArgumentException.class, () -> block.fork(foreign));
        } finally {
            other.release();
        }
    }

    @Test
    void nullArguments_areNamed() {
        assertNamed("action", () -> held.gate().request(null));
        assertNamed("limit", () -> request("x").within(null));
        assertNamed("lane", () -> request("x").inLane(null));
        assertNamed("key", () -> request("x").withKey(null));
        assertNamed("tag", () -> request("x").tagged(null));
    }

    private static void assertNamed(String name, Runnable call) {
        assertEquals(name, assertThrows(NullPointerException.class, call::run).getMessage());
    }

    // ---- all forks failed ----

    private static String fails(String why) {
        throw new IllegalStateException(why);
    }

    @Test
    void blockOfWhichAllForksFailed_namesTheFirstAndHasTheOthers() {
        held.release();
        try (FanOut<Witness, String> block = held.gate().fanOut(JoinPolicy.FIRST_SUCCESS)) {
            for (String name : List.of("price", "stock")) {
                block.fork(
                        held.gate().request((Witness resource) -> fails(name)).tagged(name));
            }
            ExecutionException all = assertThrows(ExecutionException.class, block::join);
            assertTrue(all.getMessage().startsWith("All 2 forks failed; the first (price): "), all::getMessage);
            assertEquals("price", all.getCause().getMessage());
            assertEquals("stock", all.getSuppressed()[0].getMessage());
        }
    }
}
