package dev.turnstile.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/** Descends to the end of the stack, and does something on each of the last levels on the way back. */
public final class Recursion {
    /** On how many levels something is done. */
    public static final int LEVELS = 300;

    /** Small, so that the end is soon reached. */
    private static final long STACK = 256 * 1024;

    private final Runnable onTheWayBack;
    private int overflows;
    private int done;

    /** Makes one that is not yet begun. */
    public Recursion(Runnable onTheWayBack) {
        this.onTheWayBack = onTheWayBack;
    }

    @SuppressWarnings("InfiniteRecursion") // that is what it is for
    private void descend() {
        boolean end = false;
        try {
            descend();
        } catch (StackOverflowError asMeant) {
            end = true;
        }
        if ((end || done > 0) && done < LEVELS) {
            done++;
            try {
                onTheWayBack.run();
            } catch (StackOverflowError tooDeep) {
                overflows++;
            }
        }
    }

    /**
     * Runs on a platform thread with a small stack; the sizes differ, so that each frame meets each place in the code.
     *
     * @return how often what was to be done overflowed
     */
    public int run(int attempt) throws InterruptedException {
        CompletableFuture<Void> outcome = new CompletableFuture<>();
        Thread thread = new Thread(
                null,
                () -> {
                    try {
                        descend();
                        outcome.complete(null);
                    } catch (Throwable thrown) {
                        outcome.completeExceptionally(thrown);
                    }
                },
                "deep caller",
                STACK + attempt * 1016L);
        thread.setDaemon(true);
        thread.start();
        assertTrue(thread.join(Audit.PATIENCE), () -> "the caller hangs: " + Arrays.toString(thread.getStackTrace()));
        outcome.join();
        return overflows;
    }
}
