package dev.turnstile;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What the gate of {@link GateThreads} guards: instances that notice when they are used as they must not be. */
final class GateSource implements ResourceSource<GateSource.Instance, RuntimeException> {
    private final Queue<Instance> instances = new ConcurrentLinkedQueue<>();
    private volatile boolean insideWithKey;
    private volatile boolean misused;

    static final class Instance {
        private volatile boolean inside;
        private volatile boolean closed;
    }

    /** By this an instance is lost. */
    static final class Poison extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Override
    public Instance open() {
        Instance opened = new Instance();
        instances.add(opened);
        return opened;
    }

    @Override
    public void close(Instance instance) {
        misused |= instance.inside || instance.closed;
        instance.closed = true;
    }

    @Override
    public boolean isLost(Instance instance, Throwable failure) {
        return failure instanceof Poison;
    }

    void use(Instance instance) {
        misused |= instance.inside || instance.closed;
        instance.inside = true;
        instance.inside = false;
    }

    /** The calls of one key do not overlap wherever they are run. */
    void useWithKey(Instance instance) {
        misused |= insideWithKey;
        insideWithKey = true;
        use(instance);
        insideWithKey = false;
    }

    /** Says whether two calls overlapped, or one came after the closing. */
    boolean isMisused() {
        return misused;
    }

    boolean areAllClosed() {
        return instances.stream().allMatch(instance -> instance.closed);
    }
}
