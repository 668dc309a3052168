package dev.turnstile.cli;

import dev.turnstile.SwapException;
import java.nio.file.Path;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * Switches to another plugin whenever the content of its file changes, or, if the plugin is dead, when the file is touched. If the file cannot be used, it says
 * why, and the plugin before goes on.
 */
final class HotSwap implements Runnable {
    private final Path file;
    private final FileChanges changes;
    private final Swap swap;
    private final BooleanSupplier isDead;
    private final Terminal terminal;

    /** What the plugin was loaded from. */
    private FileContent inUse;

    /** Switches to what is in the file now. */
    @FunctionalInterface
    interface Swap {
        /** Returns what was done, in words. */
        String make() throws SwapException, InterruptedException;
    }

    /**
     * For a plugin that has just been loaded.
     *
     * @param loaded the file's content before it was loaded
     * @param isDead whether the plugin cannot be called any more
     */
    HotSwap(Path file, FileContent loaded, FileChanges changes, Swap swap, BooleanSupplier isDead, Terminal terminal) {
        this.file = file;
        this.inUse = loaded.ifStillThere();
        this.changes = changes;
        this.swap = swap;
        this.isDead = isDead;
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
        FileContent content = FileContent.of(file);
        if (content.isSameAs(inUse) && !isDead.getAsBoolean()) {
            return file + " has the same content as before; the plugin goes on";
        }
        try {
            String done = swap.make();
            inUse = content.ifStillThere();
            return done;
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
