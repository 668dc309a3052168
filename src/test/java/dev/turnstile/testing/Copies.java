package dev.turnstile.testing;

import dev.turnstile.ResourceSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Resources from one source, of which there may be several at once: what each ran, and how it ended. */
public final class Copies implements ResourceSource<Copies.Copy, RuntimeException> {
    /** What a call throws that makes its copy useless. */
    public static final class Poison extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** One resource. */
    public record Copy(String source, Witness witness, List<Object> ran) {
        /** A use that leaves a trace. */
        public <T> T use(T value) {
            ran.add(value);
            return witness.use(value);
        }
    }

    private final String name;
    private final List<Copy> all = new CopyOnWriteArrayList<>();
    private final AtomicInteger attempts = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private volatile @Nullable RuntimeException warmUpFailure;
    private volatile @Nullable CountDownLatch opening;
    private final CountDownLatch isOpening = new CountDownLatch(1);

    public Copies(String name) {
        this.name = name;
    }

    /** So many of the next ones cannot be opened. */
    public void failToOpen(int count) {
        failures.set(count);
    }

    /** The next ones are being opened until a latch is. */
    public void holdOpening(CountDownLatch latch) {
        opening = latch;
    }

    /** Waits until one is being opened that is {@linkplain #holdOpening held}. */
    public void awaitOpening() {
        Uninterruptibly.await(isOpening);
    }

    public void failToWarmUp(RuntimeException failure) {
        warmUpFailure = failure;
    }

    /** In the order of their opening, those that are closed included. */
    public List<Copy> all() {
        return List.copyOf(all);
    }

    /** How often one was to be opened, whether or not it could be. */
    public int attempts() {
        return attempts.get();
    }

    /** How many have not been closed. */
    public long living() {
        return all.stream().filter(copy -> copy.witness().closes() == 0).count();
    }

    @Override
    public Copy open() {
        attempts.incrementAndGet();
        CountDownLatch latch = opening;
        if (latch != null) {
            isOpening.countDown();
            Uninterruptibly.await(latch);
        }
        if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new IllegalStateException(name + " cannot be opened");
        }
        Copy copy = new Copy(name, new Witness(), new CopyOnWriteArrayList<>());
        all.add(copy);
        return copy;
    }

    @Override
    public void close(Copy copy) {
        copy.witness().close();
    }

    @Override
    public void warmUp(Copy copy) {
        RuntimeException failure = warmUpFailure;
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public boolean isLost(Copy copy, Throwable failure) {
        return failure instanceof Poison;
    }
}
