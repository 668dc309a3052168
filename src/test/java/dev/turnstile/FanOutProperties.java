package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.HeldGate;
import dev.turnstile.testing.Witness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Since forks run in their order, what a block does is known beforehand, whoever is faster. */
class FanOutProperties {
    @Property(tries = 300)
    void exactlyTheForks_upToTheOneThatDecides_run(
            @ForAll JoinPolicy policy,
            @ForAll @Size(max = 40) List<Boolean> succeeds,
            @ForAll @IntRange(min = 1, max = 50) int capacity,
            @ForAll boolean heldWhileForking)
            throws Exception {
        int decisive = succeeds.indexOf(policy == JoinPolicy.FIRST_SUCCESS);
        boolean isDecided = policy != JoinPolicy.ALL_OUTCOMES && decisive >= 0;
        int running = isDecided ? decisive + 1 : succeeds.size();
        boolean fails = switch (policy) {
            case ALL_OR_CANCEL -> isDecided;
            case FIRST_SUCCESS -> !isDecided && !succeeds.isEmpty();
            case ALL_OUTCOMES -> false;
        };

        try (Audit audit = new Audit()) {
            HeldGate held = HeldGate.open(audit, capacity);
            if (!heldWhileForking) {
                held.release();
            }
            AtomicInteger ran = new AtomicInteger();
            try (FanOut<Witness, Integer> block = held.gate().fanOut(policy)) {
                List<Fork<Integer>> forks = new ArrayList<>();
                for (boolean success : succeeds) {
                    int number = forks.size();
                    forks.add(block.fork(witness -> {
                        ran.incrementAndGet();
                        return success ? witness.use(number) : fail();
                    }));
                }
                held.release();
                assertEquals(fails, failed(block));
                assertEquals(running, ran.get());
                for (int i = 0; i < forks.size(); i++) {
                    assertEquals(
                            expected(i < running, succeeds.get(i)), forks.get(i).state());
                }
                assertEquals(
                        succeeds.subList(0, running).stream()
                                .filter(each -> each)
                                .count(),
                        block.results().size());
            }
            assertEquals(running, ran.get());
        }
    }

    /** Blocks of many threads on one gate, ended in each way, at once. */
    @Property(tries = 20)
    void nothingOfABlock_thatWasLeft_beginsLater(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 50) int capacity, @ForAll JoinPolicy policy)
            throws Exception {
        try (Audit audit = new Audit()) {
            Turnstile<Witness> gate = audit.watch(Turnstile.open(
                    Witness::new, Witness::close, TurnstileOptions.defaults().withCapacity(capacity)));
            List<Future<Left>> left = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 100; i++) {
                    Random random = new Random(seed + i);
                    left.add(threads.submit(() -> leaveABlock(gate, policy, random)));
                }
            }
            gate.close();
            for (Future<Left> block : left) {
                int later = block.get().begun().get() - block.get().begunBefore();
                // Who had been started, and had not said so yet.
                assertTrue(later >= 0 && later <= 1, later + " forks began after their block was left");
            }
        }
    }

    private record Left(AtomicInteger begun, int begunBefore) {}

    private static Left leaveABlock(Turnstile<Witness> gate, JoinPolicy policy, Random random) {
        AtomicInteger begun = new AtomicInteger();
        Duration limit = random.nextBoolean() ? Duration.ofDays(1) : Duration.ofNanos(random.nextInt(1_000_000));
        try (FanOut<Witness, Integer> block = gate.fanOut(policy, limit)) {
            int failing = random.nextInt(60);
            for (int i = 0; i < 30; i++) {
                boolean success = i != failing;
                block.fork(witness -> {
                    begun.incrementAndGet();
                    return success ? witness.use(1) : fail();
                });
            }
            if (random.nextInt(4) == 0) {
                Thread.currentThread().interrupt();
            }
            block.join();
        } catch (ExecutionException | CallTimeoutException | InterruptedException leftEarly) {
            // as the policy, the limit and the interrupt have it
        }
        return new Left(begun, begun.get());
    }

    private static Fork.State expected(boolean runs, boolean success) {
        if (!runs) {
            return Fork.State.CANCELLED;
        }
        return success ? Fork.State.SUCCESS : Fork.State.FAILED;
    }

    private static boolean failed(FanOut<?, ?> block) throws Exception {
        try {
            block.join();
            return false;
        } catch (ExecutionException failed) {
            return true;
        }
    }

    private static int fail() {
        throw new IllegalStateException("meant to fail");
    }
}
