package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Copies;
import dev.turnstile.testing.Copies.Copy;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.FlightEvents;
import dev.turnstile.testing.Uninterruptibly;
import dev.turnstile.testing.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A swap: the new one takes over between two calls, or not at all; nobody's call notices. */
class SwapTest {
    private static final Duration LIMIT = Audit.PATIENCE;

    @RegisterExtension
    final Audit audit = new Audit();

    private final Copies old = new Copies("old");
    private final Copies fresh = new Copies("new");

    private Turnstile<Copy> open(TurnstileOptions options) throws InterruptedException {
        return audit.watch(Turnstile.open(old, options));
    }

    /** A call that is in the resource until the latch is opened. */
    private CompletableFuture<String> start(Turnstile<Copy> gate, CountDownLatch latch) throws InterruptedException {
        CountDownLatch entered = new CountDownLatch(1);
        CompletableFuture<String> running = audit.watch(gate.submit(copy -> {
            copy.witness().hold(entered, latch);
            return copy.source();
        }));
        entered.await();
        return running;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void swap_ofAGateAtRest_replacesEachInstance(int poolSize) throws Exception {
        Turnstile<Copy> gate = open(TurnstileOptions.defaults().withPoolSize(poolSize));
        int instances = Math.max(1, poolSize);
        assertEquals("old", gate.call(Copy::source));

        SwapReport report = gate.swap(fresh, LIMIT);

        assertEquals(instances, report.switched());
        assertEquals(0, report.waiting());
        assertEquals("new", gate.call(Copy::source));
        assertEquals(instances, fresh.living());
        Eventually.isTrue("the old ones are closed", () -> old.living() == 0);
        assertEquals(instances, gate.instances().size());
    }

    @Test
    void swap_isTold(@TempDir Path directory) throws Exception {
        LinkedBlockingQueue<Integer> told = new LinkedBlockingQueue<>();
        CallListener listener = new CallListener() {
            @Override
            public void onSwapped(int instance) {
                told.add(instance);
            }
        };
        try (Recording recording = new Recording()) {
            recording.start();
            TurnstileOptions options =
                    TurnstileOptions.defaults().withWorkerName("turnstile-swap").withListeners(listener);
            Turnstile<Copy> gate = open(options);
            gate.swap(fresh, LIMIT);
            assertEquals(1, Eventually.next("event", told));
            List<RecordedEvent> events = FlightEvents.of(recording, directory, "Instance", "turnstile-swap");
            assertEquals("swapped", events.getFirst().getString("change"));
        }
    }

    @Test
    void swap_waitsForTheCallThatRuns_andTheLineGoesOnWithTheNewOne() throws Exception {
        Turnstile<Copy> gate = open(TurnstileOptions.defaults());
        CountDownLatch latch = audit.latch();
        CompletableFuture<String> running = start(gate, latch);
        CompletableFuture<String> pending = audit.watch(gate.submit(Copy::source));
        Caller<SwapReport> swap = Caller.start(() -> gate.swap(fresh, LIMIT));
        Eventually.isTrue(
                "the new one is ready", () -> gate.instances().getFirst().state() == InstanceState.LEAVING);
        assertFalse(swap.isDone());
        assertFalse(pending.isDone());
        latch.countDown();

        assertEquals("old", running.join());
        assertEquals("new", pending.join());
        assertEquals(1, swap.result().switched());
    }

    /** As with closing: what was ordered is done when the call returns, whenever that is. */
    @Test
    void limitThatPasses_whileACallRuns_isReported_andTheSwapIsMadeLater() throws Exception {
        Turnstile<Copy> gate = open(TurnstileOptions.defaults());
        CountDownLatch latch = audit.latch();
        CompletableFuture<String> unused = start(gate, latch);
        Caller<SwapReport> swap = Caller.start(() -> gate.swap(fresh, Duration.ofMillis(200)));
        SwapReport report = swap.result();
        assertEquals(0, report.switched());
        assertEquals(1, report.waiting());
        latch.countDown();
        assertEquals("new", gate.call(Copy::source));
    }

    @Test
    void limitThatPasses_beforeTheNewOneIsOpen_swapsNothing() throws Exception {
        Turnstile<Copy> gate = open(TurnstileOptions.defaults());
        CountDownLatch latch = audit.latch();
        ResourceSource<Copy, RuntimeException> slow = new ResourceSource<>() {
            @Override
            public Copy open() {
                Uninterruptibly.await(latch);
                return fresh.open();
            }

            @Override
            public void close(Copy copy) {
                fresh.close(copy);
            }
        };
        SwapException failure = assertThrows(SwapException.class, () -> gate.swap(slow, Duration.ZERO));
        assertInstanceOf(TimeoutException.class, failure.getCause());
        latch.countDown();
        assertEquals("old", gate.call(Copy::source));
        Eventually.isTrue("the late one is closed", () -> fresh.attempts() == 1 && fresh.living() == 0);
    }

    /** It is the limit passing now: the report says so, and the caller has its interrupt. */
    @Test
    void interrupt_whileACallRuns_isKept_andTheSwapIsMadeLater() throws Exception {
        Turnstile<Copy> gate = open(TurnstileOptions.defaults());
        CountDownLatch latch = audit.latch();
        CompletableFuture<String> unused = start(gate, latch);
        Caller<Boolean> swap = Caller.start(() -> {
            SwapReport report = gate.swap(fresh, LIMIT);
            assertEquals(0, report.switched());
            assertEquals(1, report.waiting());
            return Thread.interrupted();
        });
        Eventually.isTrue(
                "the new one is ready", () -> gate.instances().getFirst().state() == InstanceState.LEAVING);
        swap.interrupt();
        assertTrue(swap.result());
        latch.countDown();
        assertEquals("new", gate.call(Copy::source));
    }

    @Test
    void warmUpThatFails_leavesTheOldOnes_andSaysWhy() throws Exception {
        Turnstile<Copy> gate = open(TurnstileOptions.defaults().withPoolSize(2));
        IllegalStateException why = new IllegalStateException("wrong answer");
        fresh.failToWarmUp(why);
        SwapException failure = assertThrows(SwapException.class, () -> gate.swap(fresh, LIMIT));
        assertSame(why, failure.getCause());
        assertTrue(failure.getMessage().contains("wrong answer"), failure::toString);
        assertEquals("old", gate.call(Copy::source));
        assertEquals(2, old.living());
        Eventually.isTrue("what was opened is closed", () -> fresh.living() == 0);
    }

    @Test
    void openingThatFails_ofOneOfSeveral_leavesTheOldOnes() throws Exception {
        Turnstile<Copy> gate = open(TurnstileOptions.defaults().withPoolSize(3));
        fresh.failToOpen(1);
        assertThrows(SwapException.class, () -> gate.swap(fresh, LIMIT));
        assertEquals("old", gate.call(Copy::source));
        Eventually.isTrue("what was opened is closed", () -> fresh.living() == 0);
        assertEquals(3, old.living());
    }

    @Test
    void closedGate_isNotSwapped() throws Exception {
        Turnstile<Copy> gate = open(TurnstileOptions.defaults());
        gate.close();
        assertThrows(TurnstileClosedException.class, () -> gate.swap(fresh, LIMIT));
        assertEquals(0, fresh.all().size());
    }

    /** What is lost after a swap comes from the new source. */
    @Test
    void lostAfterASwap_isReplacedFromTheNewSource() throws Exception {
        RestartPolicy policy = RestartPolicy.limited(5, Duration.ofMinutes(1)).withDelays(Duration.ZERO, Duration.ZERO);
        Turnstile<Copy> gate = open(TurnstileOptions.defaults().withRestarts(policy));
        gate.swap(fresh, LIMIT);
        assertThrows(
                Copies.Poison.class,
                () -> gate.call(copy -> {
                    throw new Copies.Poison();
                }));
        assertEquals("new", gate.call(Copy::source));
        assertEquals(1, old.all().size());
        assertEquals(2, fresh.all().size());
    }

    @Test
    void close_whileANewOneWaitsForItsTurn_closesBoth() throws Exception {
        Turnstile<Copy> gate = open(TurnstileOptions.defaults());
        CountDownLatch latch = audit.latch();
        CompletableFuture<String> unused = start(gate, latch);
        Caller<SwapReport> swap = Caller.start(() -> gate.swap(fresh, LIMIT));
        Eventually.isTrue(
                "the new one is ready", () -> gate.instances().getFirst().state() == InstanceState.LEAVING);
        gate.shutdown();
        assertTrue(swap.failure() instanceof TurnstileClosedException, () -> "" + swap.failure());
        latch.countDown();
        gate.close();
        assertEquals(0, old.living());
        assertEquals(0, fresh.living());
    }

    /** Under load, again and again: each call has its result, and a key's calls keep their order. */
    @Test
    void swapsUnderLoad_loseNothing_andKeepEachKeysOrder() throws Exception {
        Turnstile<Copy> gate = open(TurnstileOptions.defaults().withPoolSize(3).withCapacity(20));
        List<List<Object>> ran = new ArrayList<>();
        List<Caller<Integer>> callers = new ArrayList<>();
        for (int key = 0; key < 40; key++) {
            int number = key;
            List<Object> ofKey = new CopyOnWriteArrayList<>();
            ran.add(ofKey);
            callers.add(Caller.start(() -> {
                List<CompletableFuture<Integer>> futures = new ArrayList<>();
                for (int i = 0; i < 200; i++) {
                    int turn = i;
                    futures.add(gate.submit(DescribedAction.keyed(number, copy -> {
                        ofKey.add(turn);
                        return copy.witness().use(turn);
                    })));
                }
                int sum = 0;
                for (CompletableFuture<Integer> future : futures) {
                    sum += future.join();
                }
                return sum;
            }));
        }
        List<Copies> sources = new ArrayList<>(List.of(old));
        while (callers.stream().anyMatch(caller -> !caller.isDone()) && sources.size() < 100) {
            Copies next = new Copies("new");
            sources.add(next);
            assertEquals(3, gate.swap(next, LIMIT).switched());
            gate.resize(sources.size() % 2 == 0 ? 5 : 3);
            gate.resize(3);
        }
        for (Caller<Integer> caller : callers) {
            assertEquals(199 * 200 / 2, caller.result());
        }
        for (List<Object> ofKey : ran) {
            assertEquals(IntStream.range(0, 200).boxed().toList(), ofKey);
        }
        gate.close();
        for (Copies source : sources) {
            assertEquals(0, source.living());
            source.all().forEach(copy -> assertEquals(0, copy.witness().overlaps()));
        }
    }

    /** It waited for as long as that took. */
    @Test
    void limitThatPasses_whileAnotherOrderIsBeingDone_swapsNothing() throws Exception {
        Turnstile<Copy> gate = open(TurnstileOptions.defaults().withPoolSize(1));
        CountDownLatch mayOpen = audit.latch();
        old.holdOpening(mayOpen);
        Caller<Void> grower = Caller.start(() -> {
            gate.resize(2);
            return null;
        });
        old.awaitOpening();

        SwapException late = assertThrows(SwapException.class, () -> gate.swap(fresh, Duration.ofMillis(1)));
        assertInstanceOf(TimeoutException.class, late.getCause());
        mayOpen.countDown();
        grower.result();
        assertEquals(2, gate.swap(fresh, Audit.PATIENCE).switched());
    }

    /** It stayed until its delay was over. */
    @Test
    void swap_whileAReplacementIsOnItsWay_endsThat() throws Exception {
        VirtualTime time = new VirtualTime();
        Duration hour = Duration.ofHours(1);
        Turnstile<Copy> gate = open(TurnstileOptions.defaults()
                .withTimeSource(time)
                .withWorkerName("relieved")
                .withRestarts(RestartPolicy.limited(5, hour.multipliedBy(9)).withDelays(hour, hour)));
        assertThrows(
                Copies.Poison.class,
                () -> gate.call(copy -> {
                    throw new Copies.Poison();
                }));
        time.awaitParked(1);
        assertEquals(1, gate.swap(fresh, Audit.PATIENCE).switched());

        Eventually.isTrue(
                "only the fresh one is left",
                () -> Thread.getAllStackTraces().keySet().stream()
                                .filter(thread -> thread.getName().equals("relieved"))
                                .count()
                        == 1);
    }
}
