package dev.turnstile;

/** Stands in a queue like a call and is none: the worker that waits there is to look around. */
final class Mark<R> extends Call<R, Void> {
    Mark() {
        super(resource -> {
            throw new IllegalStateException("A mark is not a call");
        });
    }

    @Override
    void wake() {}

    @Override
    boolean isOwnedByVirtualThread() {
        return false;
    }
}
