package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.LibraryLog;
import dev.turnstile.testing.VirtualTime;
import dev.turnstile.testing.WayIn;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A resource that is lost, is the last one, and cannot be replaced: it goes on answering, since nobody else does, and the gate says that it is
 * down and why. It said that all was well.
 */
class LossHealthTest {
    private static final Duration LONG = Duration.ofHours(1);

    @RegisterExtension
    final Audit audit = new Audit();

    @RegisterExtension
    final LibraryLog log = new LibraryLog();

    private final VirtualTime time = new VirtualTime();
    private final AtomicInteger opened = new AtomicInteger();
    private final LinkedBlockingQueue<String> lost = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<String> end = new LinkedBlockingQueue<>();
    private final CallListener listener = new CallListener() {
        @Override
        public void onLost(int instance, Throwable cause) {
            lost.add(instance + " by " + cause.getMessage());
        }

        @Override
        public void onClosed(CloseReport report) {
            end.add("closed");
        }
    };

    /** A loss, and what calls of a lost one throw from then on. */
    private static final class Loss extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Loss(String message) {
            super(message);
        }
    }

    private final class Source implements ResourceSource<Integer, RuntimeException> {
        @Override
        public Integer open() {
            return opened.incrementAndGet();
        }

        @Override
        public void close(Integer resource) {}

        @Override
        public boolean isLost(Integer resource, Throwable failure) {
            return failure instanceof Loss;
        }
    }

    private Turnstile<Integer> open(int poolSize, RestartPolicy restarts) throws InterruptedException {
        return audit.watch(Turnstile.open(
                new Source(),
                TurnstileOptions.defaults()
                        .withPoolSize(poolSize)
                        .withRestarts(restarts)
                        .withTimeSource(time)
                        .withListeners(listener)));
    }

    private static RestartPolicy once() {
        return RestartPolicy.limited(1, LONG).withDelays(Duration.ZERO, Duration.ZERO);
    }

    private static Throwable lose(Turnstile<Integer> gate, String message) {
        return lose(gate, WayIn.CALL, message);
    }

    private static Throwable lose(Turnstile<Integer> gate, WayIn way, String message) {
        Throwable failure = way.start(gate, resource -> {
                    throw new Loss(message);
                })
                .failure();
        assertEquals(message, assertInstanceOf(Loss.class, failure).getMessage());
        return failure;
    }

    private static int call(Turnstile<Integer> gate) throws InterruptedException {
        return gate.call(resource -> resource);
    }

    /** Everybody can learn of it: by looking, in the log, and as a listener; once. */
    private void assertLostForGood(Turnstile<Integer> gate, int instance, Throwable loss) throws Exception {
        assertEquals(TurnstileState.OPEN, gate.state());
        Health health = gate.health();
        assertEquals(Health.Status.DOWN, health.status());
        assertTrue(health.reason().contains(loss.getMessage()), health::reason);
        assertSame(loss, gate.instances().getLast().lostBy());
        assertEquals(instance, gate.instances().getLast().number());
        assertEquals(1, gate.instances().size());
    }

    private void assertToldOnce(Turnstile<Integer> gate, List<String> losses) {
        gate.close();
        assertEquals("closed", Eventually.next("the end", end));
        assertEquals(losses, List.copyOf(lost));
        for (String loss : losses) {
            String message = loss.substring(loss.indexOf("by ") + 3);
            assertEquals(1, log.lines("WARN", message).size(), () -> "warnings of " + loss);
        }
    }

    @ParameterizedTest
    @EnumSource
    void onlyResource_lostWithoutRestarts_answersAndIsSaidToBeDown(WayIn way) throws Exception {
        Turnstile<Integer> gate = open(0, RestartPolicy.never());
        Throwable loss = lose(gate, way, "lost at first");

        assertLostForGood(gate, 1, loss);
        assertEquals(1, call(gate));
        lose(gate, way, "once more");
        assertLostForGood(gate, 1, loss);
        assertToldOnce(gate, List.of("1 by lost at first"));
    }

    @Test
    void onlyResource_lostWithTheBudgetSpent_answersAndIsSaidToBeDown() throws Exception {
        Turnstile<Integer> gate = open(0, once());
        lose(gate, "lost at first");
        assertEquals(2, call(gate));
        assertEquals(Health.Status.UP, gate.health().status());
        Throwable loss = lose(gate, "lost for good");

        assertLostForGood(gate, 1, loss);
        assertEquals(2, call(gate));
        lose(gate, "once more");
        assertLostForGood(gate, 1, loss);
        assertToldOnce(gate, List.of("1 by lost at first", "1 by lost for good"));
    }

    /** Attempts count for a time only: the next call that finds it lost has it replaced. */
    @Test
    void onlyResource_whenAnAttemptIsLeftAgain_isReplaced() throws Exception {
        Turnstile<Integer> gate = open(0, once());
        lose(gate, "lost at first");
        assertEquals(2, call(gate));
        assertLostForGood(gate, 1, lose(gate, "lost for good"));
        time.advance(LONG);
        lose(gate, "once more");

        assertEquals(3, call(gate));
        assertUpAgain(gate);
    }

    @Test
    void onlyResource_lostAndSwapped_isUpAgain() throws Exception {
        Turnstile<Integer> gate = open(0, RestartPolicy.never());
        assertLostForGood(gate, 1, lose(gate, "lost for good"));
        assertEquals(1, gate.swap(new Source(), Audit.PATIENCE).switched());

        assertEquals(2, call(gate));
        assertUpAgain(gate);
    }

    private static void assertUpAgain(Turnstile<Integer> gate) {
        assertEquals(
                Health.Status.UP, gate.health().status(), () -> gate.health().reason());
        assertNull(gate.instances().getFirst().lostBy());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void pool_ofWhichAllAreLostWithoutRestarts_answersAndIsSaidToBeDown(int size) throws Exception {
        Turnstile<Integer> gate = open(size, RestartPolicy.never());
        for (int i = 1; i < size; i++) {
            lose(gate, "loss " + i);
            int left = size - i;
            Eventually.isTrue("it is gone", () -> gate.instances().size() == left);
            assertEquals(Health.Status.DEGRADED, gate.health().status());
        }
        Throwable loss = lose(gate, "the last loss");

        assertLostForGood(gate, gate.instances().getLast().number(), loss);
        call(gate);
        lose(gate, "once more");
        assertLostForGood(gate, gate.instances().getLast().number(), loss);
        gate.close();
        assertEquals("closed", Eventually.next("the end", end));
        assertEquals(size, lost.size());
        assertEquals(1, log.lines("WARN", "the last loss").size());
    }

    /** None is the last one until the other has gone. */
    @Test
    void pool_ofWhichAllAreLostAtOnce_answersAndIsSaidToBeDown() throws Exception {
        Turnstile<Integer> gate = open(2, RestartPolicy.never());
        var together = new java.util.concurrent.CyclicBarrier(2);
        List<Caller<Object>> callers = IntStream.range(0, 2)
                .mapToObj(i -> Caller.start(() -> gate.call((Integer resource) -> {
                    together.await();
                    throw new Loss("at once");
                })))
                .toList();
        callers.forEach(caller -> assertInstanceOf(Loss.class, caller.failure()));
        Eventually.isTrue("one is gone", () -> gate.instances().size() == 1);

        Eventually.isTrue("it is down: " + gate, () -> gate.health().status() == Health.Status.DOWN);
        assertTrue(gate.health().reason().contains("at once"), gate.health()::reason);
        assertEquals("at once", gate.instances().getFirst().lostBy().getMessage());
        call(gate);
    }

    /** With no word of its own, its class is the reason. */
    @Test
    void loss_withoutAMessage_isNamedByItsClass() throws Exception {
        Turnstile<Integer> gate = open(0, RestartPolicy.never());
        lose(gate, WayIn.CALL, null);
        assertEquals(Health.Status.DOWN, gate.health().status());
        assertTrue(gate.health().reason().contains("Loss"), gate.health()::reason);
    }
}
