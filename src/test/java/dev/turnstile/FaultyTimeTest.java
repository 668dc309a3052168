package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.CallEnd;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Copies;
import dev.turnstile.testing.Copies.Copy;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.Mishaps;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A time source that throws in the midst of the gate's work, on the worker, which it must not: every caller has an end all the same, the counts
 * add up, and the gate either serves or says that it does not.
 */
class FaultyTimeTest {
    private static final Duration LONG = Duration.ofHours(1);

    @RegisterExtension
    final Audit audit = new Audit();

    private final Copies copies = new Copies("copy");
    private final Mishaps source = new Mishaps(copies);
    private final FaultyTime time = new FaultyTime();

    /** The system's time, but it throws on the workers for as long as it is told to. */
    private static final class FaultyTime implements TimeSource {
        private final TimeSource system = TimeSource.system();
        private volatile boolean isFaulty;

        @Override
        public long nanoTime() {
            mayThrow();
            return system.nanoTime();
        }

        @Override
        public void parkUntil(Object blocker, long nanoTime) {
            mayThrow();
            system.parkUntil(blocker, nanoTime);
        }

        @Override
        public boolean await(CountDownLatch latch, long nanoTime) throws InterruptedException {
            return system.await(latch, nanoTime);
        }

        private void mayThrow() {
            if (isFaulty && Thread.currentThread().getName().startsWith("turnstile-worker")) {
                throw new IllegalStateException("no time, as told");
            }
        }
    }

    private Turnstile<Copy> open(int size, TurnstileOptions options) throws InterruptedException {
        return audit.watch(Turnstile.open(source, options.withPoolSize(size).withTimeSource(time)));
    }

    /** A call in the resource of every instance until a latch is opened. */
    private CountDownLatch holdAll(Turnstile<Copy> gate, int size) throws InterruptedException {
        CountDownLatch entered = new CountDownLatch(Math.max(1, size));
        CountDownLatch latch = audit.latch();
        for (int i = 0; i < Math.max(1, size); i++) {
            var unused = audit.watch(gate.submit(copy -> {
                copy.witness().hold(entered, latch);
                return "held";
            }));
        }
        entered.await();
        return latch;
    }

    /** Served, or refused because the gate is closed. */
    private static void assertHasAnEnd(CompletableFuture<String> future) throws Throwable {
        try {
            assertEquals("served", CallEnd.outcome(future));
        } catch (TurnstileClosedException refused) {
            assertNotNull(refused.getMessage());
        }
    }

    private void assertUsableOrClosed(Turnstile<Copy> gate) throws Throwable {
        if (gate.state() == TurnstileState.OPEN) {
            assertEquals("served", CallEnd.outcome(audit.watch(gate.submit(copy -> copy.use("served")))));
            Probe.of(gate).awaitQuiet();
        } else {
            assertEquals(Health.Status.DOWN, gate.health().status());
        }
    }

    /** It is asked for the limit of a block when a fork's turn has come. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void time_thatThrowsWhenAForksTurnHasCome_leavesNobodyWaiting(int size) throws Throwable {
        Turnstile<Copy> gate = open(size, TurnstileOptions.defaults());
        CountDownLatch latch = holdAll(gate, size);
        CountDownLatch forked = new CountDownLatch(1);
        Caller<List<Fork.State>> owner = Caller.start(() -> {
            List<Fork<String>> forks = new ArrayList<>();
            try (FanOut<Copy, String> block = gate.fanOut(JoinPolicy.ALL_OUTCOMES, LONG)) {
                for (int i = 0; i < 4; i++) {
                    forks.add(block.fork(copy -> copy.use("served")));
                }
                forked.countDown();
                block.join();
            }
            return forks.stream().map(Fork::state).toList();
        });
        forked.await();
        List<CompletableFuture<String>> behind = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            behind.add(audit.watch(gate.submit(copy -> copy.use("served"))));
        }
        time.isFaulty = true;
        latch.countDown();

        for (CompletableFuture<String> call : behind) {
            assertHasAnEnd(call);
        }
        assertTrue(owner.result().stream().noneMatch(state -> state == Fork.State.UNAVAILABLE));
        time.isFaulty = false;
        assertUsableOrClosed(gate);
    }

    /** One worker of two may die of it: those outside are for the other one. */
    @Test
    void time_thatThrowsInOneInstance_leavesNobodyOutside() throws Throwable {
        Turnstile<Copy> gate = open(2, TurnstileOptions.defaults().withCapacity(2));
        CountDownLatch latch = holdAll(gate, 2);
        Probe probe = Probe.of(gate);
        CountDownLatch forked = new CountDownLatch(1);
        Caller<Object> owner = Caller.start(() -> {
            try (FanOut<Copy, String> block = gate.fanOut(JoinPolicy.ALL_OUTCOMES, LONG)) {
                block.fork(copy -> copy.use("served"));
                block.fork(copy -> copy.use("served"));
                forked.countDown();
                return block.join();
            }
        });
        forked.await();
        List<Caller<String>> outside = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            outside.add(Caller.start(() -> servedOrRefused(gate)));
            probe.awaitCome(2 + i);
        }
        time.isFaulty = true;
        latch.countDown();

        outside.forEach(caller -> assertNotNull(caller.result()));
        assertNotNull(owner.result());
        time.isFaulty = false;
        assertUsableOrClosed(gate);
    }

    private static String servedOrRefused(Turnstile<Copy> gate) throws InterruptedException {
        try {
            return gate.call(copy -> copy.use("served"));
        } catch (TurnstileClosedException refused) {
            return "refused";
        }
    }

    /** It is asked whether an attempt is left, and when the next one is to be. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void time_thatThrowsWhenAResourceIsLost_leavesNobodyWaiting(int size) throws Throwable {
        Turnstile<Copy> gate = open(
                size,
                TurnstileOptions.defaults()
                        .withRestarts(RestartPolicy.limited(10, LONG).withDelays(Duration.ZERO, Duration.ZERO)));
        CountDownLatch latch = holdAll(gate, size);
        CompletableFuture<String> losing = audit.watch(gate.submit(copy -> {
            throw new Copies.Poison();
        }));
        CompletableFuture<String> behind = audit.watch(gate.submit(copy -> copy.use("served")));
        time.isFaulty = true;
        latch.countDown();

        assertInstanceOf(Copies.Poison.class, Caller.failureOf(losing));
        assertNotNull(gate.health().reason());
        time.isFaulty = false;
        assertHasAnEnd(behind);
        assertUsableOrClosed(gate);
    }

    /** It is asked for the limit of closing before each call. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void time_thatThrowsWhileTheGateCloses_leavesNobodyWaiting(int size) throws Throwable {
        Turnstile<Copy> gate = open(size, TurnstileOptions.defaults());
        CountDownLatch latch = holdAll(gate, size);
        List<CompletableFuture<String>> inLine = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            inLine.add(audit.watch(gate.submit(copy -> copy.use("served"))));
        }
        Caller<CloseReport> closer = Caller.start(() -> gate.close(Audit.PATIENCE));
        Eventually.isTrue("closing", () -> gate.state() == TurnstileState.DRAINING);
        time.isFaulty = true;
        latch.countDown();

        for (CompletableFuture<String> call : inLine) {
            assertHasAnEnd(call);
        }
        assertTrue(closer.result().resourceClosed());
        assertEquals(TurnstileState.CLOSED, gate.state());
    }
}
