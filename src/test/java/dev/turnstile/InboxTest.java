package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Promises 2 and 6 on the way to the line and to the waker: nobody is lost there, or overtakes whoever came before. */
class InboxTest {
    private static final int THREADS = 4;
    private static final int CALLS = 20_000;

    private final Inbox<Integer> inbox = new Inbox<>();

    private static BlockingCall<Integer, Integer> call(int number) {
        return new BlockingCall<>(resource -> number, Deadline.NEVER);
    }

    private static int number(Call<Integer, ?> call) {
        call.run(0);
        return (Integer) call.result();
    }

    private List<Integer> takeAll() {
        List<Integer> numbers = new ArrayList<>();
        for (Call<Integer, ?> call = inbox.takeAll(); call != null; call = call.next) {
            numbers.add(number(call));
        }
        return numbers;
    }

    @Test
    void takeAll_givesThemInTheOrderOfTheirComing_once() {
        for (int i = 0; i < 3; i++) {
            inbox.add(call(i));
        }
        assertEquals(List.of(0, 1, 2), takeAll());
        assertTrue(inbox.isEmpty());
        assertNull(inbox.takeAll());
    }

    @Test
    void add_saysWhetherSomebodyAttends() {
        assertFalse(inbox.add(call(0)));
        inbox.setPolled(true);
        assertTrue(inbox.add(call(1)));
    }

    @Test
    void manyAddWhileOneTakes_allCome_eachThreadsInItsOrder() throws Exception {
        List<Integer> came = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<?>> adders = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int first = t * CALLS;
                adders.add(threads.submit(() -> {
                    for (int i = 0; i < CALLS; i++) {
                        inbox.add(call(first + i));
                    }
                }));
            }
            while (!adders.stream().allMatch(Future::isDone)) {
                came.addAll(takeAll());
            }
            for (Future<?> adder : adders) {
                adder.get();
            }
        }
        came.addAll(takeAll());

        assertEquals(THREADS * CALLS, came.size());
        int[] next = new int[THREADS];
        for (int number : came) {
            assertEquals(next[number / CALLS]++, number % CALLS);
        }
    }

    /** Several race for the last places behind a call that has come: the slower one is in no chain, and is about to be put into another one. */
    @Test
    void addToRoom_thatFindsNone_leavesTheCallInNoChain() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<?>> adders = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                adders.add(threads.submit(() -> {
                    for (int i = 0; i < 10 * CALLS; i++) {
                        Call<Integer, ?> call = call(i);
                        if (!inbox.addToRoom(call)) {
                            assertNull(call.next);
                            assertFalse(call.accepted());
                        }
                    }
                }));
            }
            while (!adders.stream().allMatch(Future::isDone)) {
                inbox.takeAll();
                inbox.offerRoom(2);
            }
            for (Future<?> adder : adders) {
                adder.get();
            }
        }
    }
}
