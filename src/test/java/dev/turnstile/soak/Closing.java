package dev.turnstile.soak;

import dev.turnstile.CloseReport;
import dev.turnstile.testing.Audit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** A way to close a gate. Calls that are needed for it are calls of the traffic like all others. */
enum Closing {
    DRAINS {
        @Override
        void begin(Life life, SplittableRandom random) {
            life.entrance().close(Audit.PATIENCE);
        }
    },
    SHORT_LIMIT {
        @Override
        void begin(Life life, SplittableRandom random) {
            life.entrance().close(shortLimit(random));
        }
    },
    AT_ONCE {
        @Override
        void begin(Life life, SplittableRandom random) {
            life.entrance().close(Duration.ZERO);
        }
    },
    SHUTS_DOWN {
        @Override
        void begin(Life life, SplittableRandom random) {
            life.entrance().shutdown();
        }
    },
    WHILE_INTERRUPTED {
        @Override
        void begin(Life life, SplittableRandom random) {
            Thread.currentThread().interrupt();
            life.entrance().close(Audit.PATIENCE);
            if (!Thread.interrupted()) {
                throw new AssertionError("Closing lost the interrupt: " + life.entrance());
            }
        }
    },
    BY_SEVERAL {
        @Override
        void begin(Life life, SplittableRandom random) {
            List<CompletableFuture<?>> closers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Duration limit = shortLimit(random);
                CompletableFuture<CloseReport> report = new CompletableFuture<>();
                Thread.ofVirtual().start(() -> report.complete(life.entrance().close(limit)));
                closers.add(report);
            }
            closers.forEach(Closing::await);
        }
    },
    FROM_A_STAGE {
        @Override
        void begin(Life life, SplittableRandom random) {
            Desk.Made made = life.submitToClose(Deed.ECHO);
            await(made.future().handle((result, thrown) -> life.entrance().close(shortLimit(random))));
        }
    },
    FROM_THE_WORKER {
        @Override
        void begin(Life life, SplittableRandom random) {
            if (life.entrance().isWatched()) {
                await(life.submitToClose(Deed.CLOSES).end());
            } else {
                life.entrance().shutdown(); // no code of ours runs there
            }
        }
    },
    UNDER_A_CALL {
        @Override
        void begin(Life life, SplittableRandom random) {
            life.nativeSide().closeGate();
            life.submitToClose(Deed.BLOCK);
            life.nativeSide().awaitEntered();
            CloseReport report = life.entrance().close(shortLimit(random));
            boolean open = life.nativeSide().count("live_instances") > 0
                    && (life.entrance().openResources() > 0 || !life.entrance().isWatched());
            life.nativeSide().openGate();
            boolean others = report.abandoned() > 1 && !life.setup().isPool();
            if (report.resourceClosed() || report.abandoned() < 1 || others || !open) {
                throw new AssertionError("Closed under a call: " + report + ", " + life.entrance());
            }
        }
    };

    abstract void begin(Life life, SplittableRandom random);

    /** Closes it and waits for it. Says whether it is closed; what else does not go as it should is a breach. */
    boolean close(Life life, SplittableRandom random, Findings findings) throws InterruptedException {
        try {
            begin(life, random);
        } catch (AssertionError | CompletionException failed) {
            findings.add(Breach.WRONG, () -> "closing " + this + ": " + failed);
        }
        return life.terminate();
    }

    /** Draws one that a gate with a setup can be closed by. */
    static Closing draw(Setup setup, SplittableRandom random) {
        Closing drawn = values()[random.nextInt(values().length)];
        return setup.takesEveryCall() || !drawn.needsACall() ? drawn : DRAINS;
    }

    private boolean needsACall() {
        return this == FROM_A_STAGE || this == FROM_THE_WORKER || this == UNDER_A_CALL;
    }

    private static Duration shortLimit(SplittableRandom random) {
        return Duration.ofNanos(Mix.logUniform(random, 1_000, 5_000_000));
    }

    private static void await(CompletableFuture<?> future) {
        future.orTimeout(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }
}
