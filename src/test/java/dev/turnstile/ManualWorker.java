package dev.turnstile;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A worker at a slot of its own, whose steps a test takes itself: no thread works there. */
public final class ManualWorker<R> {
    private final Line<R> line;
    private final Slot<R> slot;
    private final Worker<R> idler;
    private final WorkerSteps<R> steps;

    private ManualWorker(Line<R> line, Slot<R> slot, Worker<R> idler, @Nullable R resource) {
        this.idler = idler;
        this.line = line;
        this.slot = slot;
        this.steps = new WorkerSteps<>(line, slot, resource);
    }

    /** Adds a slot. */
    static <R> ManualWorker<R> of(Line<R> line) {
        return of(line, null);
    }

    /** The same, with a resource that may be handed calls before their turn. */
    static <R> ManualWorker<R> of(Line<R> line, @Nullable R resource) {
        Worker<R> idler = idler(line);
        line.slots().add(List.of(idler));
        return new ManualWorker<>(line, line.slots().staying().getLast(), idler, resource);
    }

    /** A worker that relieves this one: it begins as soon as this one leaves. */
    ManualWorker<R> relieve(R resource) {
        Worker<R> next = idler(line);
        line.slots().relieve(slot, next, false);
        return new ManualWorker<>(line, slot, next, resource);
    }

    /** The resource is lost, and will be replaced. */
    void lose(Throwable cause) {
        line.slots().departures().lose(slot, cause, true);
    }

    /** A worker with a resource that replaces a lost one; this worker has left. */
    ManualWorker<R> replace(R resource) {
        Worker<R> next = idler(line);
        line.slots().departures().expect(slot, next);
        line.slots().relieve(slot, next, true);
        return new ManualWorker<>(line, slot, next, resource);
    }

    /** A worker that is never started. */
    static <R> Worker<R> idler(Line<R> line) {
        ResourceSource<R, RuntimeException> none = new SimpleSource<>(
                () -> {
                    throw new IllegalStateException("nobody works here");
                },
                resource -> {});
        TurnstileOptions options = TurnstileOptions.defaults();
        Workers<R> workers = new Workers<>(line, Observers.NOBODY, none, options);
        return new Worker<>(workers, "idler", none, options, false, null, null);
    }

    Slot<R> slot() {
        return slot;
    }

    WorkerSteps<R> steps() {
        return steps;
    }

    /** Starts the next call, having been woken if it slept; {@code null} if there is none: then it sleeps, or is to go. */
    @Nullable
    Call<R, ?> start() {
        line.lock();
        try {
            line.dispatch().rouse(slot);
        } finally {
            line.unlock();
        }
        return steps.lookOnceMore();
    }

    /** Waits for a call on the current thread, and starts it. */
    @Nullable
    Call<R, ?> await() {
        return await(Duration.ZERO);
    }

    @Nullable
    Call<R, ?> await(Duration spin) {
        return steps.await(spin.toNanos());
    }

    /** Ends a call, and starts the next one; {@code null} if there is none. */
    @Nullable
    Call<R, ?> end(Call<R, ?> call, CallState outcome) {
        return steps.end(call, outcome, null);
    }

    boolean isToGo() {
        return steps.isToGo();
    }

    boolean isIdle() {
        return slot.isIdle();
    }

    /** Cannot go on, and nobody takes its place. */
    void die(Throwable cause) {
        line.slots().departures().die(slot, idler, cause, false);
    }
}
