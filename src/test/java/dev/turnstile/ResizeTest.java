package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.CallEnd;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Copies;
import dev.turnstile.testing.Copies.Poison;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.HeldPool;
import dev.turnstile.testing.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which instances go when a pool is to have fewer: those that are down, then those that are of no use, then the last ones. */
class ResizeTest {
    private static final Duration LONG = Duration.ofHours(1);

    @RegisterExtension
    final Audit audit = new Audit();

    private final Copies copies = new Copies("copy");
    private final VirtualTime time = new VirtualTime();
    private HeldPool pool;

    /** What is lost stays down until the time is moved; so many times. */
    private void open(int size, int attempts) throws InterruptedException {
        pool = HeldPool.open(
                audit,
                copies,
                TurnstileOptions.defaults()
                        .withPoolSize(size)
                        .withTimeSource(time)
                        .withRestarts(RestartPolicy.limited(attempts, LONG.multipliedBy(100))
                                .withDelays(LONG, LONG)));
    }

    private void poison(int instance) {
        HeldPool.Hold hold = pool.hold(instance);
        hold.poison();
        assertInstanceOf(Poison.class, Caller.failureOf(hold.future()));
    }

    private void bringDown(int instance) {
        poison(instance);
        pool.probe().awaitDown(instance);
    }

    private List<Integer> instances() {
        return pool.gate().instances().stream().map(InstanceStats::number).toList();
    }

    private String call(int key) throws Throwable {
        return CallEnd.outcome(audit.watch(pool.gate().submit(DescribedAction.keyed(key, copy -> copy.use("served")))));
    }

    private void assertAllKeysAreServed() throws Throwable {
        for (int key = 0; key < 50; key++) {
            assertEquals("served", call(key));
        }
    }

    /** The healthy one was retired, and the gate kept the dead one. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void resize_ofTwoOfWhichOneIsDown_keepsTheOther(int down) throws Throwable {
        open(2, 10);
        bringDown(down);
        pool.gate().resize(1);

        assertEquals(List.of(3 - down), instances());
        assertEquals(Health.Status.UP, pool.gate().health().status());
        assertAllKeysAreServed();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void resize_byOneOfThreeOfWhichOneIsDown_keepsTheOthers(int down) throws Throwable {
        open(3, 10);
        bringDown(down);
        pool.gate().resize(2);

        assertEquals(List.of(1, 2, 3).stream().filter(one -> one != down).toList(), instances());
        assertAllKeysAreServed();
    }

    /** The one that is down first, and then the last one. */
    @Test
    void resize_byTwoOfThreeOfWhichOneIsDown_keepsTheFirstOneThatWorks() throws Throwable {
        open(3, 10);
        bringDown(1);
        pool.gate().resize(1);

        pool.probe().awaitGone(3);
        assertEquals(List.of(2), instances());
        assertAllKeysAreServed();
    }

    @Test
    void resize_toAsManyAsWorkWhileTwoAreDown_keepsThem() throws Throwable {
        open(4, 10);
        bringDown(1);
        bringDown(3);
        pool.gate().resize(2);

        assertEquals(List.of(2, 4), instances());
        assertAllKeysAreServed();
    }

    /** It waited for an instance that was not to come. */
    @Test
    void callWithAKey_whoseInstanceIsDownAndGoes_isRunByAnother() throws Throwable {
        open(2, 10);
        bringDown(1);
        CompletableFuture<String> waits = audit.watch(pool.gate().submit(pool.at(1, copy -> copy.use("served"))));
        pool.gate().resize(1);

        assertEquals("served", CallEnd.outcome(waits));
    }

    /** While its replacement is being opened, it is down as well. */
    @Test
    void resize_whileTheReplacementIsBeingOpened_keepsTheOther() throws Throwable {
        open(2, 10);
        bringDown(1);
        var opening = audit.latch();
        copies.holdOpening(opening);
        time.awaitParked(1);
        time.advance(LONG);
        copies.awaitOpening();
        pool.gate().resize(1);
        opening.countDown();

        assertEquals(List.of(2), instances());
        assertAllKeysAreServed();
    }

    /** One that is lost for good, and stayed as it was the last one, answers every call with an error. */
    @Test
    void resize_withOneThatIsOfNoUse_keepsTheFreshOne() throws Throwable {
        open(1, 0);
        poison(1);
        pool.gate().resize(2);
        pool.gate().resize(1);

        pool.probe().awaitGone(1);
        assertEquals(List.of(2), instances());
        assertEquals(Health.Status.UP, pool.gate().health().status());
        assertAllKeysAreServed();
    }

    /** First the one that is down, then the one that is of no use, then the last one. */
    @Test
    void resize_oneByOne_keepsWhatIsOfMostUse() throws Throwable {
        open(2, 1);
        bringDown(2);
        time.awaitParked(1);
        time.advance(LONG);
        pool.probe().awaitAsleep(2);
        bringDown(1);
        poison(2); // its attempt is used up, and no other one works: it stays
        pool.gate().resize(4);
        assertEquals(List.of(1, 2, 3, 4), instances());

        pool.gate().resize(3);
        pool.probe().awaitGone(1);
        pool.gate().resize(2);
        pool.probe().awaitGone(2);
        pool.gate().resize(1);
        pool.probe().awaitGone(4);
        assertEquals(List.of(3), instances());
        assertAllKeysAreServed();
    }

    @Test
    void resize_ofHealthyOnes_retiresTheLast() throws Throwable {
        open(3, 10);
        pool.gate().resize(1);

        pool.probe().awaitGone(2);
        pool.probe().awaitGone(3);
        assertEquals(List.of(1), instances());
        assertAllKeysAreServed();
    }

    /** Its keys were given to the one that hung, and was to go. */
    @Test
    void resize_whileOneThatGoesHangs_leavesNoKeyToIt() throws Throwable {
        open(3, 10);
        HeldPool.Hold held = pool.hold(3);
        pool.gate().resize(1);
        pool.probe().awaitGone(2);

        for (int key = 0; key < 50; key++) {
            if (!pool.key(3).equals(key)) { // those of its own wait for it
                CompletableFuture<String> call =
                        audit.watch(pool.gate().submit(pool.at(2, copy -> copy.use("served"))));
                assertEquals("served", CallEnd.outcome(call));
            }
        }
        held.release();
        assertAllKeysAreServed();
    }

    /** It was said to work. */
    @Test
    void instanceThatGoes_andHangs_isNotCountedAsWorking() throws Throwable {
        open(2, 10);
        HeldPool.Hold held = pool.hold(2);
        pool.gate().resize(1);
        bringDown(1);

        assertEquals(Health.Status.DOWN, pool.gate().health().status());
        held.release();
    }

    /** It was waited for. */
    @Test
    void submitToEach_whileOneThatGoesHangs_asksTheOther() throws Throwable {
        open(2, 10);
        HeldPool.Hold held = pool.hold(2);
        pool.gate().resize(1);
        List<CompletableFuture<String>> answers = pool.submitToEach(copy -> copy.use("served"));

        assertEquals(1, answers.size());
        assertEquals("served", CallEnd.outcome(answers.getFirst()));
        held.release();
    }

    /** It stayed until its delay was over. */
    @Test
    void replacementThatIsNotNeeded_endsAtOnce() throws Throwable {
        open(2, 10);
        bringDown(1);
        time.awaitParked(1);
        pool.gate().resize(1);

        Eventually.isTrue(
                "it has ended",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals("turnstile-worker-1")));
    }
}
