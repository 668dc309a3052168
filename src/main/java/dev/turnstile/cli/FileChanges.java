package dev.turnstile.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;

/** Tells when a file is written to or replaced. */
final class FileChanges implements AutoCloseable {
    private final Path file;
    private final WatchService service;

    private FileChanges(Path file, WatchService service) {
        this.file = file;
        this.service = service;
    }

    /** Changes count from here on. */
    static FileChanges of(Path file) {
        Path directory = file.toAbsolutePath().getParent();
        try {
            WatchService service = file.getFileSystem().newWatchService();
            if (directory != null) {
                directory.register(service, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
            }
            return new FileChanges(file, service);
        } catch (IOException unwatchable) {
            throw new UncheckedIOException(
                    "The plugin " + file + ": it cannot be watched: " + unwatchable, unwatchable);
        }
    }

    /** Waits for a change since the last one that it reported; returns {@code false} if the directory is gone. */
    boolean await() throws InterruptedException {
        boolean hasChanged = false;
        while (!hasChanged) {
            WatchKey key = service.take();
            hasChanged = key.pollEvents().stream().anyMatch(this::isOfFile);
            if (!key.reset()) {
                return false;
            }
        }
        return true;
    }

    private boolean isOfFile(WatchEvent<?> event) {
        return StandardWatchEventKinds.OVERFLOW.equals(event.kind())
                || file.getFileName().equals(event.context());
    }

    @Override
    public void close() {
        try {
            service.close();
        } catch (IOException unclosed) {
            throw new UncheckedIOException(unclosed);
        }
    }
}
