package dev.turnstile.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** Tells when an entry of a directory changes. */
interface EventSource extends AutoCloseable {
    /** Makes one. */
    @FunctionalInterface
    interface Opener {
        /**
         * Begins to listen.
         *
         * @param onEvent called after each event, on a thread of its own
         * @throws IOException if the system has no events to give
         */
        EventSource open(Runnable onEvent) throws IOException;
    }

    /**
     * Watches these entries and no others. To be called again from time to time: a directory that was moved away is still the one that is
     * watched, until then.
     *
     * @throws IOException if the system refuses to watch one of them
     */
    void watch(Set<Path> entries) throws IOException;

    @Override
    void close() throws IOException;
}
