package dev.turnstile.demo;

import dev.turnstile.TurnstileStats;
import dev.turnstile.plugin.SynchronizedPlugin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/** Many virtual threads that do the same at once, numbered from 0. */
final class Callers<T> {
    private final List<Future<T>> results;

    private Callers(List<Future<T>> results) {
        this.results = results;
    }

    /** What each of them does. */
    @FunctionalInterface
    interface Task<T> {
        T run(int caller) throws Exception;
    }

    static <T> Callers<T> start(int count, Task<T> task) {
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        List<Future<T>> results = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int caller = i;
            results.add(threads.submit(() -> task.run(caller)));
        }
        threads.shutdown();
        return new Callers<>(results);
    }

    /** Starts one after the other: each when the call of the one before is in the line, or waits outside. */
    static <T> Callers<T> startInOrder(SynchronizedPlugin plugin, int count, Task<T> task) throws InterruptedException {
        List<Future<T>> results = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int caller = i;
            FutureTask<T> result = new FutureTask<>(() -> task.run(caller));
            results.add(result);
            startAndAwaitArrival(plugin, result);
        }
        return new Callers<>(results);
    }

    /** Starts a virtual thread and waits until a call has arrived at the plugin's gate, or the thread has ended. */
    static Thread startAndAwaitArrival(SynchronizedPlugin plugin, Runnable caller) throws InterruptedException {
        long before = arrivals(plugin);
        Thread thread = Thread.ofVirtual().start(caller);
        boolean ended = false;
        while (!ended && arrivals(plugin) == before) {
            ended = thread.join(Duration.ofMillis(1));
        }
        return thread;
    }

    private static long arrivals(SynchronizedPlugin plugin) {
        TurnstileStats stats = plugin.stats();
        return stats.accepted() + stats.waiting();
    }

    /** Waits for all of them; what one of them threw ends the demo. */
    List<T> join() throws InterruptedException {
        List<T> all = new ArrayList<>(results.size());
        for (Future<T> result : results) {
            try {
                all.add(result.get());
            } catch (ExecutionException failed) {
                throw new IllegalStateException("Caller " + all.size() + " failed", failed.getCause());
            }
        }
        return all;
    }
}
