package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Copies;
import dev.turnstile.testing.Copies.Copy;
import dev.turnstile.testing.Copies.Poison;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A resource that is lost is replaced: its poison call fails once, the line stays, and who comes meanwhile waits or is refused. */
class HealingTest {
    private static final RestartPolicy AT_ONCE =
            RestartPolicy.limited(100, Duration.ofMinutes(1)).withDelays(Duration.ZERO, Duration.ZERO);
    private static final Duration DELAY = Duration.ofSeconds(1);

    @RegisterExtension
    final Audit audit = new Audit();

    private final VirtualTime time = new VirtualTime();
    private final Copies copies = new Copies("copy");
    private final LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final CallListener listener = new CallListener() {
        @Override
        public void onLost(int instance, Throwable cause) {
            told.add("lost " + instance);
        }

        @Override
        public void onRestarted(int instance) {
            told.add("restarted " + instance);
        }
    };

    private Turnstile<Copy> open(RestartPolicy policy) throws InterruptedException {
        return open(TurnstileOptions.defaults(), policy);
    }

    private Turnstile<Copy> open(TurnstileOptions options, RestartPolicy policy) throws InterruptedException {
        return audit.watch(Turnstile.open(
                copies, options.withRestarts(policy).withTimeSource(time).withListeners(listener)));
    }

    private static RestartPolicy delayed(int budget) {
        return RestartPolicy.limited(budget, Duration.ofMinutes(1)).withDelays(DELAY, Duration.ofSeconds(4));
    }

    private static int callWith(Turnstile<Copy> gate, int number) throws InterruptedException {
        return gate.call(copy -> copy.use(number));
    }

    /** It is in the resource, and does its harm when the latch is opened. */
    private CompletableFuture<Void> startPoison(Turnstile<Copy> gate, CountDownLatch latch)
            throws InterruptedException {
        CountDownLatch entered = new CountDownLatch(1);
        CompletableFuture<Void> poison = audit.watch(gate.submit(copy -> {
            copy.witness().hold(entered, latch);
            return poison(copy);
        }));
        entered.await();
        return poison;
    }

    private static Void poison(Copy copy) {
        copy.use("poison");
        throw new Poison();
    }

    @Test
    void lostResource_isReplaced_andTheLineStays() throws Exception {
        Turnstile<Copy> gate = open(AT_ONCE);
        CountDownLatch latch = new CountDownLatch(1);
        CompletableFuture<Void> poison = startPoison(gate, latch);
        List<CompletableFuture<Integer>> behind = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            int number = i;
            behind.add(audit.watch(gate.submit(copy -> copy.use(number))));
        }
        latch.countDown();

        assertInstanceOf(Poison.class, Caller.failureOf(poison));
        for (int i = 0; i < behind.size(); i++) {
            assertEquals(i, behind.get(i).join());
        }
        assertEquals(List.of("poison"), copies.all().get(0).ran(), "once, and nothing after it");
        assertEquals(2, copies.all().size());
        assertEquals(50, copies.all().get(1).ran().size());
        assertEquals("lost 1", Eventually.next("event", told));
        assertEquals("restarted 1", Eventually.next("event", told));
        InstanceStats instance = gate.instances().getFirst();
        assertEquals(1, instance.restarts());
        assertEquals(51, instance.returned());
        assertEquals(1, gate.stats().failed());
        Eventually.isTrue("the lost one is closed", () -> copies.living() == 1);
    }

    @Test
    void callThatFailsByItself_losesNothing() throws Exception {
        Turnstile<Copy> gate = open(AT_ONCE);
        assertThrows(
                IllegalArgumentException.class,
                () -> gate.call(copy -> {
                    throw new IllegalArgumentException("the caller's problem");
                }));
        assertEquals(1, callWith(gate, 1));
        assertEquals(1, copies.all().size());
    }

    @Test
    void lostResource_withoutAPolicy_goesOn() throws Exception {
        Turnstile<Copy> gate = open(RestartPolicy.never());
        assertThrows(Poison.class, () -> gate.call(HealingTest::poison));
        assertEquals(1, callWith(gate, 1));
        assertEquals(1, copies.all().size());
    }

    @Test
    void whileDown_callersWait_andTheDelayDoublesWithEachAttempt() throws Exception {
        Turnstile<Copy> gate = open(delayed(10));
        copies.failToOpen(2);
        assertThrows(Poison.class, () -> gate.call(HealingTest::poison));
        Caller<Integer> waiting = Caller.start(() -> gate.call(copy -> copy.use(7)));
        for (int failed = 0; failed < 2; failed++) {
            time.awaitParked(1);
            assertEquals(Health.Status.DOWN, gate.health().status());
            assertTrue(gate.health().reason().contains("Poison"), gate.health()::toString);
            time.advance(DELAY.multipliedBy(1 << failed).minusNanos(1));
            time.awaitParked(1);
            assertEquals(1 + failed, copies.attempts());
            assertEquals(1, copies.all().size());
            time.advance(Duration.ofNanos(1));
        }
        time.awaitParked(1);
        assertFalse(waiting.isDone());
        time.advance(Duration.ofSeconds(4));
        assertEquals(7, waiting.result());
        assertEquals(Health.Status.UP, gate.health().status());
    }

    @Test
    void whileDown_ifThePolicySaysSo_callersAreRefused_andTheLineStays() throws Exception {
        Turnstile<Copy> gate =
                open(TurnstileOptions.defaults().withCapacity(1), delayed(10).refusingWhileDown());
        CountDownLatch latch = new CountDownLatch(1);
        CompletableFuture<Void> poison = startPoison(gate, latch);
        CompletableFuture<Integer> pending = audit.watch(gate.submit(copy -> copy.use(1)));
        Caller<Integer> outside = Caller.start(() -> gate.call(copy -> copy.use(2)));
        Eventually.isTrue("outside", () -> gate.waitingCount() == 1);
        latch.countDown();
        assertInstanceOf(Poison.class, Caller.failureOf(poison));
        time.awaitParked(1);

        assertInstanceOf(TurnstileDownException.class, outside.failure());
        assertThrows(TurnstileDownException.class, () -> gate.call(copy -> copy.use(3)));
        assertThrows(TurnstileDownException.class, () -> gate.trySubmit(copy -> copy.use(3)));
        assertThrows(TurnstileDownException.class, () -> gate.submit(copy -> copy.use(3)));
        assertFalse(pending.isDone());
        time.advance(DELAY);
        assertEquals(1, pending.join());
        assertEquals(4, callWith(gate, 4));
    }

    @Test
    void budgetThatIsUsedUp_closesTheGate_andSaysWhy() throws Exception {
        Turnstile<Copy> gate = open(delayed(2));
        copies.failToOpen(5);
        assertThrows(Poison.class, () -> gate.call(HealingTest::poison));
        Caller<Integer> waiting = Caller.start(() -> gate.call(copy -> copy.use(7)));
        time.awaitParked(1);
        time.advance(Duration.ofSeconds(1));
        time.awaitParked(1);
        time.advance(Duration.ofSeconds(2));
        TurnstileClosedException told = assertInstanceOf(TurnstileClosedException.class, waiting.failure());
        assertEquals("copy cannot be opened", told.getCause().getMessage());
        assertTrue(gate.awaitTermination(Audit.PATIENCE));
        assertEquals(Health.Status.DOWN, gate.health().status());
    }

    /** The budget is for a time: what was used before counts no more. */
    @Test
    void budget_isThereAgain_whenTheTimeHasPassed() throws Exception {
        Turnstile<Copy> gate =
                open(RestartPolicy.limited(1, Duration.ofMinutes(1)).withDelays(Duration.ZERO, Duration.ZERO));
        for (int i = 1; i <= 5; i++) {
            assertThrows(Poison.class, () -> gate.call(HealingTest::poison));
            assertEquals(i, callWith(gate, i));
            time.advance(Duration.ofMinutes(1));
        }
        assertEquals(6, copies.all().size());
    }

    @Test
    void close_whileDown_refusesTheLine_andWaitsForNoAttempt() throws Exception {
        Turnstile<Copy> gate = open(delayed(10));
        assertThrows(Poison.class, () -> gate.call(HealingTest::poison));
        Caller<Integer> waiting = Caller.start(() -> gate.call(copy -> copy.use(7)));
        Eventually.isTrue("in the line", () -> gate.pendingCount() == 1);
        time.awaitParked(1);
        gate.close();
        assertInstanceOf(TurnstileClosedException.class, waiting.failure());
        assertEquals(TurnstileState.CLOSED, gate.state());
        assertEquals(1, copies.all().size());
    }

    @Test
    void abandonedPoisonCall_losesTheResourceAllTheSame() throws Exception {
        Turnstile<Copy> gate = open(AT_ONCE);
        CountDownLatch latch = new CountDownLatch(1);
        CompletableFuture<Void> poison = startPoison(gate, latch);
        assertTrue(poison.cancel(true));
        latch.countDown();
        assertEquals(1, callWith(gate, 1));
        assertEquals(2, copies.all().size());
    }
}
