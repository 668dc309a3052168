package dev.turnstile.faults.play;

import java.util.concurrent.Callable;

/** Something that is done on a thread of its own. */
final class Step {
    private final String name;
    private final Thread thread;
    private volatile boolean isDone;
    private volatile Object result;
    private volatile Throwable thrown;
    private volatile boolean isInterrupted;

    Step(String name, boolean onPlatform, Callable<?> body) {
        this.name = name;
        Thread.Builder builder = onPlatform ? Thread.ofPlatform().daemon() : Thread.ofVirtual();
        this.thread = builder.name("caller: " + name).unstarted(() -> {
            try {
                result = body.call();
            } catch (Throwable failure) {
                thrown = failure;
            }
            isDone = true;
        });
    }

    Thread thread() {
        return thread;
    }

    void interrupt() {
        isInterrupted = true;
        thread.interrupt();
    }

    boolean isInterrupted() {
        return isInterrupted;
    }

    boolean isDone() {
        return isDone;
    }

    Object result() {
        return result;
    }

    Throwable thrown() {
        return thrown;
    }

    @Override
    public String toString() {
        return name;
    }
}
