package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Copies;
import dev.turnstile.testing.Copies.Copy;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.LibraryLog;
import dev.turnstile.testing.Mishaps;
import dev.turnstile.testing.Trouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A swap or a resize while nothing can be said of it: the logger throws, or the exception that is to be told. It is done or refused, and the gate
 * serves; it said that it was up, and every call waited for ever.
 */
class TroubledSwapTest {
    @RegisterExtension
    final Audit audit = new Audit();

    @RegisterExtension
    final LibraryLog log = new LibraryLog();

    private final Copies before = new Copies("before");
    private final Copies after = new Copies("after");
    private final Mishaps old = new Mishaps(before);
    private final Mishaps next = new Mishaps(after);

    static Stream<Arguments> all() {
        return Stream.of(Trouble.values())
                .flatMap(trouble -> Stream.of(0, 1, 2).map(size -> Arguments.of(trouble, size)));
    }

    private Turnstile<Copy> open(Trouble trouble, int size) throws InterruptedException {
        Turnstile<Copy> gate =
                audit.watch(Turnstile.open(old, TurnstileOptions.defaults().withPoolSize(size)));
        trouble.begin(log);
        return gate;
    }

    private void assertServes(Turnstile<Copy> gate, String source, int size) throws Exception {
        for (int key = 0; key < 20; key++) {
            CompletableFuture<String> served = audit.watch(gate.submit(DescribedAction.keyed(key, Copy::source)));
            assertEquals(source, served.get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS));
        }
        Probe.of(gate).awaitQuiet();
        assertEquals(
                Health.Status.UP, gate.health().status(), () -> gate.health().reason());
        Copies serving = source.equals("before") ? before : after;
        Eventually.isTrue(
                "the others are closed",
                () -> before.living() + after.living() == Math.max(1, size) && serving.living() == Math.max(1, size));
    }

    private void assertRefused(Turnstile<Copy> gate, RuntimeException reason, int size) throws Exception {
        SwapException refused = assertThrows(SwapException.class, () -> gate.swap(next, Audit.PATIENCE));
        assertSame(reason, refused.getCause());
        assertServes(gate, "before", size);
    }

    @ParameterizedTest
    @MethodSource("all")
    void swap_isDone(Trouble trouble, int size) throws Exception {
        Turnstile<Copy> gate = open(trouble, size);
        assertEquals(Math.max(1, size), gate.swap(next, Audit.PATIENCE).switched());
        assertServes(gate, "after", size);
    }

    @ParameterizedTest
    @MethodSource("all")
    void swap_whoseOldOnesCannotBeClosed_isDone(Trouble trouble, int size) throws Exception {
        Turnstile<Copy> gate = open(trouble, size);
        for (int i = 0; i < Math.max(1, size); i++) {
            old.happen(Mishaps.Step.CLOSE, trouble.exception());
        }
        assertEquals(Math.max(1, size), gate.swap(next, Audit.PATIENCE).switched());
        assertServes(gate, "after", size);
    }

    @ParameterizedTest
    @MethodSource("all")
    void swap_whoseNewOneCannotBeOpened_isRefused(Trouble trouble, int size) throws Exception {
        Turnstile<Copy> gate = open(trouble, size);
        RuntimeException reason = trouble.exception();
        next.happen(Mishaps.Step.OPEN, reason);
        assertRefused(gate, reason, size);
    }

    /** Nor can it be closed. */
    @ParameterizedTest
    @MethodSource("all")
    void swap_whoseNewOneFailsItsWarmUp_isRefused(Trouble trouble, int size) throws Exception {
        Turnstile<Copy> gate = open(trouble, size);
        RuntimeException reason = trouble.exception();
        next.happen(Mishaps.Step.WARM_UP, reason);
        next.happen(Mishaps.Step.CLOSE, trouble.exception());
        assertRefused(gate, reason, size);
    }

    @ParameterizedTest
    @EnumSource
    void resize_isDone(Trouble trouble) throws Exception {
        Turnstile<Copy> gate = open(trouble, 1);
        gate.resize(3);
        assertServes(gate, "before", 3);
        old.happen(Mishaps.Step.CLOSE, trouble.exception());
        gate.resize(2);
        Eventually.isTrue("one has gone", () -> gate.instances().size() == 2);
        assertServes(gate, "before", 2);
    }

    @ParameterizedTest
    @EnumSource
    void resize_whoseNewOneCannotBeOpened_isRefused(Trouble trouble) throws Exception {
        Turnstile<Copy> gate = open(trouble, 2);
        RuntimeException reason = trouble.exception();
        old.happen(Mishaps.Step.OPEN, reason);
        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> gate.resize(4));
        assertSame(reason, refused.getCause());
        assertServes(gate, "before", 2);
    }

    /** It is thrown as it is. */
    @ParameterizedTest
    @EnumSource
    void gate_thatCannotBeOpened_throwsWhy(Trouble trouble) {
        RuntimeException reason = trouble.exception();
        old.happen(Mishaps.Step.OPEN, reason);
        trouble.begin(log);
        RuntimeException thrown = assertThrows(
                RuntimeException.class,
                () -> Turnstile.open(old, TurnstileOptions.defaults().withPoolSize(2)));
        assertSame(reason, thrown);
        Eventually.isTrue("what was opened is closed", () -> before.living() == 0);
    }
}
