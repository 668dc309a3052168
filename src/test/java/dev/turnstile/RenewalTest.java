package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Copies;
import dev.turnstile.testing.Copies.Copy;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.FlightEvents;
import dev.turnstile.testing.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import jdk.jfr.Recording;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A resource that is worn out, or has rested for too long, is replaced by a fresh one between two calls; nobody's call notices, and it is no loss. */
class RenewalTest {
    private static final Duration REST = Duration.ofMinutes(5);

    @RegisterExtension
    final Audit audit = new Audit();

    private final Copies copies = new Copies("copy");
    private final LinkedBlockingQueue<Integer> renewed = new LinkedBlockingQueue<>();
    private final VirtualTime time = new VirtualTime();

    /** Copies that are worn out at some time, or have to rest no longer than that. */
    private record Wearing(Copies copies, Predicate<Copy> isWorn, Duration longestRest)
            implements ResourceSource<Copy, RuntimeException> {
        @Override
        public Copy open() {
            return copies.open();
        }

        @Override
        public void close(Copy copy) {
            copies.close(copy);
        }

        @Override
        public void warmUp(Copy copy) {
            copies.warmUp(copy);
        }

        @Override
        public boolean isLost(Copy copy, Throwable failure) {
            return copies.isLost(copy, failure);
        }

        @Override
        public boolean isWornOut(Copy copy) {
            return isWorn.test(copy);
        }
    }

    private Turnstile<Copy> open(int calls, int poolSize) throws InterruptedException {
        return open(
                new Wearing(copies, isWornAfter(calls), Duration.ZERO),
                TurnstileOptions.defaults().withPoolSize(poolSize));
    }

    private Turnstile<Copy> open(Wearing source, TurnstileOptions options) throws InterruptedException {
        CallListener listener = new CallListener() {
            @Override
            public void onRenewed(int instance) {
                renewed.add(instance);
            }
        };
        return audit.watch(Turnstile.open(source, options.withListeners(listener)));
    }

    private static Predicate<Copy> isWornAfter(int calls) {
        return copy -> copy.ran().size() >= calls;
    }

    /** Makes a call, and returns how many its copy had run before. */
    private static int use(Turnstile<Copy> gate) throws InterruptedException {
        return gate.<Integer, RuntimeException>call(copy -> {
            int before = copy.ran().size();
            copy.use(0);
            return before;
        });
    }

    private int awaitRenewal() {
        return Eventually.next("renewal", renewed);
    }

    // ---- worn out ----

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void resourceThatIsWornOut_isReplaced_betweenTwoCalls(int poolSize) throws Exception {
        Turnstile<Copy> gate = open(10, poolSize);
        List<Integer> results = new ArrayList<>();
        List<CompletableFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            int number = i;
            futures.add(audit.watch(gate.submit(copy -> copy.use(number))));
            if (i % 100 == 99) {
                awaitRenewal();
            }
        }
        for (CompletableFuture<Integer> future : futures) {
            results.add(future.join());
        }
        assertEquals(IntStream.range(0, 1000).boxed().toList(), results, "none failed, none was dropped");
        assertEquals(
                1000, copies.all().stream().mapToInt(copy -> copy.ran().size()).sum());
        assertTrue(copies.all().size() >= 10 + Math.max(1, poolSize));
    }

    @Test
    void order_isThatOfTheLine() throws Exception {
        Turnstile<Copy> gate = open(3, 0);
        List<Integer> order = new ArrayList<>(); // on one worker at a time
        List<CompletableFuture<Boolean>> futures = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            int number = i;
            futures.add(audit.watch(gate.submit(copy -> {
                copy.use(number);
                return order.add(number);
            })));
        }
        futures.forEach(CompletableFuture::join);
        assertEquals(IntStream.range(0, 500).boxed().toList(), order);
        awaitRenewal();
    }

    @Test
    void oldOne_servesUntilTheFreshOneIsReady() throws Exception {
        Turnstile<Copy> gate = open(1, 0);
        CountDownLatch opening = audit.latch();
        copies.holdOpening(opening);
        for (int i = 0; i < 100; i++) {
            assertEquals(i, use(gate));
        }
        copies.awaitOpening();
        assertEquals(2, copies.attempts(), "one comes at a time");
        opening.countDown();
        awaitRenewal();
        assertEquals(100, copies.all().getFirst().ran().size());
        Eventually.isTrue(
                "the old one is closed", () -> copies.all().getFirst().witness().closes() == 1);
    }

    @Test
    void renewal_isNoLoss(@TempDir Path directory) throws Exception {
        try (Recording recording = new Recording()) {
            recording.start();
            Turnstile<Copy> gate = open(
                    new Wearing(copies, isWornAfter(1), Duration.ZERO),
                    TurnstileOptions.defaults().withWorkerName("turnstile-renewal"));
            for (int i = 0; i < 20; i++) {
                use(gate);
                assertEquals(Health.Status.UP, gate.health().status());
                assertEquals(1, awaitRenewal());
            }
            InstanceStats instance = gate.instances().getFirst();
            assertEquals(0, instance.restarts());
            assertNull(instance.lostBy());
            assertEquals(20, instance.returned(), "the counts are those of the place");
            assertTrue(FlightEvents.of(recording, directory, "Instance", "turnstile-renewal").stream()
                    .allMatch(event -> event.getString("change").equals("renewed")));
        }
    }

    @Test
    void freshOneThatCannotBeOpened_leavesTheOldOne_andIsTriedAgain() throws Exception {
        Turnstile<Copy> gate = open(
                new Wearing(copies, copy -> copy.equals(copies.all().getFirst()), Duration.ZERO),
                TurnstileOptions.defaults());
        copies.failToOpen(3);
        while (renewed.isEmpty()) {
            use(gate);
        }
        assertEquals(2, copies.all().size());
        assertEquals(5, copies.attempts());
        assertTrue(copies.all().getFirst().ran().size() > 2 + 4 + 8, "not at each call");
    }

    @Test
    void freshOneThatDoesNotWork_isClosed() throws Exception {
        Turnstile<Copy> gate = open(1, 0);
        copies.failToWarmUp(new IllegalStateException("as asked"));
        use(gate);
        Eventually.isTrue("it was tried", () -> copies.all().size() == 2 && copies.living() == 1);
        assertEquals(1, use(gate));
    }

    // ---- with other features ----

    @Test
    void swapMeanwhile_wins() throws Exception {
        Turnstile<Copy> gate = open(1, 0);
        CountDownLatch opening = audit.latch();
        copies.holdOpening(opening);
        use(gate);
        copies.awaitOpening();
        Copies other = new Copies("other");
        gate.swap(other, Audit.PATIENCE);
        opening.countDown();
        Eventually.isTrue("both old ones are closed", () -> copies.all().size() == 2 && copies.living() == 0);
        assertEquals("other", gate.call(Copy::source));
        assertTrue(renewed.isEmpty());
    }

    @Test
    void lossMeanwhile_isALoss() throws Exception {
        RestartPolicy one = RestartPolicy.limited(1, Duration.ofMinutes(10)).withDelays(Duration.ZERO, Duration.ZERO);
        Turnstile<Copy> gate = open(
                new Wearing(copies, isWornAfter(1), Duration.ZERO),
                TurnstileOptions.defaults().withRestarts(one));
        CountDownLatch opening = audit.latch();
        copies.holdOpening(opening);
        use(gate);
        copies.awaitOpening();
        assertThrows(
                Copies.Poison.class,
                () -> gate.call(copy -> {
                    throw new Copies.Poison();
                }));
        opening.countDown();
        assertEquals(
                Integer.valueOf(0),
                gate.<Integer, RuntimeException>call(copy -> copy.ran().size()));
        assertEquals(1, gate.instances().getFirst().restarts());
        Eventually.isTrue("only one is left", () -> copies.all().size() == 3 && copies.living() == 1);
    }

    @Test
    void resizeMeanwhile_takesTheOneThatComesWithIt() throws Exception {
        Turnstile<Copy> gate = open(1, 2);
        CountDownLatch opening = audit.latch();
        copies.holdOpening(opening);
        List<CompletableFuture<Integer>> both = gate.submitToEach(copy -> copy.use(0));
        both.forEach(CompletableFuture::join);
        Eventually.isTrue("two are on their way", () -> copies.attempts() == 4);
        gate.resize(1);
        opening.countDown();
        assertEquals(1, awaitRenewal());
        Eventually.isTrue("one is left", () -> copies.all().size() == 4 && copies.living() == 1);
    }

    @Test
    void closeMeanwhile_closesBoth() throws Exception {
        Turnstile<Copy> gate = open(1, 0);
        CountDownLatch opening = audit.latch();
        copies.holdOpening(opening);
        use(gate);
        copies.awaitOpening();
        gate.shutdown();
        opening.countDown();
        assertTrue(gate.awaitTermination(Audit.PATIENCE));
        assertEquals(0, copies.living());
    }

    @Test
    void questionThatThrows_isNoAnswer() throws Exception {
        ResourceSource<Copy, RuntimeException> confused = new ResourceSource<>() {
            @Override
            public Copy open() {
                return copies.open();
            }

            @Override
            public void close(Copy copy) {
                copies.close(copy);
            }

            @Override
            public boolean isWornOut(Copy copy) {
                throw new IllegalStateException("as asked");
            }

            @Override
            public Duration longestRest() {
                throw new IllegalStateException("as asked");
            }
        };
        Turnstile<Copy> gate = audit.watch(Turnstile.open(confused, TurnstileOptions.defaults()));
        assertEquals(0, use(gate));
        assertEquals(1, use(gate));
    }

    // ---- rest ----

    private Turnstile<Copy> openWithRest() throws InterruptedException {
        return open(
                new Wearing(copies, copy -> false, REST),
                TurnstileOptions.defaults().withTimeSource(time));
    }

    @Test
    void resourceThatHasRestedForTooLong_isReplaced_once() throws Exception {
        Turnstile<Copy> gate = openWithRest();
        use(gate);
        time.awaitParked(1);
        time.advance(REST);
        awaitRenewal();
        time.advance(REST.multipliedBy(10));
        assertEquals(0, use(gate));
        assertEquals(2, copies.all().size(), "one that has run no call stays");
    }

    @Test
    void callInBetween_beginsTheRestAgain() throws Exception {
        Turnstile<Copy> gate = openWithRest();
        use(gate);
        time.awaitParked(1);
        time.advance(REST.dividedBy(2));
        use(gate);
        time.advance(REST.dividedBy(2));
        time.awaitParked(1); // for the second half
        assertEquals(2, use(gate));
        assertTrue(renewed.isEmpty());
        time.advance(REST.dividedBy(2));
        time.awaitParked(1);
        assertTrue(renewed.isEmpty());
        time.advance(REST.dividedBy(2));
        awaitRenewal();
    }

    @Test
    void callThatRuns_isNoRest() throws Exception {
        Turnstile<Copy> gate = openWithRest();
        use(gate);
        time.awaitParked(1);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch latch = audit.latch();
        CompletableFuture<Boolean> running = audit.watch(gate.submit(copy -> {
            copy.witness().hold(entered, latch);
            return true;
        }));
        entered.await();
        time.advance(REST);
        time.awaitParked(1);
        latch.countDown();
        running.join();
        assertFalse(gate.instances().getFirst().state() == InstanceState.LEAVING);
        assertEquals(1, copies.all().size());
    }
}
