package dev.turnstile;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.Options;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;

/**
 * Whoever completes and cancels the future of a waiting call at once: one of them wins, it alone is told so, and all see the same outcome from then
 * on, as with a plain {@link CompletableFuture}.
 */
@Tag(Interleavings.TAG)
@EnabledForJreRange(maxVersion = Interleavings.NEWEST_JAVA, disabledReason = Interleavings.NEWEST_JAVA_REASON)
@Timeout(value = 10, unit = TimeUnit.MINUTES) // takes minutes beside other work
class FutureLinearizabilityTest {
    @Test
    void future_inAnyInterleaving_hasOneWinner() {
        check(Interleavings.modelChecking(300));
    }

    @Test
    void future_onThreadsOfItsOwn_hasOneWinner() {
        check(Interleavings.stress(2_000));
    }

    private static void check(Options<?, ?> options) {
        Rehearsal.once(); // which is not to be interleaved
        Actor mine = does("complete", "mine");
        Actor yours = does("complete", "yours");
        Actor cancel = does("cancel");
        Actor look = does("look");
        List<ExecutionScenario> scenarios = new ArrayList<>();
        for (List<List<Actor>> threads : List.of(
                List.of(List.of(mine, look), List.of(yours, look)),
                List.of(List.of(mine, look), List.of(cancel, look)),
                List.of(List.of(cancel, look), List.of(cancel)),
                List.of(List.of(mine), List.of(yours), List.of(cancel)),
                List.of(List.of(mine, cancel), List.of(look, look)))) {
            scenarios.add(new ExecutionScenario(List.of(), threads, List.of(look), null));
        }
        Interleavings.check(options.sequentialSpecification(PlainFuture.class), GivenUpFuture.class, scenarios);
    }

    private static Actor does(String name, Object... arguments) {
        return Interleavings.does(GivenUpFuture.class, name, arguments);
    }

    /** The operations, over any future. */
    public abstract static class Operations {
        private final CompletableFuture<String> future;

        Operations(CompletableFuture<String> future) {
            this.future = future;
        }

        public boolean complete(String value) {
            return future.complete(value);
        }

        public boolean cancel() {
            return future.cancel(true);
        }

        public String look() {
            if (!future.isDone()) {
                return "not done";
            }
            return future.isCancelled() ? "cancelled" : future.getNow("not done");
        }
    }

    /** That of a call in a line that nobody serves. */
    public static final class GivenUpFuture extends Operations {
        public GivenUpFuture() {
            super(accepted());
        }

        private static CompletableFuture<String> accepted() {
            Line<Object> line = new Line<>(1);
            FutureCall<Object, String> call = new FutureCall<>(line, resource -> "done");
            line.enter(call, false);
            return call.placedAtOnce(Deadline.NEVER);
        }
    }

    /** The JDK's: the specification. */
    public static final class PlainFuture extends Operations {
        public PlainFuture() {
            super(new CompletableFuture<>());
        }
    }
}
