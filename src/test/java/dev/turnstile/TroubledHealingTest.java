package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Copies;
import dev.turnstile.testing.Copies.Copy;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.LibraryLog;
import dev.turnstile.testing.Mishaps;
import dev.turnstile.testing.Trouble;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A gate whose resource is lost while nothing can be said of it: the logger throws, or the exception that is to be logged. Every caller has its
 * end, and the healing goes on while attempts are left.
 */
class TroubledHealingTest {
    private static final Duration LONG = Duration.ofHours(1);

    @RegisterExtension
    final Audit audit = new Audit();

    @RegisterExtension
    final LibraryLog log = new LibraryLog();

    private final Copies copies = new Copies("copy");
    private final Mishaps source = new Mishaps(copies);

    static Stream<Arguments> all() {
        return Stream.of(Trouble.values())
                .flatMap(trouble -> Stream.of(0, 1, 2).map(size -> Arguments.of(trouble, size)));
    }

    private Turnstile<Copy> open(Trouble trouble, int size, int attempts) throws InterruptedException {
        Turnstile<Copy> gate = audit.watch(Turnstile.open(
                source,
                TurnstileOptions.defaults()
                        .withPoolSize(size)
                        .withRestarts(RestartPolicy.limited(attempts, LONG).withDelays(Duration.ZERO, Duration.ZERO))));
        trouble.begin(log);
        return gate;
    }

    private CompletableFuture<Object> lose(Turnstile<Copy> gate, RuntimeException loss) throws InterruptedException {
        return audit.watch(gate.submit(copy -> {
            throw loss;
        }));
    }

    private void assertServes(Turnstile<Copy> gate, int size) throws Exception {
        for (int key = 0; key < 20; key++) {
            assertServes(gate, DescribedAction.keyed(key, copy -> copy.use("served")));
        }
        Probe.of(gate).awaitQuiet();
        Eventually.isTrue(
                () -> "it is up: " + gate.health(), () -> gate.health().status() == Health.Status.UP);
        Eventually.isTrue("the lost ones are closed", () -> copies.living() == Math.max(1, size));
    }

    private void assertServes(Turnstile<Copy> gate, Action<Copy, String, RuntimeException> action) throws Exception {
        assertEquals("served", audit.watch(gate.submit(action)).get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS));
    }

    @ParameterizedTest
    @MethodSource("all")
    void resourceThatIsLost_isReplaced(Trouble trouble, int size) throws Exception {
        Turnstile<Copy> gate = open(trouble, size, 10);
        RuntimeException loss = trouble.exception();
        assertSame(loss, Trouble.failureOf(lose(gate, loss)));

        assertServes(gate, size);
        assertEquals(
                1, gate.instances().stream().mapToLong(InstanceStats::restarts).sum());
    }

    /** A flight recording has to say what it was lost by. */
    @ParameterizedTest
    @EnumSource
    void resourceThatIsLostWhileItIsRecorded_isReplaced(Trouble trouble) throws Exception {
        try (Recording recording = new Recording()) {
            recording.enable("dev.turnstile.Instance");
            recording.start();
            resourceThatIsLost_isReplaced(trouble, 0);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void replacement_thatCannotBeOpenedTheFirstTime_isTriedAgain(Trouble trouble, int size) throws Exception {
        Turnstile<Copy> gate = open(trouble, size, 10);
        source.happen(Mishaps.Step.OPEN, trouble.exception());
        source.happen(Mishaps.Step.OPEN, new LinkageError("as told"));
        Trouble.failureOf(lose(gate, trouble.exception()));

        assertServes(gate, size);
    }

    @ParameterizedTest
    @MethodSource("all")
    void replacement_thatFailsItsWarmUpTheFirstTime_isTriedAgain(Trouble trouble, int size) throws Exception {
        Turnstile<Copy> gate = open(trouble, size, 10);
        source.happen(Mishaps.Step.WARM_UP, trouble.exception());
        Trouble.failureOf(lose(gate, trouble.exception()));

        assertServes(gate, size);
    }

    /** Nor can what failed its warm-up be closed, or the lost one. */
    @ParameterizedTest
    @MethodSource("all")
    void replacement_thatCannotBeClosedAfterItsWarmUp_isTriedAgain(Trouble trouble, int size) throws Exception {
        Turnstile<Copy> gate = open(trouble, size, 10);
        source.happen(Mishaps.Step.WARM_UP, trouble.exception());
        source.happen(Mishaps.Step.CLOSE, trouble.exception());
        source.happen(Mishaps.Step.CLOSE, trouble.exception());
        Trouble.failureOf(lose(gate, trouble.exception()));

        assertServes(gate, size);
    }

    @ParameterizedTest
    @MethodSource("all")
    void source_thatCannotSayWhetherItIsLost_goesOn(Trouble trouble, int size) throws Exception {
        Turnstile<Copy> gate = open(trouble, size, 10);
        RuntimeException failure = new Mishaps.Harmless();
        source.happen(Mishaps.Step.IS_LOST, trouble.exception());
        assertSame(failure, Trouble.failureOf(lose(gate, failure)));

        assertServes(gate, size);
        assertEquals(Math.max(1, size), copies.all().size(), "none was replaced");
    }

    /** The last attempt fails: who waits is told, the futures too, and the gate is closed. */
    @ParameterizedTest
    @EnumSource
    void replacement_thatCannotBeOpenedInTheLastAttempt_leavesNobodyWaiting(Trouble trouble) throws Exception {
        Turnstile<Copy> gate = open(trouble, 0, 1);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch latch = audit.latch();
        RuntimeException loss = trouble.exception();
        CompletableFuture<Object> losing = audit.watch(gate.submit(copy -> {
            copy.witness().hold(entered, latch);
            throw loss;
        }));
        entered.await();
        CompletableFuture<String> inLine = audit.watch(gate.submit(copy -> copy.use("in the line")));
        RuntimeException reason = trouble.exception();
        source.happen(Mishaps.Step.OPEN, reason);
        latch.countDown();

        assertSame(loss, Trouble.failureOf(losing));
        Throwable refused = assertInstanceOf(TurnstileClosedException.class, Trouble.failureOf(inLine));
        assertSame(reason, refused.getCause());
        assertTrue(gate.awaitTermination(Audit.PATIENCE));
        assertEquals(TurnstileState.CLOSED, gate.state());
        assertEquals(Health.Status.DOWN, gate.health().status());
        assertFalse(gate.health().reason().isEmpty());
    }

    /** Others go on without it; what waited for it alone is told. */
    @ParameterizedTest
    @EnumSource
    void instance_thatCannotBeReplacedInTheLastAttempt_goesAndTheOthersServe(Trouble trouble) throws Exception {
        Turnstile<Copy> gate = open(trouble, 2, 1);
        source.happen(Mishaps.Step.OPEN, trouble.exception());
        Trouble.failureOf(lose(gate, trouble.exception()));
        Eventually.isTrue("it has gone", () -> gate.instances().size() == 1);

        assertEquals(Health.Status.DEGRADED, gate.health().status());
        for (int key = 0; key < 20; key++) {
            assertServes(gate, DescribedAction.keyed(key, copy -> copy.use("served")));
        }
    }

    /** While it is down, and when it is lost for good: what it was lost by cannot be printed. */
    @ParameterizedTest
    @EnumSource
    void health_ofWhatWasLostBySomethingThatCannotBePrinted_isDown(Trouble trouble) throws Exception {
        CountDownLatch opening = audit.latch();
        Turnstile<Copy> gate = open(trouble, 0, 10);
        copies.holdOpening(opening);
        RuntimeException loss = trouble.exception();
        Trouble.failureOf(lose(gate, loss));
        copies.awaitOpening();

        assertEquals(Health.Status.DOWN, gate.health().status());
        assertFalse(gate.health().reason().isEmpty());
        assertSame(loss, gate.instances().getFirst().lostBy());
        opening.countDown();
        assertServes(gate, 0);
    }

    @ParameterizedTest
    @EnumSource
    void health_ofWhatIsLostForGoodBySomethingThatCannotBePrinted_isDown(Trouble trouble) throws Exception {
        Turnstile<Copy> gate = open(trouble, 0, 0);
        RuntimeException loss = trouble.exception();
        assertSame(loss, Trouble.failureOf(lose(gate, loss)));

        assertEquals(Health.Status.DOWN, gate.health().status());
        assertFalse(gate.health().reason().isEmpty());
        assertSame(loss, gate.instances().getFirst().lostBy());
        assertServes(gate, copy -> copy.use("served"));
    }
}
