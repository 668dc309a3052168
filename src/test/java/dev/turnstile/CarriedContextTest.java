package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.EntryPoint;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.HeldGate;
import dev.turnstile.testing.Witness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.MDC;

/** What a caller has, as a carrier captures it, is there where code runs for its call, and nowhere else; a carrier that throws harms no other call. */
@Tag("any-java")
class CarriedContextTest {
    @RegisterExtension
    final Audit audit = new Audit();

    private static final ThreadLocal<String> USER = new ThreadLocal<>();

    /** What {@link #USER} was where each report came. */
    private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();

    @AfterEach
    void clear() {
        USER.remove();
        MDC.clear();
    }

    /** Carries {@link #USER}. */
    private static ContextCarrier.Captured capture() {
        String user = USER.get();
        return user == null
                ? null
                : code -> {
                    USER.set(user);
                    try {
                        code.run();
                    } finally {
                        USER.remove();
                    }
                };
    }

    private TurnstileOptions options(ContextCarrier... carriers) {
        return TurnstileOptions.defaults().withContextCarriers(carriers).withListeners(new CallListener() {
            @Override
            public void onEnd(CallReport report) {
                heard.add(USER.get() + " " + report.outcome());
            }
        });
    }

    private Turnstile<Witness> open(TurnstileOptions options) throws InterruptedException {
        return audit.watch(Turnstile.<Witness, RuntimeException>open(Witness::new, Witness::close, options));
    }

    private Turnstile<Witness> open() throws InterruptedException {
        return open(options(CarriedContextTest::capture));
    }

    private String nextHeard() {
        return Eventually.next("a report", heard);
    }

    @ParameterizedTest
    @EnumSource
    void actionAndListener_haveWhatTheirCallerHas_andNothingOfAnother(EntryPoint entry) throws Throwable {
        USER.set("of the opener");
        Turnstile<Witness> gate = open();
        USER.set("first");
        assertEquals("first", entry.run(gate, resource -> USER.get()));
        assertEquals("first COMPLETED", nextHeard());
        USER.remove();
        assertNull(entry.run(gate, resource -> USER.get()));
        assertEquals("null COMPLETED", nextHeard());
    }

    @Test
    void stages_haveWhatTheSubmitterHas_andItsMdc() throws Exception {
        HeldGate held = HeldGate.open(audit, options(CarriedContextTest::capture));
        List<CompletableFuture<String>> seen = new ArrayList<>();
        for (String user : new String[] {"a", null, "b"}) {
            if (user == null) {
                USER.remove();
                MDC.clear();
            } else {
                USER.set(user);
                MDC.put("user", user);
            }
            seen.add(audit.watch(
                    held.gate().submit(resource -> 0).thenApply(unused -> USER.get() + " " + MDC.get("user"))));
        }
        held.release();

        assertEquals("a a", seen.get(0).join());
        assertEquals("null null", seen.get(1).join());
        assertEquals("b b", seen.get(2).join());
    }

    @Test
    void stagesOfAnExpiredCall_haveWhatTheSubmitterHas() throws Exception {
        HeldGate held = HeldGate.open(audit, options(CarriedContextTest::capture));
        USER.set("late");
        CompletableFuture<String> seen = audit.watch(
                held.gate().submit(resource -> 0, Duration.ofMillis(1)).handle((result, failure) -> USER.get()));
        assertEquals("late", seen.join());
        assertEquals("late EXPIRED", nextHeard());
        held.release();
    }

    @Test
    void forks_haveWhatTheirOwnerHasWhenItForks() throws Exception {
        Turnstile<Witness> gate = open();
        try (FanOut<Witness, String> block = gate.fanOut(JoinPolicy.ALL_OR_CANCEL)) {
            for (String user : List.of("a", "b", "c")) {
                USER.set(user);
                block.fork(resource -> USER.get());
            }
            assertEquals(List.of("a", "b", "c"), block.join().results());
        }
    }

    @Test
    void cancelledAndRefusedCalls_areReportedInTheirCallersContext() throws Exception {
        HeldGate held =
                HeldGate.open(audit, options(CarriedContextTest::capture).withCapacity(1));
        USER.set("cancels");
        CompletableFuture<Integer> pending = held.gate().submit(resource -> 0);
        USER.set("refused");
        assertThrows(TurnstileFullException.class, () -> held.gate().tryCall(resource -> 0));
        pending.cancel(false);
        assertEquals(
                List.of("cancels CANCELLED", "refused REFUSED"),
                List.of(nextHeard(), nextHeard()).stream().sorted().toList());
        held.release();
    }

    @Test
    void callGivenUpWhileItRuns_isReportedInItsCallersContext() throws Exception {
        Turnstile<Witness> gate = open();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch latch = audit.latch();
        Caller<Object> caller = Caller.start(() -> {
            USER.set("gone");
            return gate.call(resource -> {
                resource.hold(entered, latch);
                heard.add("inside " + USER.get());
                return 0;
            });
        });
        entered.await();
        caller.interrupt();
        assertInstanceOf(CallInterruptedException.class, caller.failure());
        latch.countDown();
        assertEquals("inside gone", nextHeard());
        assertEquals("gone CANCELLED", nextHeard());
        assertNull(gate.call(resource -> USER.get()));
    }

    @Test
    void severalCarriers_areNested_theFirstOutermost() throws Exception {
        List<String> order = new ArrayList<>();
        ContextCarrier first = () -> code -> {
            order.add("first");
            code.run();
            order.add("first over");
        };
        ContextCarrier none = () -> null;
        ContextCarrier second = () -> code -> {
            order.add("second");
            code.run();
            order.add("second over");
        };
        Turnstile<Witness> gate = open(TurnstileOptions.defaults().withContextCarriers(first, none, second));
        gate.call(resource -> order.add("action"));
        assertEquals(List.of("first", "second", "action", "second over", "first over"), order);
    }

    @ParameterizedTest
    @EnumSource
    void carrierThatThrowsAsItCaptures_failsThatCallOnly(EntryPoint entry) throws Throwable {
        Error thrown = new LinkageError("as it captures");
        Turnstile<Witness> gate = open(options(() -> {
                    if ("bad".equals(USER.get())) {
                        throw thrown;
                    }
                    return null;
                })
                .withCapacity(1));
        USER.set("bad");
        assertSame(thrown, assertThrows(LinkageError.class, () -> entry.run(gate, resource -> resource.use(0))));
        try (FanOut<Witness, Integer> block = gate.fanOut(JoinPolicy.ALL_OR_CANCEL)) {
            assertSame(thrown, assertThrows(LinkageError.class, () -> block.fork(resource -> 0)));
            assertEquals(List.of(), block.join().results());
        }
        USER.set("good");
        assertEquals(1, entry.<Witness, Integer>run(gate, resource -> resource.use(1)));
        assertEquals(1, gate.stats().accepted());
    }

    @ParameterizedTest
    @EnumSource
    void contextThatCannotBeRestored_failsThatActionOnly_andAllElseRunsWithout(EntryPoint entry) throws Throwable {
        Turnstile<Witness> gate = open(options(() -> "bad".equals(USER.get())
                ? code -> {
                    throw new IllegalStateException("as it restores");
                }
                : null));
        AtomicInteger runs = new AtomicInteger();
        USER.set("bad");
        Throwable failure =
                assertThrows(IllegalStateException.class, () -> entry.run(gate, resource -> runs.incrementAndGet()));
        assertEquals("as it restores", failure.getMessage());
        assertEquals(0, runs.get());
        assertEquals("null FAILED", nextHeard());
        CompletableFuture<String> stage =
                audit.watch(gate.submit(resource -> 0).handle((result, thrown) -> "ran on " + USER.get()));
        assertEquals("ran on null", stage.join());
        USER.remove();
        assertEquals(1, entry.<Witness, Integer>run(gate, resource -> runs.incrementAndGet()));
    }

    /** The group has no call of that block, and nothing to cancel there. */
    @Test
    void forkWhoseCaptureThrows_leavesItsBlockOutOfTheGroup() throws Exception {
        Turnstile<Witness> gate = open(options(() -> {
            if ("bad".equals(USER.get())) {
                throw new LinkageError("as it captures");
            }
            return null;
        }));
        try (CallGroup group = new CallGroup("group");
                FanOut<Witness, Integer> block = gate.fanOut(JoinPolicy.ALL_OR_CANCEL)) {
            USER.set("bad");
            assertThrows(
                    LinkageError.class,
                    () -> block.fork(new Action<Witness, Integer, RuntimeException>() {
                        @Override
                        public Integer run(Witness resource) {
                            return 0;
                        }

                        @Override
                        public CallGroup group() {
                            return group;
                        }
                    }));
            USER.remove();
            block.fork(resource -> 1);
            assertEquals(0, group.cancelAll());
            assertEquals(List.of(1), block.join().results());
        }
    }

    @Test
    void contextThatRunsNothing_failsTheAction_butStagesRun() throws Exception {
        Turnstile<Witness> gate = open(options(() -> code -> {}));
        IllegalStateException failure =
                assertThrows(IllegalStateException.class, () -> gate.call(resource -> resource.use(1)));
        assertTrue(failure.getMessage().contains("did not run the action"), failure::getMessage);
        assertEquals("null FAILED", nextHeard());
        assertEquals(
                "stage",
                audit.watch(gate.submit(resource -> 0).handle((result, thrown) -> "stage"))
                        .join());
    }

    /** The action must not run twice, on another thread, or when the worker has gone on. */
    @Test
    void contextThatRunsTheActionTwiceOrElsewhere_isRefused() throws Exception {
        List<Throwable> refusals = new ArrayList<>();
        Runnable[] kept = new Runnable[1];
        Turnstile<Witness> gate = open(TurnstileOptions.defaults().withContextCarriers(() -> code -> {
            kept[0] = code;
            refusals.add(Caller.start(() -> {
                        code.run();
                        return null;
                    })
                    .failure());
            code.run();
            refusals.add(assertThrows(IllegalStateException.class, code::run));
        }));
        AtomicInteger runs = new AtomicInteger();
        int result = gate.call(resource -> runs.incrementAndGet());
        assertEquals(1, result);
        assertThrows(IllegalStateException.class, kept[0]::run);
        assertEquals(2, refusals.size());
        refusals.forEach(refusal -> assertInstanceOf(IllegalStateException.class, refusal));
        assertEquals(1, runs.get());
    }

    /** The worker is in another call then. */
    @Test
    void contextThatRunsAnActionTooLate_isRefused() throws Exception {
        Runnable[] kept = new Runnable[1];
        List<Throwable> refusals = new ArrayList<>();
        Turnstile<Witness> gate = open(TurnstileOptions.defaults().withContextCarriers(() -> code -> {
            if (kept[0] == null) {
                kept[0] = code;
                return;
            }
            refusals.add(assertThrows(IllegalStateException.class, kept[0]::run));
            code.run();
        }));
        AtomicInteger runs = new AtomicInteger();
        assertThrows(IllegalStateException.class, () -> gate.call(resource -> runs.addAndGet(10)));
        int result = gate.call(resource -> runs.addAndGet(1));
        assertEquals(1, result);
        assertEquals(1, refusals.size());
    }

    @ParameterizedTest
    @EnumSource
    void contextThatThrowsAfterwards_changesNothing(EntryPoint entry) throws Throwable {
        Turnstile<Witness> gate = open(options(() -> code -> {
            code.run();
            throw new IllegalStateException("afterwards");
        }));
        assertEquals(7, entry.<Witness, Integer>run(gate, resource -> resource.use(7)));
        Error ofTheAction = new LinkageError("of the action");
        assertSame(
                ofTheAction,
                assertThrows(
                        LinkageError.class,
                        () -> entry.run(gate, resource -> {
                            throw ofTheAction;
                        })));
    }

    @Test
    void whatTheActionThrows_isKeptFromTheCarrier() throws Exception {
        List<String> seen = new ArrayList<>();
        Turnstile<Witness> gate = open(TurnstileOptions.defaults().withContextCarriers(() -> code -> {
            try {
                code.run();
                seen.add("returned");
            } catch (RuntimeException | Error thrown) {
                seen.add("threw");
            }
        }));
        Exception checked = new Exception("checked");
        assertSame(
                checked,
                assertThrows(
                        Exception.class,
                        () -> gate.call(resource -> {
                            throw checked;
                        })));
        assertEquals(List.of("returned"), seen);
        assertEquals("done", gate.submit(resource -> "done").join());
    }

    @Test
    void gateWithoutCarriers_asksNobody_andCarriesNothing() throws Exception {
        Turnstile<Witness> gate = open(TurnstileOptions.defaults());
        USER.set("here");
        assertNull(gate.call(resource -> USER.get()));
        assertFalse(TurnstileOptions.defaults().toString().contains("contextCarriers=null"));
    }
}
