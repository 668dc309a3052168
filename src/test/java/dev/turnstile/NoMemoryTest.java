package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.Witness;
import java.lang.reflect.Field;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Promises 6 and 7 when memory ends inside the gate: the one thing of the line that needs some is its queue, which here
 * finds none when the test says so. Whose call cannot be queued is told; nobody else is lost, and no place.
 */
class NoMemoryTest {
    private static final TurnstileOptions OPTIONS = TurnstileOptions.defaults().withCapacity(1);

    private final OutOfMemoryError noMemory = new OutOfMemoryError("as told");

    /** Nothing can be added while it is full of other people's things. */
    private final class TightQueue extends LinkedBlockingQueue<Call<Witness, ?>> {
        private static final long serialVersionUID = 1;
        private transient int failures;
        private transient boolean failsAtTheWorker;

        @Override
        public boolean add(Call<Witness, ?> call) {
            if (failures > 0) {
                failures--;
                throw noMemory;
            }
            return super.add(call);
        }

        @Override
        public Call<Witness, ?> poll() {
            if (failsAtTheWorker) {
                failsAtTheWorker = false;
                failures = Integer.MAX_VALUE;
                throw noMemory;
            }
            return super.poll();
        }
    }

    private final TightQueue queue = new TightQueue();
    private final Line<Witness> line = new Line<>(OPTIONS, Observers.NOBODY, queue);
    private final Witness witness = new Witness();
    private final Workers<Witness> workers =
            new Workers<>(line, Observers.NOBODY, new SimpleSource<>(() -> witness, Witness::close), OPTIONS);

    private boolean isOpen;

    private void open() throws InterruptedException {
        isOpen = true;
        assertNull(workers.open());
    }

    private FutureCall<Witness, Integer> call(int number) {
        return new FutureCall<>(line, resource -> resource.use(number));
    }

    /** A caller who waits outside, and is seen there. */
    private Caller<CallState> outside(int number) {
        int waiting = line.stats().waiting();
        Caller<CallState> caller = start(number);
        Eventually.isTrue("outside", () -> line.stats().waiting() == waiting + 1);
        return caller;
    }

    private Caller<CallState> pending(int number) {
        Caller<CallState> caller = start(number);
        Eventually.isTrue("in the line", () -> line.stats().pending() == 1);
        return caller;
    }

    private Caller<CallState> start(int number) {
        return Caller.start(() -> {
            BlockingCall<Witness, Integer> call = new BlockingCall<>(resource -> resource.use(number), Deadline.NEVER);
            line.enter(call, true);
            call.await(line, Deadline.NEVER);
            if (call.state() == CallState.FAILED) {
                assertSame(noMemory, call.failure());
            }
            return call.state();
        });
    }

    @AfterEach
    void nothingIsLost() throws Exception {
        line.close(Deadline.NEVER);
        if (!isOpen) {
            open();
        }
        assertTrue(workers.awaitEnd(Deadline.after(Audit.PATIENCE)));
        Audit.assertSettled(line.stats());
        assertEquals(1, witness.closes());
    }

    @Test
    void enter_withoutMemory_throwsItAndGivesThePlaceBack() throws Exception {
        queue.failures = 1;
        FutureCall<Witness, Integer> call = call(1);
        line.enter(call, true);
        assertSame(noMemory, assertThrows(OutOfMemoryError.class, () -> call.awaitPlace(Deadline.NEVER)));

        assertEquals(0, line.stats().pending());
        FutureCall<Witness, Integer> next = call(2);
        assertEquals(Line.Admission.ACCEPTED, line.enter(next, true));
        open();
        assertEquals(2, next.future().join());
    }

    /** Nobody looks at them before the running call returns: then there is no memory to queue the first. */
    @Test
    void end_withoutMemoryForWhoArrived_failsThatOneAndServesTheOneBehind() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch mayReturn = new CountDownLatch(1);
        line.enter(
                new BlockingCall<>(
                        resource -> {
                            entered.countDown();
                            mayReturn.await();
                            return resource;
                        },
                        Deadline.NEVER),
                true);
        open();
        entered.await();
        BlockingCall<Witness, Integer> second = new BlockingCall<>(resource -> resource.use(2), Deadline.NEVER);
        BlockingCall<Witness, Integer> third = new BlockingCall<>(resource -> resource.use(3), Deadline.NEVER);
        line.arrive(second);
        line.arrive(third);
        queue.failures = 1;
        mayReturn.countDown();

        third.await(line, Deadline.NEVER);
        assertEquals(CallState.COMPLETED, third.state());
        assertEquals(CallState.FAILED, second.state());
        assertSame(noMemory, second.failure());
        assertEquals(1, line.stats().notAdmitted());
    }

    /** The worker hands the place of the call that it starts to the caller outside, and finds no memory for it. */
    @Test
    void start_withoutMemoryForTheNextCaller_failsThatOneAndServesTheOneBehind() throws Exception {
        FutureCall<Witness, Integer> first = call(1);
        line.enter(first, true);
        Caller<CallState> second = outside(2);
        Caller<CallState> third = outside(3);
        queue.failures = 1;
        open();

        assertEquals(1, first.future().join());
        assertEquals(CallState.FAILED, second.result());
        assertEquals(CallState.COMPLETED, third.result());
        assertEquals(1, line.stats().notAdmitted());
    }

    /** Nobody comes after them, and the worker has nothing to do: who were not told now never would be. */
    @Test
    void leave_withoutMemoryForAnybodyOutside_tellsThemAll() {
        FutureCall<Witness, Integer> first = call(1);
        line.enter(first, true);
        Caller<CallState> second = outside(2);
        Caller<CallState> third = outside(3);
        queue.failures = 2;
        assertTrue(first.future().cancel(true));

        assertEquals(CallState.FAILED, second.result());
        assertEquals(CallState.FAILED, third.result());
        assertEquals(0, line.stats().pending());
        assertEquals(Line.Admission.ACCEPTED, line.enter(call(4), true));
    }

    /** The same through the gate's own door: whoever waits to submit gets the error, and no future. */
    @Test
    void submit_whenItsTurnComesWithoutMemory_throwsIt() {
        FutureCall<Witness, Integer> first = call(1);
        line.enter(first, true);
        Caller<CompletableFuture<Integer>> submitter = Caller.start(() -> {
            FutureCall<Witness, Integer> call = call(2);
            line.enter(call, true);
            return call.awaitPlace(Deadline.NEVER);
        });
        Eventually.isTrue("outside", () -> line.stats().waiting() == 1);
        queue.failures = 1;
        first.future().cancel(true);

        assertSame(noMemory, submitter.failure());
    }

    /** A future that was never in the line would stay open. */
    @Test
    void trySubmit_withoutMemory_throwsIt() throws Exception {
        Turnstile<Witness> gate = gateInFrontOfTheLine();
        queue.failures = 1;
        assertSame(noMemory, assertThrows(OutOfMemoryError.class, () -> gate.trySubmit(witness -> witness.use(1))));

        assertEquals(0, line.stats().pending());
        CompletableFuture<Integer> next = gate.trySubmit(witness -> witness.use(2));
        open();
        assertEquals(2, next.join());
    }

    private Turnstile<Witness> gateInFrontOfTheLine() throws ReflectiveOperationException, InterruptedException {
        Turnstile<Witness> gate = Turnstile.<Witness, RuntimeException>open(Witness::new, Witness::close, OPTIONS);
        gate.close();
        Field field = Turnstile.class.getDeclaredField("line");
        field.setAccessible(true);
        field.set(gate, line);
        return gate;
    }

    @Test
    void close_whileTheWorkerSleeps_needsNoMemory() throws Exception {
        open();
        Slot<Witness> slot = line.slots().staying().getFirst();
        Eventually.isTrue("asleep", slot::isIdle);
        queue.failures = 1;
        line.close(Deadline.NEVER);
        Eventually.isTrue("closed", () -> line.state() == TurnstileState.CLOSED);
    }

    @Test
    void close_whileTheWorkerIsBusy_needsNoMemory() throws Exception {
        FutureCall<Witness, Integer> first = call(1);
        line.enter(first, true);
        Caller<CallState> second = outside(2);
        queue.failures = 1;
        line.close(Deadline.NEVER);
        assertEquals(CallState.REFUSED, second.result());
        queue.failures = 0;
        open();
        assertEquals(1, first.future().join());
    }

    /** The worker dies of it: to tell everybody needs none. */
    @Test
    void workerDies_withoutMemory_everybodyIsTold() throws Exception {
        queue.failsAtTheWorker = true;
        Caller<CallState> first = pending(1);
        Caller<CallState> second = outside(1);
        Caller<CallState> third = outside(2);
        open();

        assertEquals(CallState.REFUSED, first.result());
        assertEquals(CallState.REFUSED, second.result());
        assertEquals(CallState.REFUSED, third.result());
        assertSame(noMemory, line.refusals().closed().getCause());
    }
}
