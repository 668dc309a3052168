package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.CallEnd;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Copies;
import dev.turnstile.testing.Copies.Copy;
import dev.turnstile.testing.Mishaps;
import dev.turnstile.testing.WayIn;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** User code that throws: what an action says of its call, and a resource's source. Every caller has an end, and the gate goes on. */
class ThrowingUserCodeTest {
    private static final Duration LONG = Duration.ofHours(1);

    @RegisterExtension
    final Audit audit = new Audit();

    private final Copies copies = new Copies("copy");
    private final Mishaps source = new Mishaps(copies);

    private Turnstile<Copy> open(TurnstileOptions options) throws InterruptedException {
        return audit.watch(Turnstile.open(source, options));
    }

    private void assertServes(Turnstile<Copy> gate) throws Throwable {
        assertEquals("served", CallEnd.outcome(audit.watch(gate.submit(copy -> copy.use("served")))));
        Probe.of(gate).awaitQuiet();
        assertEquals(Health.Status.UP, gate.health().status());
    }

    // ---- what an action says of its call ----

    /** Thrown before the call comes to the line. */
    private static final class Unsaid extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** What an action cannot say, though the gate has to know it. */
    enum Question {
        LANE,
        NO_LANE,
        KEY,
        HASH_OF_THE_KEY
    }

    private record Evasive(Question question) implements Action<Copy, String, RuntimeException> {
        @Override
        public String run(Copy copy) {
            return copy.use("never");
        }

        @Override
        @SuppressWarnings("NullAway") // that is what is tried
        public Lane lane() {
            if (question == Question.LANE) {
                throw new Unsaid();
            }
            return question == Question.NO_LANE ? null : Lane.NORMAL;
        }

        @Override
        public @Nullable Object key() {
            if (question == Question.KEY) {
                throw new Unsaid();
            }
            return new Object() {
                @Override
                public int hashCode() {
                    throw new Unsaid();
                }
            };
        }
    }

    static Stream<Arguments> questionsAndWays() {
        return Stream.of(Question.values())
                .flatMap(question -> Stream.of(WayIn.values()).map(way -> Arguments.of(question, way)));
    }

    @ParameterizedTest
    @MethodSource("questionsAndWays")
    void action_thatCannotSayWhereItStands_isNotLetIn(Question question, WayIn way) throws Throwable {
        Turnstile<Copy> gate = open(TurnstileOptions.defaults().withPoolSize(2).withCapacity(1));
        Throwable thrown = way.start(gate, new Evasive(question)).failure();
        assertSame(question == Question.NO_LANE ? NullPointerException.class : Unsaid.class, thrown.getClass());

        Probe.of(gate).awaitQuiet();
        assertEquals(0, gate.stats().accepted() + gate.stats().notAdmitted());
        assertServes(gate);
    }

    // ---- the source ----

    static Stream<Throwable> errors() {
        return Stream.of(
                new OutOfMemoryError("as told"), new StackOverflowError("as told"), new LinkageError("as told"));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void source_thatThrowsAnErrorInEachStep_healsNevertheless(Throwable error) throws Throwable {
        Turnstile<Copy> gate = open(TurnstileOptions.defaults()
                .withRestarts(RestartPolicy.limited(10, LONG).withDelays(Duration.ZERO, Duration.ZERO)));
        source.happen(Mishaps.Step.IS_LOST, error);
        assertInstanceOf(Copies.Poison.class, Caller.failureOf(poison(gate)));
        source.happen(Mishaps.Step.OPEN, error);
        source.happen(Mishaps.Step.WARM_UP, error);
        source.happen(Mishaps.Step.CLOSE, error);
        assertInstanceOf(Copies.Poison.class, Caller.failureOf(poison(gate)));

        assertServes(gate);
        source.happen(Mishaps.Step.CLOSE, error);
        assertSame(error, gate.close(Audit.PATIENCE).closeFailure());
    }

    private CompletableFuture<Object> poison(Turnstile<Copy> gate) throws InterruptedException {
        return audit.watch(gate.submit(copy -> {
            throw new Copies.Poison();
        }));
    }
}
