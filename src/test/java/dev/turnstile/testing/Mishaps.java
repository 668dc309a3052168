package dev.turnstile.testing;

import dev.turnstile.ResourceSource;
import dev.turnstile.testing.Copies.Copy;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** {@link Copies} with which something happens, step by step, as it is told. Whatever a call throws loses its copy, but for what is harmless. */
public final class Mishaps implements ResourceSource<Copy, RuntimeException> {
    /** What a source does. */
    public enum Step {
        OPEN,
        WARM_UP,
        IS_LOST,
        CLOSE
    }

    /** Thrown by a call that does no harm. */
    public static final class Harmless extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final Copies copies;
    private final Map<Step, Queue<Throwable>> next = new EnumMap<>(Step.class);

    public Mishaps(Copies copies) {
        this.copies = copies;
        for (Step step : Step.values()) {
            next.put(step, new ConcurrentLinkedQueue<>());
        }
    }

    /** Has a step throw something, once; the next time if it is not to throw something else before that. */
    public void happen(Step step, Throwable thrown) {
        next.get(step).add(thrown);
    }

    @SuppressWarnings("unchecked")
    private <X extends Throwable> void mayThrow(Step step) throws X {
        Throwable thrown = next.get(step).poll();
        if (thrown != null) {
            throw (X) thrown;
        }
    }

    @Override
    public @Nullable Copy open() {
        this.<RuntimeException>mayThrow(Step.OPEN);
        return copies.open();
    }

    @Override
    public void warmUp(Copy copy) {
        this.<RuntimeException>mayThrow(Step.WARM_UP);
    }

    @Override
    public boolean isLost(Copy copy, Throwable failure) {
        this.<RuntimeException>mayThrow(Step.IS_LOST);
        return !(failure instanceof Harmless);
    }

    @Override
    public void close(Copy copy) {
        copies.close(copy);
        this.<RuntimeException>mayThrow(Step.CLOSE);
    }
}
