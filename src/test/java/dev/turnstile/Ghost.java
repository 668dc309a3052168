package dev.turnstile;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Copies.Copy;
import dev.turnstile.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** How calls come to stand in a queue that will never start. */
enum Ghost {
    CANCELLED {
        @Override
        void come(Scene scene) throws Exception {
            for (int i = 0; i < scene.count; i++) {
                scene.futures.add(scene.audit.watch(scene.gate.submit(scene.action)));
            }
        }

        @Override
        void give(Scene scene) {
            scene.futures.forEach(future -> future.cancel(false));
        }
    },
    EXPIRED {
        @Override
        void come(Scene scene) throws Exception {
            for (int i = 0; i < scene.count; i++) {
                scene.futures.add(scene.audit.watch(scene.gate.submit(scene.action, LIMIT)));
            }
        }

        @Override
        void give(Scene scene) {
            scene.time.advance(LIMIT);
            scene.futures.forEach(Caller::failureOf);
        }
    },
    INTERRUPTED {
        @Override
        void come(Scene scene) {
            for (int i = 0; i < scene.count; i++) {
                scene.callers.add(scene.arrives(() -> scene.gate.call(scene.action)));
            }
        }

        @Override
        void give(Scene scene) {
            scene.callers.forEach(Caller::interrupt);
            scene.callers.forEach(Caller::failure);
        }
    },
    /** Their owner has not looked yet. The call that is in the resource is of the same block, and decides it when it returns. */
    OF_A_DECIDED_BLOCK {
        @Override
        void come(Scene scene) {
            scene.fork(null);
        }

        @Override
        boolean holdsByItself() {
            return true;
        }
    },
    /** Likewise. */
    OF_A_BLOCK_WHOSE_LIMIT_HAS_PASSED {
        @Override
        void come(Scene scene) {
            scene.fork(LIMIT);
        }

        @Override
        void give(Scene scene) {
            scene.time.advance(LIMIT);
        }
    };

    private static final Duration LIMIT = Duration.ofSeconds(1);

    abstract void come(Scene scene) throws Exception;

    void give(Scene scene) {}

    boolean holdsByItself() {
        return false;
    }

    /** A gate with one worker, which is in a call, and the ghosts of its queue. */
    static final class Scene {
        private final Audit audit;
        private final Turnstile<Copy> gate;
        private final Probe probe;
        private final VirtualTime time;
        private final int count;
        private final Action<Copy, String, RuntimeException> action;
        private final Action<Copy, String, RuntimeException> holding;
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch latch;
        private final CountDownLatch mayJoin;
        private final Ghost ghost;
        private final List<CompletableFuture<String>> futures = new ArrayList<>();
        private final List<Caller<String>> callers = new ArrayList<>();

        /** @param action what is never run, with the lane and key of the ghosts */
        Scene(
                Audit audit,
                Turnstile<Copy> gate,
                VirtualTime time,
                Ghost ghost,
                int count,
                Action<Copy, String, RuntimeException> action)
                throws Exception {
            this.audit = audit;
            this.gate = gate;
            this.probe = Probe.of(gate);
            this.time = time;
            this.count = count;
            this.action = action;
            this.ghost = ghost;
            this.latch = audit.latch();
            this.mayJoin = audit.latch();
            this.holding = copy -> {
                copy.witness().hold(entered, latch);
                return "held";
            };
            if (!ghost.holdsByItself()) {
                var unused = audit.watch(gate.trySubmit(holding));
                entered.await();
            }
            ghost.come(this);
        }

        /** Waits until it is in the line, or outside. */
        private Caller<String> arrives(Callable<String> work) {
            Caller<String> caller = Caller.start(work);
            probe.awaitCome(callers.size() + 1);
            return caller;
        }

        private void fork(Duration limit) {
            CountDownLatch forked = new CountDownLatch(1);
            Caller<Object> unused = Caller.start(() -> {
                try (FanOut<Copy, String> block = limit == null
                        ? gate.fanOut(JoinPolicy.FIRST_SUCCESS)
                        : gate.fanOut(JoinPolicy.FIRST_SUCCESS, limit)) {
                    if (ghost.holdsByItself()) {
                        block.fork(holding);
                        entered.await();
                    }
                    for (int i = 0; i < count; i++) {
                        block.fork(action);
                    }
                    forked.countDown();
                    mayJoin.await();
                    return block.join();
                }
            });
            try {
                forked.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        /** The ghosts give up, and the worker goes on. */
        void release() {
            ghost.give(this);
            latch.countDown();
        }
    }
}
