package dev.turnstile.bench.gate;

import dev.turnstile.JoinPolicy;
import dev.turnstile.plugin.NativePlugin;
import dev.turnstile.plugin.PluginFanOut;
import dev.turnstile.plugin.SynchronizedPlugin;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;

/** A way of making many calls from one thread and of joining them all. */
enum Joined {
    SUBMIT("Turnstile, `submit` with 100 places") {
        @Override
        void run(Subjects on) throws Exception {
            submit(on.bounded());
        }
    },
    SEMAPHORE("fair `Semaphore(100)` and executor, by hand") {
        @Override
        void run(Subjects on) {
            Semaphore places = new Semaphore(on.bounded().capacity(), true);
            join(call -> {
                places.acquireUninterruptibly();
                return CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return on.call();
                            } finally {
                                places.release();
                            }
                        },
                        on.executor());
            });
        }
    },
    SUBMIT_ALL("Turnstile, `submit` with room for all") {
        @Override
        void run(Subjects on) throws Exception {
            submit(on.roomy());
        }
    },
    EXECUTOR_ALL("`supplyAsync` on a single-thread executor") {
        @Override
        void run(Subjects on) {
            join(call -> CompletableFuture.supplyAsync(on::call, on.executor()));
        }
    },
    SUBMIT_STAGE("Turnstile, with room for all and a stage each") {
        @Override
        void run(Subjects on) {
            join(call -> submitted(on.roomy()).thenApply(String::length));
        }
    },
    EXECUTOR_STAGE("the executor, with a stage each on a virtual thread") {
        @Override
        void run(Subjects on) {
            join(call -> CompletableFuture.supplyAsync(on::call, on.executor())
                    .thenApplyAsync(String::length, on.virtualThreads()));
        }
    },
    FORKS("Turnstile, a block of forks") {
        @Override
        void run(Subjects on) throws Exception {
            try (PluginFanOut<String> block = on.bounded().fanOut(JoinPolicy.ALL_OR_CANCEL)) {
                for (int i = 0; i < CALLS; i++) {
                    block.fork(ASKED.tag(), ASKED.request());
                }
                block.join();
            }
        }
    },
    LOOP("one thread calling `NativePlugin` in a loop") {
        @Override
        void run(Subjects on) throws Exception {
            on.executor()
                    .submit(() -> {
                        for (int i = 0; i < CALLS; i++) {
                            on.call();
                        }
                    })
                    .get();
        }
    };

    static final int CALLS = 200_000;

    private static final Question ASKED = Question.ofCaller(0);

    /**
     * What is called.
     *
     * @param direct may be called on the executor's thread only
     */
    record Subjects(
            SynchronizedPlugin bounded,
            SynchronizedPlugin roomy,
            NativePlugin direct,
            ExecutorService executor,
            ExecutorService virtualThreads) {
        private String call() {
            return direct.call(ASKED.tag(), ASKED.request());
        }
    }

    private final String label;

    Joined(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    abstract void run(Subjects on) throws Exception;

    @FunctionalInterface
    private interface Submission {
        CompletableFuture<?> of(int call);
    }

    private static void join(Submission submission) {
        List<CompletableFuture<?>> futures = new ArrayList<>(CALLS);
        for (int i = 0; i < CALLS; i++) {
            futures.add(submission.of(i));
        }
        futures.forEach(CompletableFuture::join);
    }

    private static void submit(SynchronizedPlugin plugin) {
        join(call -> submitted(plugin));
    }

    private static CompletableFuture<String> submitted(SynchronizedPlugin plugin) {
        try {
            return plugin.submit(ASKED.tag(), ASKED.request());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
