package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Copies;
import dev.turnstile.testing.Copies.Copy;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.Uninterruptibly;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A pool: several at once, one line in front, keys that stay, and instances that come and go. */
class PoolTest {
    @RegisterExtension
    final Audit audit = new Audit();

    private final Copies copies = new Copies("copy");
    private final CountDownLatch latch = new CountDownLatch(1);

    private Turnstile<Copy> open(int size) throws InterruptedException {
        return open(size, TurnstileOptions.defaults());
    }

    private Turnstile<Copy> open(int size, TurnstileOptions options) throws InterruptedException {
        return audit.watch(Turnstile.open(copies, options.withPoolSize(size)));
    }

    @AfterEach
    void letGo() {
        latch.countDown();
    }

    private CompletableFuture<Copy> hold(Turnstile<Copy> gate, Action<Copy, Copy, RuntimeException> action)
            throws InterruptedException {
        return audit.watch(gate.submit(action));
    }

    private Action<Copy, Copy, RuntimeException> holding(CountDownLatch entered) {
        return copy -> {
            copy.witness().hold(entered, latch);
            return copy;
        };
    }

    @Test
    void callsOfAllInstances_runAtOnce_andNoneOverlapsInOne() throws Exception {
        Turnstile<Copy> gate = open(4);
        CountDownLatch allIn = new CountDownLatch(4);
        List<CompletableFuture<Copy>> futures = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            futures.add(hold(gate, copy -> {
                copy.use("in");
                allIn.countDown();
                Uninterruptibly.await(allIn);
                return copy;
            }));
        }
        Set<Copy> used = new HashSet<>();
        for (CompletableFuture<Copy> future : futures) {
            used.add(future.join());
        }
        assertEquals(4, used.size());
        assertEquals(
                4, gate.instances().stream().mapToLong(InstanceStats::returned).sum());
    }

    @Test
    void oneBoundForAll_andOneOrderOfArrival() throws Exception {
        Turnstile<Copy> gate = open(2, TurnstileOptions.defaults().withCapacity(3));
        CountDownLatch entered = new CountDownLatch(2);
        hold(gate, holding(entered));
        hold(gate, holding(entered));
        entered.await();
        for (int i = 0; i < 3; i++) {
            audit.watch(gate.trySubmit(copy -> copy.use(1)));
        }
        assertThrows(TurnstileFullException.class, () -> gate.trySubmit(copy -> copy.use(1)));
        TurnstileStats stats = gate.stats();
        assertEquals(2, stats.running());
        assertEquals(3, stats.pending());
    }

    /** Nothing waits behind a call that hangs, while another instance is free. */
    @Test
    void instanceThatHangs_holdsUpNobodyElse() throws Exception {
        Turnstile<Copy> gate = open(2);
        CountDownLatch entered = new CountDownLatch(1);
        CompletableFuture<Copy> stuck = hold(gate, holding(entered));
        entered.await();
        for (int i = 0; i < 100; i++) {
            assertEquals(i, callWith(gate, i));
        }
        latch.countDown();
        assertEquals(1, stuck.join().witness().uses());
    }

    private static int callWith(Turnstile<Copy> gate, int number) throws InterruptedException {
        return gate.call(copy -> copy.use(number));
    }

    @Test
    void keysCalls_stayOnOneInstance_andKeysAreSpread() throws Exception {
        Turnstile<Copy> gate = open(4);
        Set<Copy> all = new HashSet<>();
        for (int key = 0; key < 100; key++) {
            Set<Copy> ofKey = new HashSet<>();
            for (int i = 0; i < 10; i++) {
                ofKey.add(gate.call(DescribedAction.keyed("key " + key, copy -> copy)));
            }
            assertEquals(1, ofKey.size(), "key " + key);
            all.addAll(ofKey);
        }
        assertEquals(4, all.size());
    }

    /** Its own instance is busy, another one is free: it waits, as two of a key must not run at once. */
    @Test
    void keysCall_waitsForItsInstance() throws Exception {
        Turnstile<Copy> gate = open(2);
        CountDownLatch entered = new CountDownLatch(1);
        CompletableFuture<Copy> first = hold(gate, DescribedAction.keyed("k", holding(entered)));
        entered.await();
        CompletableFuture<Copy> second = hold(gate, DescribedAction.keyed("k", copy -> copy));
        assertEquals(1, callWith(gate, 1), "the other one is free");
        assertEquals(
                1, gate.instances().stream().mapToInt(InstanceStats::pending).sum());
        latch.countDown();
        assertEquals(first.join(), second.join());
    }

    @Test
    void resize_bringsNewOnes_andLetsOthersGoWhenTheirCallHasReturned() throws Exception {
        Turnstile<Copy> gate = open(1);
        gate.resize(3);
        assertEquals(3, copies.living());
        CountDownLatch entered = new CountDownLatch(3);
        List<CompletableFuture<Copy>> held = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            held.add(hold(gate, holding(entered)));
        }
        entered.await();
        CompletableFuture<Integer> behind = audit.watch(gate.submit(copy -> copy.use(1)));
        gate.resize(1);
        assertEquals(3, copies.living());
        assertEquals(3, gate.stats().running());
        latch.countDown();
        for (CompletableFuture<Copy> future : held) {
            future.join();
        }
        assertEquals(1, behind.join());
        Eventually.isTrue("the others are closed", () -> copies.living() == 1);
        assertEquals(
                List.of(1), gate.instances().stream().map(InstanceStats::number).toList());
        assertEquals(4, gate.stats().times().returned());
    }

    @Test
    void resize_ifOneCannotCome_bringsNone() throws Exception {
        Turnstile<Copy> gate = open(1);
        copies.failToOpen(1);
        IllegalStateException failure = assertThrows(IllegalStateException.class, () -> gate.resize(4));
        assertTrue(failure.getMessage().contains("cannot be opened"), failure::toString);
        Eventually.isTrue("what was opened is closed", () -> copies.living() == 1);
        assertEquals(1, gate.instances().size());
        assertEquals(Health.Status.UP, gate.health().status());
    }

    @Test
    void resize_ofWhatIsNoPool_orToNonsense_isRefused() throws Exception {
        Turnstile<Copy> single = audit.watch(Turnstile.open(copies, TurnstileOptions.defaults()));
        assertThrows(UnsupportedOperationException.class, () -> single.resize(2));
        Turnstile<Copy> gate = open(1);
        assertThrows(IllegalArgumentException.class, () -> gate.resize(0));
        assertThrows(IllegalArgumentException.class, () -> gate.resize(1001));
    }

    /** Those that wait for an instance that goes are run by another. */
    @Test
    void keysCalls_ofAnInstanceThatGoes_areRunByAnother_inTheirOrder() throws Exception {
        Turnstile<Copy> gate = open(4);
        CountDownLatch entered = new CountDownLatch(4);
        for (int i = 0; i < 4; i++) {
            hold(gate, holding(entered));
        }
        entered.await();
        List<Integer> ran = new CopyOnWriteArrayList<>();
        List<CompletableFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 90; i++) {
            int number = i;
            futures.add(audit.watch(gate.submit(DescribedAction.keyed("key " + i % 3, copy -> {
                ran.add(number);
                return copy.use(number);
            }))));
        }
        gate.resize(1);
        latch.countDown();
        for (int i = 0; i < 90; i++) {
            assertEquals(i, futures.get(i).join());
        }
        for (int key = 0; key < 3; key++) {
            int ofKey = key;
            List<Integer> order =
                    ran.stream().filter(number -> number % 3 == ofKey).toList();
            assertEquals(order.stream().sorted().toList(), order);
        }
    }

    @Test
    void lostInstance_withoutAPolicy_isTakenOut_andTheLastOneStays() throws Exception {
        Turnstile<Copy> gate = open(2);
        for (int i = 0; i < 3; i++) {
            assertThrows(
                    Copies.Poison.class,
                    () -> gate.call(copy -> {
                        throw new Copies.Poison();
                    }));
        }
        Eventually.isTrue("one is left", () -> gate.instances().size() == 1 && copies.living() == 1);
        assertEquals(1, callWith(gate, 1));
        assertEquals(Health.Status.DOWN, gate.health().status(), "it was lost as well");
    }

    @Test
    void health_whenAllHang_isDown() throws Exception {
        Turnstile<Copy> gate = open(2, TurnstileOptions.defaults().withStuckAfter(Duration.ofMillis(1)));
        CountDownLatch entered = new CountDownLatch(2);
        hold(gate, holding(entered));
        Eventually.isTrue("one hangs", () -> gate.health().status() == Health.Status.DEGRADED);
        hold(gate, holding(entered));
        Eventually.isTrue("both hang", () -> gate.health().status() == Health.Status.DOWN);
        assertTrue(gate.health().reason().contains("has been in a call for"), gate.health()::toString);
    }

    @Test
    void submitToEach_runsOnceWithEach() throws Exception {
        Turnstile<Copy> gate = open(3);
        Set<Copy> each = new HashSet<>();
        for (CompletableFuture<Copy> future : gate.submitToEach(copy -> copy)) {
            each.add(future.join());
        }
        assertEquals(new HashSet<>(copies.all()), each);
    }

    @Test
    void callFromAWorker_ofAPool_isRefused() throws Exception {
        Turnstile<Copy> gate = open(2);
        assertThrows(ReentrantCallException.class, () -> gate.call(copy -> gate.call(other -> other)));
    }

    @Test
    void openingThatFails_leavesNothing() throws Exception {
        copies.failToOpen(1);
        assertThrows(IllegalStateException.class, () -> open(3));
        Eventually.isTrue("what was opened is closed", () -> copies.living() == 0);
    }

    @Test
    void fanOut_onAPool_runsItsForksAtOnce() throws Exception {
        Turnstile<Copy> gate = open(3);
        CountDownLatch allIn = new CountDownLatch(3);
        try (FanOut<Copy, Integer> block = gate.fanOut(JoinPolicy.ALL_OR_CANCEL)) {
            for (int i = 0; i < 3; i++) {
                int number = i;
                block.fork(copy -> {
                    allIn.countDown();
                    Uninterruptibly.await(allIn);
                    return copy.use(number);
                });
            }
            assertEquals(List.of(0, 1, 2), block.join().results());
        }
    }

    @Test
    void close_ofAPool_runsWhatIsInTheLine_andClosesAll() throws Exception {
        Turnstile<Copy> gate = open(3);
        List<Caller<Integer>> callers = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            int number = i;
            callers.add(Caller.start(() -> gate.call(DescribedAction.keyed(number, copy -> copy.use(number)))));
        }
        for (Caller<Integer> caller : callers) {
            caller.result();
        }
        CloseReport report = gate.close(Audit.PATIENCE);
        assertTrue(report.resourceClosed(), report::toString);
        assertEquals(0, copies.living());
    }
}
