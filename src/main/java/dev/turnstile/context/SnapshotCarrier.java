package dev.turnstile.context;

import dev.turnstile.ContextCarrier;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import java.util.Objects;

/**
 * Carries what Micrometer's context propagation knows: the thread-locals whose accessors are registered, for instance those of Reactor, of Micrometer's
 * observations and tracers, and of Spring Security.
 *
 * <p>It does not block, has no state, and may be used by any number of gates and threads. An accessor that throws fails the call whose context it was to capture
 * or to restore.
 */
@SuppressWarnings(
        "exports") // of context-propagation: if required transitively, every user of the library would need it
public final class SnapshotCarrier implements ContextCarrier {
    private final ContextSnapshotFactory factory;

    private SnapshotCarrier(ContextSnapshotFactory factory) {
        this.factory = factory;
    }

    /**
     * Returns a carrier for all accessors of the global registry. What a caller does not have is missing while its code runs, whatever another call left
     * there.
     *
     * @return the carrier
     */
    public static SnapshotCarrier create() {
        return of(ContextSnapshotFactory.builder().clearMissing(true).build());
    }

    /**
     * Returns a carrier with another registry, or for some of the accessors.
     *
     * @param factory captures the snapshots; if it does not {@code clearMissing}, a thread-local that an action sets and leaves is seen by the next call that has
     *     none
     * @return the carrier
     */
    public static SnapshotCarrier of(ContextSnapshotFactory factory) {
        return new SnapshotCarrier(Objects.requireNonNull(factory, "factory"));
    }

    @Override
    public Captured capture() {
        return new Snapshot(factory.captureAll());
    }

    @Override
    public String toString() {
        return "SnapshotCarrier";
    }

    private record Snapshot(ContextSnapshot snapshot) implements Captured {
        @Override
        public void run(Runnable code) {
            snapshot.wrap(code).run();
        }
    }
}
