package dev.turnstile.comparison;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The wrapper that rustbridge's tutorial teaches, written anew from its description, mistakes included: a bounded {@link
 * ArrayBlockingQueue}, a {@link CompletableFuture} for each call, one worker that looks every 100 ms whether it is to stop, and
 * a {@code close} that waits up to 5 s for it and then closes the resource. It is what many write by hand.
 */
public final class TutorialWrapper implements AutoCloseable {
    private static final long JOIN_MILLIS = 5_000;
    private static final long POLL_MILLIS = 100;

    private record Item<T>(Callable<T> call, CompletableFuture<T> completion) {
        void run() {
            try {
                completion.complete(call.call());
            } catch (Exception thrown) {
                completion.completeExceptionally(thrown);
            }
        }

        void refuse() {
            completion.completeExceptionally(new IllegalStateException("shut down"));
        }
    }

    private final BlockingQueue<Item<?>> queue;
    private final Runnable closeResource;
    private final Thread worker;
    private volatile boolean shutDown;

    public TutorialWrapper(int capacity, Runnable closeResource) {
        this.queue = new ArrayBlockingQueue<>(capacity);
        this.closeResource = closeResource;
        this.worker = new Thread(this::work, "tutorial-worker");
        worker.setDaemon(true);
        worker.start();
    }

    public <T> CompletableFuture<T> submit(Callable<T> call) throws InterruptedException {
        if (shutDown) {
            return CompletableFuture.failedFuture(new IllegalStateException("shut down"));
        }
        CompletableFuture<T> completion = new CompletableFuture<>();
        queue.put(new Item<>(call, completion));
        return completion;
    }

    private void work() {
        while (!shutDown || !queue.isEmpty()) {
            try {
                Item<?> item = queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (item != null) {
                    item.run();
                }
            } catch (InterruptedException interrupted) {
                break;
            }
        }
        for (Item<?> item = queue.poll(); item != null; item = queue.poll()) {
            item.refuse();
        }
    }

    @Override
    public void close() {
        if (shutDown) {
            return;
        }
        shutDown = true;
        try {
            worker.join(JOIN_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        closeResource.run();
    }
}
