package dev.turnstile.soak;

import dev.turnstile.Lane;
import dev.turnstile.TurnstileClosedException;
import dev.turnstile.TurnstileState;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What each instance of a gate is to run once. */
final class EachCall {
    private final Lane lane;
    private final Set<Integer> ran = ConcurrentHashMap.newKeySet();

    EachCall(Lane lane) {
        this.lane = lane;
    }

    Lane lane() {
        return lane;
    }

    /** An instance runs it. */
    void runs(int instance, Findings findings) {
        if (!ran.add(instance)) {
            findings.add(Breach.DUPLICATED, () -> this + " ran twice at instance " + instance);
        }
    }

    /** One answer has come. Who was refused while the gate is open is told that its instance has gone. Returns how it counts. */
    End ends(Integer instance, Throwable thrown, Entrance entrance, Findings findings) {
        if (thrown == null) {
            if (!ran.contains(instance)) {
                findings.add(
                        Breach.WRONG, () -> this + " was answered by instance " + instance + ", where it never ran");
            }
            return End.RETURNED;
        }
        boolean isOpen = entrance.state() == TurnstileState.OPEN;
        boolean hasReason = thrown instanceof TurnstileClosedException closed
                && (!isOpen || String.valueOf(closed.getMessage()).contains("has gone"));
        if (!hasReason) {
            findings.add(Breach.WRONG, () -> this + " was refused without a reason: " + thrown + ", " + entrance);
        }
        return End.REFUSED;
    }

    /** Compares the order of the answers that came with that of the instances. */
    void compare(List<CompletableFuture<Integer>> answers, Findings findings) {
        List<Integer> instances = new ArrayList<>();
        for (CompletableFuture<Integer> answer : answers) {
            if (!answer.isCompletedExceptionally()) {
                instances.add(answer.join());
            }
        }
        if (!instances.equals(instances.stream().sorted().distinct().toList())) {
            findings.add(Breach.WRONG, () -> this + " was answered by " + instances);
        }
    }

    /** Waits for an answer; says whether it came. */
    static boolean comes(CompletableFuture<?> answer, long seconds) throws InterruptedException {
        try {
            answer.get(seconds, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException refused) {
            return true;
        } catch (TimeoutException never) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "a call for each in lane " + lane;
    }
}
