package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Copies;
import dev.turnstile.testing.Copies.Copy;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.LibraryLog;
import dev.turnstile.testing.Mishaps;
import dev.turnstile.testing.Trouble;
import dev.turnstile.testing.WayIn;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What an action says of itself, or fails with, while that throws, or the logger does: its call is run, and its caller gets what is its own. */
class TroubledReportTest {
    @RegisterExtension
    final Audit audit = new Audit();

    @RegisterExtension
    final LibraryLog log = new LibraryLog();

    private final Copies copies = new Copies("copy");
    private final Mishaps source = new Mishaps(copies);
    private final LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final CallListener listener = new CallListener() {
        @Override
        public void onEnd(CallReport report) {
            told.add("end " + report.outcome());
        }

        @Override
        public void onStuck(StuckCall call) {
            told.add("stuck");
        }
    };

    /** What an action says of itself. */
    private enum Part {
        TAG,
        REQUEST_SIZE,
        RESPONSE_SIZE
    }

    /** An action that cannot say one thing of itself, nor what it is. */
    private static class Mute implements Action<Copy, String, RuntimeException> {
        private final Trouble trouble;
        private final Part unsaid;

        Mute(Trouble trouble, Part unsaid) {
            this.trouble = trouble;
            this.unsaid = unsaid;
        }

        @Override
        public String run(Copy copy) {
            return copy.use("served");
        }

        @Override
        public @Nullable String tag() {
            return say(Part.TAG, "tag");
        }

        @Override
        public long requestSize() {
            return say(Part.REQUEST_SIZE, "1").length();
        }

        @Override
        public long responseSize(String result) {
            return say(Part.RESPONSE_SIZE, "1").length();
        }

        private String say(Part part, String what) {
            if (part == unsaid) {
                throw trouble.exception();
            }
            return what;
        }

        @Override
        public String toString() {
            throw trouble.exception();
        }
    }

    private Turnstile<Copy> open(Trouble trouble, TurnstileOptions options) throws InterruptedException {
        Turnstile<Copy> gate = audit.watch(Turnstile.open(source, options));
        trouble.begin(log);
        return gate;
    }

    private void assertTold(String... reports) {
        for (String report : reports) {
            assertEquals(report, Eventually.next(report, told));
        }
    }

    static Stream<Arguments> troublesAndWays() {
        return Stream.of(Trouble.values())
                .flatMap(trouble -> Stream.of(WayIn.values()).map(way -> Arguments.of(trouble, way)));
    }

    @ParameterizedTest
    @MethodSource("troublesAndWays")
    void action_thatCannotSayItsTag_isRun(Trouble trouble, WayIn way) throws Exception {
        Turnstile<Copy> gate = open(trouble, TurnstileOptions.defaults().withListeners(listener));
        assertEquals("served", way.start(gate, new Mute(trouble, Part.TAG)).result());
        assertEquals("served", gate.call(copy -> copy.use("served")));
    }

    @ParameterizedTest
    @MethodSource("troublesAndWays")
    void action_thatCannotSayTheSizeOfItsRequest_isRun(Trouble trouble, WayIn way) throws Exception {
        Turnstile<Copy> gate = open(trouble, TurnstileOptions.defaults().withListeners(listener));
        assertEquals(
                "served", way.start(gate, new Mute(trouble, Part.REQUEST_SIZE)).result());
        assertEquals("served", gate.call(copy -> copy.use("served")));
    }

    /** It has returned: that is its end. */
    @ParameterizedTest
    @MethodSource("troublesAndWays")
    void action_thatCannotSayTheSizeOfItsResult_hasItsResult(Trouble trouble, WayIn way) throws Exception {
        Turnstile<Copy> gate = open(trouble, TurnstileOptions.defaults().withListeners(listener));
        assertEquals(
                "served", way.start(gate, new Mute(trouble, Part.RESPONSE_SIZE)).result());
        assertTold("end COMPLETED");
    }

    @ParameterizedTest
    @EnumSource
    void stuckCall_afterOneThatCannotSayItsTag_isReported(Trouble trouble) throws Exception {
        Turnstile<Copy> gate = open(
                trouble,
                TurnstileOptions.defaults().withStuckAfter(Duration.ofMillis(1)).withListeners(listener));
        CountDownLatch asked = new CountDownLatch(2); // as it comes, and when it is stuck
        CountDownLatch latch = audit.latch();
        CompletableFuture<String> mute = audit.watch(gate.submit(new Mute(trouble, Part.TAG) {
            @Override
            public String run(Copy copy) {
                copy.witness().hold(new CountDownLatch(1), latch);
                return "late";
            }

            @Override
            public @Nullable String tag() {
                asked.countDown();
                return super.tag();
            }
        }));
        asked.await();
        latch.countDown();
        assertEquals("late", mute.join());

        CountDownLatch other = audit.latch();
        CompletableFuture<String> next = audit.watch(gate.submit(copy -> {
            copy.witness().hold(new CountDownLatch(1), other);
            return "late";
        }));
        Eventually.isTrue("it is reported", () -> "stuck".equals(told.poll()));
        other.countDown();
        assertEquals("late", next.join());
    }

    /** Its block says which failed, and cannot say how. */
    @ParameterizedTest
    @EnumSource(
            value = JoinPolicy.class,
            names = {"ALL_OR_CANCEL", "FIRST_SUCCESS"})
    void fork_thatFailsWithWhatCannotBePrinted_isTheCause(JoinPolicy policy) throws Exception {
        for (Trouble trouble : Trouble.values()) {
            Turnstile<Copy> gate = open(trouble, TurnstileOptions.defaults());
            RuntimeException failure = trouble.exception();
            try (FanOut<Copy, Object> block = gate.fanOut(policy)) {
                block.fork(copy -> {
                    throw failure;
                });
                ExecutionException thrown = assertThrows(ExecutionException.class, block::join);
                assertSame(failure, thrown.getCause());
            }
        }
    }

    /** What an action throws, its caller gets. */
    @ParameterizedTest
    @EnumSource
    void call_thatFailsWithWhatCannotBePrinted_givesItToItsCaller(Trouble trouble) throws Exception {
        Turnstile<Copy> gate = open(trouble, TurnstileOptions.defaults().withListeners(listener));
        RuntimeException failure = trouble.exception();
        Action<Copy, String, RuntimeException> failing = copy -> {
            throw failure;
        };
        for (int i = 0; i < 2; i++) {
            source.happen(Mishaps.Step.IS_LOST, trouble.exception());
        }
        assertSame(failure, Trouble.failureOf(audit.watch(gate.submit(failing))));
        assertTold("end FAILED");
        assertSame(
                failure,
                Caller.start(() -> {
                            try {
                                return gate.call(failing);
                            } catch (RuntimeException thrown) {
                                return thrown;
                            }
                        })
                        .result());
        assertTold("end FAILED");
    }
}
