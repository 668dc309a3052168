package dev.turnstile.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.Turnstile;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.plugin.NativePlugin;
import dev.turnstile.testing.TestPlugins;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A contestant that answers wrongly, or not at all, is not measured but noticed. */
class AnswersTest {
    private static final Duration SHORT = Duration.ofMillis(50);

    @Test
    void question_askedOfThePlugin_isAnswered() throws Exception {
        try (NativePlugin plugin = NativePlugin.load(TestPlugins.demo())) {
            Question.ofCaller(7).ask(plugin::call);
            Question.of("x".repeat(1_000)).ask(plugin::call);
            for (Length length : Length.values()) {
                length.question().ask(plugin::call);
            }
        }
    }

    @Test
    void answer_toTheNeighboursQuestion_isNoticed() {
        AtomicReference<String> before =
                new AtomicReference<>(Question.ofCaller(1).answer());
        Entrance mixedUp = (tag, json) -> before.getAndSet(answer(json));
        assertNoticed(() -> new ClosedLoop(mixedUp, 2).run(SHORT, SHORT));
        assertNoticed(() -> new PacedLoop(mixedUp, 2, 1_000).run(SHORT));
    }

    @Test
    void answer_thatIsWrongOnceInAWhile_isNoticed() {
        AtomicInteger calls = new AtomicInteger();
        Entrance forgetful = (tag, json) -> calls.incrementAndGet() % 100 == 0 ? "{}" : answer(json);
        assertNoticed(() -> new ClosedLoop(forgetful, 16).run(SHORT, SHORT));
        assertNoticed(() -> new PacedLoop(forgetful, 16, 100_000).run(SHORT));
    }

    @Test
    void call_thatThrows_isNoticed() {
        Entrance closed = (tag, json) -> {
            throw new UnsupportedOperationException("closed");
        };
        assertNoticed(() -> new ClosedLoop(closed, 16).run(SHORT, SHORT));
        assertNoticed(() -> new PacedLoop(closed, 16, 1_000).run(SHORT));
    }

    @Test
    void closedLoop_ofCorrectAnswers_countsThem() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        Entrance counting = (tag, json) -> {
            calls.incrementAndGet();
            return answer(json);
        };
        Window window = new ClosedLoop(counting, 1).run(SHORT, SHORT);
        assertTrue(window.calls() > 0 && window.calls() <= calls.get(), window.calls() + " of " + calls);
    }

    @Test
    void pacedLoop_behindAStall_countsItForEveryCallThatWasDue() throws Exception {
        long stall = Duration.ofMillis(200).toNanos();
        AtomicInteger calls = new AtomicInteger();
        Entrance stalling = (tag, json) -> {
            if (calls.incrementAndGet() == 1) {
                Pause.of(Duration.ofNanos(stall));
            }
            return answer(json);
        };
        // One caller, a call each millisecond: some hundred calls are due while the first one takes its time.
        Window window = new PacedLoop(stalling, 1, 1_000).run(Duration.ofNanos(stall));
        assertEquals(200, window.calls());
        long late = window.latency().getCountBetweenValues(stall / 2, Long.MAX_VALUE);
        assertTrue(late >= 100, late + " calls were late by half the stall");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DIRECT")
    void contestant_underManyCallers_answersEachOfThem(Contestant contestant) throws Exception {
        Entrance entrance = contestant.open();
        AtomicInteger answers = new AtomicInteger();
        Entrance counting = (tag, json) -> {
            String answer = entrance.call(tag, json);
            answers.incrementAndGet();
            return answer;
        };
        new ClosedLoop(counting, 64).run(SHORT, SHORT);
        assertTrue(answers.get() >= 64, answers + " answers"); // however few of them came in so short a window
    }

    @Test
    void refusals_ofAFullLine_areCounted_andAPlaceIsNoticed() throws Exception {
        try (Turnstile<Object> gate = Turnstile.open(Object::new, closed -> {}, TurnstileOptions.defaults())) {
            RefusedProgram.Attempt attempt = () -> gate.tryCall(resource -> resource);
            assertNoticed(() -> RefusedProgram.run(attempt, SHORT));
            CountDownLatch released = RefusedProgram.fill(gate);
            try {
                assertTrue(RefusedProgram.run(attempt, SHORT).calls() > 0);
            } finally {
                released.countDown();
            }
        }
    }

    private static String answer(String json) {
        String message = json.substring("{\"message\":\"".length(), json.length() - "\"}".length());
        return Question.of(message).answer();
    }

    private static void assertNoticed(Executable measurement) {
        assertThrows(IllegalStateException.class, measurement);
    }
}
