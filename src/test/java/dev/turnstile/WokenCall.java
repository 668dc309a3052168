package dev.turnstile;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/** A call whose owner is a test: notes as what it was woken, for whoever waits for something must be woken after it has come. */
final class WokenCall extends Call<Object, Object> {
    private final String name;
    private final BooleanSupplier isOver;

    /** What its owner learned at once, if anything. */
    volatile Line.Admission admission;

    /** Its owner waits for its end alone, and has come. */
    volatile boolean arrived;

    /** The furthest: of two who wake it at once, the one who saw the earlier state may be the later. */
    private final AtomicReference<CallState> furthest = new AtomicReference<>(CallState.NEW);

    WokenCall(String name) {
        this(name, resource -> resource, () -> false);
    }

    /** @param isOver says whether the block is over of which it is a fork */
    WokenCall(String name, Action<Object, Object, RuntimeException> action, BooleanSupplier isOver) {
        super(action);
        this.name = name;
        this.isOver = isOver;
    }

    @Override
    CallState endInsteadOfRunning() {
        return isOver.getAsBoolean() ? CallState.CANCELLED : null;
    }

    /** Whoever waits for something that has come was woken after it had. */
    void assertWoken() {
        if (!isWoken()) {
            throw new AssertionError(name + " is " + state() + " and was woken as " + furthest);
        }
    }

    private boolean isWoken() {
        CallState wokenAs = furthest.get();
        boolean refusedAtOnce = admission == Line.Admission.FULL || admission == Line.Admission.REFUSED;
        return switch (state()) {
            case NEW, WAITING, CANCELLED, EXPIRED -> true; // nothing has come, or the owner itself did it
            case PENDING, RUNNING ->
                arrived
                        || admission == Line.Admission.ACCEPTED
                        || wokenAs == CallState.PENDING
                        || wokenAs == CallState.RUNNING;
            case COMPLETED, FAILED -> wokenAs == state();
            case ABANDONED -> endAfterReturn() != CallState.REFUSED || wokenAs == CallState.ABANDONED;
            case REFUSED -> refusedAtOnce || wokenAs == CallState.REFUSED || wokenAs == CallState.ABANDONED;
        };
    }

    @Override
    void wake() {
        furthest.accumulateAndGet(state(), (before, now) -> now.compareTo(before) > 0 ? now : before);
    }

    @Override
    boolean isOwnedByVirtualThread() {
        return false;
    }

    @Override
    public String toString() {
        return name;
    }
}
