package dev.turnstile.cli;

import dev.turnstile.SwapException;
import java.nio.file.Path;
import java.util.concurrent.TimeoutException;

/** Switches to another plugin whenever its file changes. If the file cannot be used, it says why, and the plugin before goes on. */
final class HotSwap implements Runnable {
    private final Path file;
    private final FileChanges changes;
    private final Swap swap;
    private final Terminal terminal;

    /** Switches to what is in the file now. */
    @FunctionalInterface
    interface Swap {
        /** Returns what was done, in words. */
        String make() throws SwapException, InterruptedException;
    }

    HotSwap(Path file, FileChanges changes, Swap swap, Terminal terminal) {
        this.file = file;
        this.changes = changes;
        this.swap = swap;
        this.terminal = terminal;
    }

    /** Goes on until it is interrupted, also when the file is gone: one may come. */
    @Override
    public void run() {
        try {
            while (true) {
                terminal.message("turnstile: "
                        + switch (changes.await()) {
                            case OTHER_CONTENT -> swapped();
                            case GONE -> file + " is gone; the plugin goes on until there is another one";
                        });
            }
        } catch (InterruptedException asMeant) {
            // There are no more calls to be made.
        }
    }

    /** What fails is told once: it is tried again when the file is another one, as after a writer that was slow. */
    private String swapped() throws InterruptedException {
        try {
            return swap.make();
        } catch (SwapException | RuntimeException refused) {
            if (Thread.interrupted()) { // which may have been what stopped it
                throw new InterruptedException();
            }
            return file + " has changed, but the plugin before it goes on: " + why(refused);
        }
    }

    private static String why(Exception refused) {
        Throwable cause = refused.getCause() != null && refused instanceof SwapException ? refused.getCause() : refused;
        if (cause instanceof TimeoutException) {
            return "the new one was not ready in time";
        }
        Failure failure = Failure.of(cause);
        return failure.exitCode() == Failure.UNEXPECTED ? String.valueOf(cause) : failure.message();
    }
}
