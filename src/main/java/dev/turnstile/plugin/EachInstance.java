package dev.turnstile.plugin;

import dev.turnstile.Action;
import dev.turnstile.CallInterruptedException;
import dev.turnstile.CallRequest;
import dev.turnstile.EndedEarly;
import dev.turnstile.InstanceStats;
import dev.turnstile.Lane;
import dev.turnstile.Turnstile;
import dev.turnstile.TurnstileClosedException;
import dev.turnstile.TurnstileDownException;
import dev.turnstile.TurnstileState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Asks or tells each instance behind a gate something, in the control lane. */
final class EachInstance {
    /** Made early: a lambda is linked at its first use, which could overflow a caller's stack. */
    private static final BiFunction<Object, @Nullable Throwable, Boolean> HAD_BEGUN = EachInstance::hadBegun;

    private final Turnstile<ConfinedPlugin> gate;

    EachInstance(Turnstile<ConfinedPlugin> gate) {
        this.gate = gate;
    }

    /**
     * Waits for all answers. An instance that leaves meanwhile is left out.
     *
     * <p>An interrupt cancels the calls that have not begun. A time limit holds for each call. A failure cancels nothing: the other instances are asked,
     * too, and then the first failure is thrown.
     *
     * @return in the order of the instances
     */
    <T> List<T> ask(Action<ConfinedPlugin, T, RuntimeException> action) throws InterruptedException {
        List<CompletableFuture<T>> answers = submit(gate.request(action).inLane(Lane.CONTROL));
        List<T> results = new ArrayList<>();
        Throwable failure = null;
        for (CompletableFuture<T> answer : answers) {
            try {
                results.add(answer.get());
            } catch (ExecutionException failed) {
                Throwable cause = Objects.requireNonNull(failed.getCause());
                failure = failure != null || hasGone(cause) ? failure : cause;
            } catch (InterruptedException interrupted) {
                throw new CallInterruptedException(cancel(answers));
            }
        }
        if (failure != null) {
            throw PluginSource.<RuntimeException>asThrown(failure);
        }
        return results;
    }

    /**
     * If an instance leaves before its call has a place, the submit fails, and the instances that are left are asked again. If the last one
     * is lost, none is left to ask.
     */
    private <T> List<CompletableFuture<T>> submit(CallRequest<ConfinedPlugin, T, RuntimeException> request)
            throws InterruptedException {
        while (true) {
            List<Integer> before = numbers();
            try {
                return request.submitToEach();
            } catch (IllegalStateException refused) {
                if (numbers().containsAll(before)) {
                    throw refused;
                }
            } catch (TurnstileDownException down) {
                return List.of();
            }
        }
    }

    private List<Integer> numbers() {
        List<Integer> numbers = new ArrayList<>(); // a loop: the first lambda takes a deep stack
        for (InstanceStats instance : gate.instances()) {
            numbers.add(instance.number());
        }
        return numbers;
    }

    /** Says whether a call was refused because its instance left, not because the gate closed. */
    private boolean hasGone(Throwable cause) {
        return (cause instanceof TurnstileClosedException || cause instanceof TurnstileDownException)
                && gate.state() == TurnstileState.OPEN;
    }

    /** Cancels the calls, and says whether one of them had begun. */
    private static boolean cancel(List<? extends CompletableFuture<?>> answers) {
        boolean hadBegun = false;
        for (CompletableFuture<?> answer : answers) {
            answer.cancel(false);
            hadBegun |= answer.handle(HAD_BEGUN).getNow(false);
        }
        return hadBegun;
    }

    private static boolean hadBegun(Object answer, @Nullable Throwable end) {
        if (end instanceof EndedEarly early) {
            return early.started();
        }
        return !(end instanceof RejectedExecutionException);
    }
}
