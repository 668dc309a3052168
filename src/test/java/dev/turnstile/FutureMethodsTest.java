package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.CallEnd;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.HeldGate;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every method of a submitted call's future does what the JDK's documentation says, and gives the call up where it completes the future. */
class FutureMethodsTest {
    /** Methods that the JDK's class has as it wants them: they make stages, or work on the methods that are ours. */
    private static final Set<String> INHERITED = Set.of(
            "acceptEither",
            "acceptEitherAsync",
            "applyToEither",
            "applyToEitherAsync",
            "completeAsync", // with the default executor: calls the one with an executor
            "completeOnTimeout",
            "copy",
            "defaultExecutor",
            "exceptionally",
            "exceptionallyAsync",
            "exceptionallyCompose",
            "exceptionallyComposeAsync",
            "getNumberOfDependents",
            "handle",
            "handleAsync",
            "minimalCompletionStage",
            "orTimeout",
            "runAfterBoth",
            "runAfterBothAsync",
            "runAfterEither",
            "runAfterEitherAsync",
            "thenAccept",
            "thenAcceptAsync",
            "thenAcceptBoth",
            "thenAcceptBothAsync",
            "thenApply",
            "thenApplyAsync",
            "thenCombine",
            "thenCombineAsync",
            "thenCompose",
            "thenComposeAsync",
            "thenRun",
            "thenRunAsync",
            "toCompletableFuture",
            "whenComplete",
            "whenCompleteAsync");

    @RegisterExtension
    final Audit audit = new Audit();

    private final HeldGate held = HeldGate.open(audit, 5);

    @AfterEach
    void letTheWorkerGo() {
        held.release();
    }

    private CompletableFuture<@Nullable Object> submit() {
        return audit.watch(held.gate().trySubmit(witness -> witness.use("the call's")));
    }

    private void assertLeft() {
        assertEquals(0, held.gate().pendingCount(), "its call has left the line");
    }

    /** A new JDK may have more: they are to be looked at, and to be overridden or named above. */
    @Test
    void everyMethodOfTheJdksFuture_isOverriddenOrKnown() {
        Set<String> ours = Stream.<Class<?>>of(CallFuture.class, SettlingFuture.class)
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .map(FutureMethodsTest::signature)
                .collect(Collectors.toSet());
        Set<String> unknown = new TreeSet<>();
        for (Method method : CompletableFuture.class.getMethods()) {
            if (!Modifier.isStatic(method.getModifiers())
                    && !method.getDeclaringClass().equals(Object.class)
                    && !ours.contains(signature(method))
                    && !INHERITED.contains(method.getName())) {
                unknown.add(signature(method));
            }
        }
        assertEquals(Set.of(), unknown);
    }

    private static String signature(Method method) {
        return method.getName() + Arrays.toString(method.getParameterTypes());
    }

    // ---- looking ----

    /** What a future may have come to, and what brings one of the JDK there. */
    enum Outcome {
        RUNNING,
        VALUE {
            @Override
            void complete(CompletableFuture<@Nullable Object> future) {
                future.complete("value");
            }
        },
        NULL {
            @Override
            void complete(CompletableFuture<@Nullable Object> future) {
                future.complete(null);
            }
        },
        FAILURE {
            @Override
            void complete(CompletableFuture<@Nullable Object> future) {
                future.completeExceptionally(new IllegalStateException("failure"));
            }
        },
        WRAPPED_FAILURE {
            @Override
            void complete(CompletableFuture<@Nullable Object> future) {
                future.completeExceptionally(new CompletionException(new IllegalStateException("failure")));
            }
        },
        CANCELLATION {
            @Override
            void complete(CompletableFuture<@Nullable Object> future) {
                future.completeExceptionally(new CancellationException("cancelled"));
            }
        };

        void complete(CompletableFuture<@Nullable Object> future) {}
    }

    @ParameterizedTest
    @EnumSource
    void everyLook_seesWhatItSeesOfAFutureOfTheJdk(Outcome outcome) {
        CompletableFuture<@Nullable Object> ours = submit();
        CompletableFuture<@Nullable Object> theirs = new CompletableFuture<>();
        outcome.complete(ours);
        outcome.complete(theirs);

        assertEquals(looks(theirs), looks(ours));
    }

    private static Map<String, String> looks(CompletableFuture<@Nullable Object> future) {
        Map<String, CallEnd.Attempt> looks = new LinkedHashMap<>();
        looks.put("isDone", future::isDone);
        looks.put("isCancelled", future::isCancelled);
        looks.put("isCompletedExceptionally", future::isCompletedExceptionally);
        looks.put("state", future::state);
        looks.put("getNow", () -> future.getNow("absent"));
        looks.put("resultNow", future::resultNow);
        looks.put("exceptionNow", future::exceptionNow);
        looks.put("get up to", () -> future.get(0, TimeUnit.NANOSECONDS));
        looks.put(
                "toString",
                () -> future.toString().replaceFirst(".*\\[", "").replaceFirst("(exceptionally: [^:]*):.*", "$1]"));
        if (future.isDone()) {
            looks.put("get", future::get);
            looks.put("join", future::join);
            looks.put("complete", () -> future.complete("mine"));
            looks.put("completeExceptionally", () -> future.completeExceptionally(new IllegalStateException("mine")));
            looks.put("cancel", () -> future.cancel(true));
            looks.put("stage", () -> future.thenApply(value -> value + "!").join());
            looks.put(
                    "handled",
                    () -> future.handle((value, thrown) -> value + " " + thrown).join());
            looks.put("copy", () -> future.copy().join());
            looks.put(
                    "minimal",
                    () -> future.minimalCompletionStage().toCompletableFuture().join());
            looks.put("all", () -> CompletableFuture.allOf(future).join());
            looks.put("any", () -> CompletableFuture.anyOf(future).join());
        }
        Map<String, String> seen = new LinkedHashMap<>();
        looks.forEach((name, look) -> seen.put(name, seen(look)));
        return seen;
    }

    private static String seen(CallEnd.Attempt look) {
        try {
            return String.valueOf(look.make());
        } catch (Throwable thrown) {
            return thrown + ", caused by " + thrown.getCause();
        }
    }

    @Test
    void null_asAnException_isRefusedBeforeAnythingHappens() {
        CompletableFuture<@Nullable Object> future = submit();
        assertThrows(NullPointerException.class, () -> future.completeExceptionally(null));
        assertThrows(NullPointerException.class, () -> future.obtrudeException(null));
        assertThrows(NullPointerException.class, () -> future.completeAsync(null));
        assertThrows(NullPointerException.class, () -> future.completeAsync(() -> "mine", null));
        assertFalse(future.isDone());
        assertEquals(1, held.gate().pendingCount());
    }

    // ---- completing ----

    @Test
    void completeAsync_givesTheCallUp_whenTheValueIsThere() throws Exception {
        CountDownLatch supply = new CountDownLatch(1);
        CompletableFuture<@Nullable Object> future = submit();
        assertSame(future, future.completeAsync(() -> {
            await(supply);
            return "mine";
        }));
        assertFalse(future.isDone());
        assertEquals(1, held.gate().pendingCount(), "until then the call has its place");
        supply.countDown();

        assertEquals("mine", future.get());
        assertLeft();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void completeAsync_whoseSupplierThrows_failsTheFuture() {
        IllegalArgumentException asTold = new IllegalArgumentException("as told");
        CompletableFuture<@Nullable Object> future = submit();
        future.completeAsync(
                () -> {
                    throw asTold;
                },
                Runnable::run);

        assertSame(asTold, Caller.failureOf(future));
        assertSame(asTold, assertThrows(CompletionException.class, future::join).getCause());
        assertLeft();
    }

    @Test
    void completeAsync_ofADoneFuture_asksNobody() throws Exception {
        CompletableFuture<@Nullable Object> future = submit();
        held.release();
        assertEquals("the call's", future.get());
        future.completeAsync(
                () -> {
                    throw new AssertionError("asked");
                },
                Runnable::run);

        assertEquals("the call's", future.get());
    }

    @Test
    void obtrudeValue_givesTheCallUp() throws Exception {
        CompletableFuture<@Nullable Object> future = submit();
        CompletableFuture<@Nullable Object> stage = future.thenApply(value -> value);
        Caller<@Nullable Object> waiter = Caller.start(future::get);
        future.obtrudeValue("mine");

        assertEquals("mine", future.get());
        assertEquals("mine", stage.get());
        assertEquals("mine", waiter.result());
        assertLeft();
        held.release();
        assertEquals("mine", future.get());
    }

    @Test
    void obtrudeException_givesTheCallUp() {
        IllegalArgumentException asTold = new IllegalArgumentException("as told");
        CompletableFuture<@Nullable Object> future = submit();
        future.obtrudeException(asTold);

        assertSame(asTold, Caller.failureOf(future));
        assertTrue(future.isCompletedExceptionally());
        assertLeft();
    }

    @Test
    void obtrude_ofADoneFuture_replacesItsOutcome() throws Exception {
        CompletableFuture<@Nullable Object> future = submit();
        held.release();
        assertEquals("the call's", future.get());
        future.obtrudeValue(null);
        assertNull(future.get());
        assertNull(future.thenApply(value -> value).get());
        future.obtrudeException(new IllegalStateException("mine"));
        assertEquals("mine", Caller.failureOf(future).getMessage());
    }

    @Test
    void orTimeout_givesTheCallUp() {
        CompletableFuture<@Nullable Object> future = submit();
        future.orTimeout(1, TimeUnit.MILLISECONDS);

        assertInstanceOf(TimeoutException.class, Caller.failureOf(future));
        assertLeft();
    }

    @Test
    void completeOnTimeout_givesTheCallUp() throws Exception {
        CompletableFuture<@Nullable Object> future = submit();
        future.completeOnTimeout("mine", 1, TimeUnit.MILLISECONDS);

        assertEquals("mine", future.get());
        assertLeft();
    }

    @Test
    void timeouts_thatDoNotPass_changeNothing() throws Exception {
        CompletableFuture<@Nullable Object> future = submit();
        future.orTimeout(1, TimeUnit.DAYS).completeOnTimeout("mine", 1, TimeUnit.DAYS);
        held.release();

        assertEquals("the call's", future.get());
    }

    @Test
    void copy_andMinimalStage_thatAreCompleted_leaveTheCallAlone() throws Exception {
        CompletableFuture<@Nullable Object> future = submit();
        CompletableFuture<@Nullable Object> copy = future.copy();
        CompletableFuture<@Nullable Object> minimal =
                future.minimalCompletionStage().toCompletableFuture();
        assertTrue(copy.cancel(true));
        assertTrue(minimal.complete("mine"));
        assertFalse(future.isDone());
        held.release();

        assertEquals("the call's", future.get());
        assertEquals("the call's", future.copy().get());
    }

    @Test
    void stages_ofAFuture_completeWithIt() throws ExecutionException, InterruptedException {
        CompletableFuture<@Nullable Object> future = submit();
        CompletableFuture<Void> all = CompletableFuture.allOf(future, submit());
        CompletableFuture<Object> any = CompletableFuture.anyOf(future, new CompletableFuture<>());
        CompletableFuture<String> combined = future.thenCombine(submit(), (one, other) -> one + " " + other);
        CompletableFuture<@Nullable Object> composed =
                CompletableFuture.completedFuture(1).thenCompose(one -> future);
        held.release();

        all.get();
        assertEquals("the call's", any.get());
        assertEquals("the call's the call's", combined.get());
        assertEquals("the call's", composed.get());
    }
}
