package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What meets when a pool is resized, swapped, healed and closed: each of these was found by the soak, or on the way to it. */
class PoolChangesTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final TurnstileOptions OPTIONS = TurnstileOptions.defaults()
            .withRestarts(RestartPolicy.limited(100, LONG).withDelays(Duration.ZERO, LONG));

    @RegisterExtension
    final Audit audit = new Audit();

    private final AtomicInteger opened = new AtomicInteger();

    /** A resource that is lost by whatever a call throws. */
    private record Version(String name) {}

    private class Source implements ResourceSource<Version, RuntimeException> {
        private final String name;

        Source(String name) {
            this.name = name;
        }

        @Override
        public Version open() {
            opened.incrementAndGet();
            return new Version(name);
        }

        @Override
        public void close(Version resource) {}

        @Override
        public boolean isLost(Version resource, Throwable failure) {
            return true;
        }
    }

    private Turnstile<Version> open(TurnstileOptions options) throws InterruptedException {
        return audit.watch(Turnstile.open(new Source("old"), options));
    }

    /** Has every instance run a call that waits for a latch, and returns when they do. */
    private static void hold(Turnstile<Version> gate, List<CountDownLatch> latches) throws InterruptedException {
        CountDownLatch entered = new CountDownLatch(latches.size());
        AtomicInteger number = new AtomicInteger();
        var unused = gate.submitToEach(version -> {
            entered.countDown();
            latches.get(number.getAndIncrement()).await();
            return null;
        });
        entered.await();
    }

    private static int lose(Turnstile<Version> gate) {
        assertThrows(
                IllegalStateException.class,
                () -> gate.call(version -> {
                    throw new IllegalStateException("lost");
                }));
        return 1;
    }

    /** Those that were to go, and had not yet, were counted as if they stayed: the pool ended up with one. */
    @Test
    void resize_whileInstancesThatAreToGoStillRun_doesNotCountThem() throws Exception {
        Turnstile<Version> gate = open(OPTIONS.withPoolSize(3));
        CountDownLatch latch = audit.latch();
        hold(gate, List.of(latch, latch, latch));

        gate.resize(1);
        gate.resize(3);
        latch.countDown();

        Eventually.isTrue(
                () -> "three instances stay: " + gate.instances(),
                () -> gate.instances().size() == 3
                        && gate.instances().stream().allMatch(one -> one.state() == InstanceState.SERVING));
        assertEquals("3 of 3 instances work", gate.health().reason());
    }

    /** It was replaced from the old source, since the swap was not over yet. */
    @Test
    void newInstanceThatIsLostWhileTheSwapWaitsForOthers_isReplacedByANewOne() throws Exception {
        Turnstile<Version> gate = open(OPTIONS.withPoolSize(2));
        CountDownLatch first = audit.latch();
        CountDownLatch second = audit.latch();
        hold(gate, List.of(first, second));
        Caller<SwapReport> swap = Caller.start(() -> gate.swap(new Source("new"), LONG));
        Eventually.isTrue(
                "both are to go",
                () -> gate.instances().stream().allMatch(one -> one.state() == InstanceState.LEAVING));
        first.countDown();
        assertEquals("new", gate.call(Version::name));

        lose(gate);
        assertEquals("new", gate.call(Version::name));

        second.countDown();
        assertEquals(2, swap.result().switched());
    }

    /** Those of later lanes stayed where they were, and those that were to stay changed their order. */
    @Test
    void keyedCallsOfSeveralLanes_whichANewInstanceTakesOver_keepTheirOrder() throws Exception {
        Turnstile<Version> gate = open(OPTIONS.withCapacity(1_000).withPoolSize(1));
        CountDownLatch latch = audit.latch();
        hold(gate, List.of(latch));
        Map<String, Queue<Integer>> ran = new ConcurrentHashMap<>();
        List<CompletableFuture<?>> calls = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int number = i;
            Integer key = i % 10;
            Lane lane = i % 20 < 10 ? Lane.HIGH : Lane.LOW;
            Action<Version, Boolean, RuntimeException> note =
                    version -> ran.computeIfAbsent(lane + " " + key, k -> new ConcurrentLinkedQueue<>())
                            .add(number);
            calls.add(audit.watch(gate.submit(DescribedAction.keyed(key, DescribedAction.inLane(lane, note)))));
        }

        gate.resize(2);
        latch.countDown();
        calls.forEach(CompletableFuture::join);

        assertEquals(20, ran.size());
        assertAll(ran.values().stream()
                .map(numbers -> () -> assertEquals(numbers.stream().sorted().toList(), List.copyOf(numbers))));
        assertTrue(
                gate.instances().getLast().returned() > 0,
                () -> gate.instances().toString());
    }

    /** It was in no line any more when the rest was refused, and its caller waited for good. */
    @Test
    void keyedCall_atTheLastInstance_whichCannotBeReplaced_isRefused() throws Exception {
        Source once = new Source("only") {
            @Override
            public Version open() {
                if (opened.get() > 0) {
                    throw new IllegalStateException("no other one");
                }
                return super.open();
            }
        };
        RestartPolicy oneAttempt = RestartPolicy.limited(1, LONG).withDelays(Duration.ZERO, LONG);
        Turnstile<Version> gate =
                audit.watch(Turnstile.open(once, OPTIONS.withPoolSize(1).withRestarts(oneAttempt)));
        CountDownLatch latch = audit.latch();
        CompletableFuture<?> poison = gate.submit(version -> {
            latch.await();
            throw new IllegalStateException("lost");
        });
        CompletableFuture<?> keyed = audit.watch(gate.submit(DescribedAction.keyed(1, Version::name)));
        latch.countDown();

        assertInstanceOf(IllegalStateException.class, Caller.failureOf(poison));
        assertInstanceOf(TurnstileClosedException.class, Caller.failureOf(keyed));
    }

    /** They were opened after the report said that all were closed, and the gate's end was reported again. */
    @Test
    void resizeOfAClosedPool_opensNothing() throws Exception {
        Turnstile<Version> gate = open(OPTIONS.withPoolSize(2));
        gate.close();

        assertThrows(TurnstileClosedException.class, () -> gate.resize(4));

        assertEquals(2, opened.get());
    }

    @Test
    void resizeOfAPoolThatDrains_opensNothing() throws Exception {
        Turnstile<Version> gate = open(OPTIONS.withPoolSize(2));
        CountDownLatch latch = audit.latch();
        hold(gate, List.of(latch, latch));
        gate.shutdown();

        assertThrows(TurnstileClosedException.class, () -> gate.resize(4));

        latch.countDown();
        assertEquals(2, opened.get());
    }

    @Test
    void orders_ofSeveralThreads_oneAfterTheOther_areCarriedOut() throws Exception {
        Turnstile<Version> gate = open(OPTIONS.withPoolSize(1).withWorkerName("turnstile-ordered"));
        List<Callable<Object>> orders = List.of(
                () -> {
                    gate.resize(2);
                    return 2;
                },
                () -> gate.swap(new Source("new"), LONG),
                () -> {
                    gate.resize(3);
                    return 3;
                });
        for (Callable<Object> order : orders) {
            assertNotNull(Caller.start(order).result());
        }

        List<String> names = new ArrayList<>();
        for (CompletableFuture<String> each :
                gate.submitToEach(version -> Thread.currentThread().getName())) {
            names.add(each.join());
        }
        assertEquals(List.of("turnstile-ordered-1", "turnstile-ordered-2", "turnstile-ordered-3"), names);
    }

    /** A resource was opened for it after its delay, and closed at once. */
    @Test
    void lostInstanceThatThePoolIsToHaveNoMore_isNotReplaced() throws Exception {
        VirtualTime time = new VirtualTime();
        Duration delay = Duration.ofSeconds(1);
        Turnstile<Version> gate = open(OPTIONS.withTimeSource(time)
                .withPoolSize(2)
                .withWorkerName("turnstile-shrunk")
                .withRestarts(RestartPolicy.limited(100, LONG).withDelays(delay, LONG)));
        lose(gate);
        time.awaitParked(1);
        lose(gate);
        time.awaitParked(2);

        gate.resize(1);
        time.advance(delay);

        assertEquals("old", gate.call(Version::name));
        Eventually.isTrue(
                "the other one's worker has ended",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals("turnstile-shrunk-2")));
        assertEquals(3, opened.get());
    }

    /** The delays grew for as long as the gate lived. */
    @Test
    void instanceThatHasRunACall_isReplacedAfterTheFirstDelayAgain() throws Exception {
        VirtualTime time = new VirtualTime();
        Duration first = Duration.ofSeconds(1);
        Turnstile<Version> gate = open(OPTIONS.withTimeSource(time)
                .withRestarts(RestartPolicy.limited(100, LONG).withDelays(first, LONG)));

        for (int losses = 0; losses < 3; losses += lose(gate)) {
            if (losses > 0) {
                time.awaitParked(1);
                time.advance(first);
                assertEquals("old", gate.call(Version::name));
            }
        }
        time.awaitParked(1);
        time.advance(first);

        assertEquals("old", gate.call(Version::name));
        assertEquals(3, gate.instances().getFirst().restarts());
    }
}
