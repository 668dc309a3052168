package dev.turnstile.cli;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Tells at once when an entry of a directory changes, where the system says so. */
final class DirectoryEvents implements EventSource {
    private final WatchService service;
    private final Runnable onEvent;

    /** The names that count, by directory. */
    private volatile Map<WatchKey, Set<Path>> names = Map.of();

    private DirectoryEvents(WatchService service, Runnable onEvent) {
        this.service = service;
        this.onEvent = onEvent;
    }

    /** Begins to listen; an {@link EventSource.Opener}. */
    static DirectoryEvents open(Runnable onEvent) throws IOException {
        DirectoryEvents events = new DirectoryEvents(FileSystems.getDefault().newWatchService(), onEvent);
        Thread.ofVirtual().name("turnstile-directory-events").start(events::listen);
        return events;
    }

    @Override
    public void watch(Set<Path> entries) throws IOException {
        Map<WatchKey, Set<Path>> next = new HashMap<>();
        for (Path entry : entries) {
            try {
                WatchKey key = Objects.requireNonNull(entry.getParent(), "directory")
                        .register(
                                service,
                                StandardWatchEventKinds.ENTRY_CREATE,
                                StandardWatchEventKinds.ENTRY_MODIFY,
                                StandardWatchEventKinds.ENTRY_DELETE);
                next.computeIfAbsent(key, unused -> new HashSet<>()).add(entry.getFileName());
            } catch (NoSuchFileException | NotDirectoryException gone) {
                // The next look finds the one that comes in its place.
            }
        }
        Set<WatchKey> before = names.keySet();
        names = next;
        before.stream().filter(key -> !next.containsKey(key)).forEach(WatchKey::cancel);
    }

    private void listen() {
        try {
            while (true) {
                WatchKey key = service.take();
                Set<Path> counting = names.getOrDefault(key, Set.of());
                boolean isEvent = key.pollEvents().stream().anyMatch(event -> isOf(event, counting));
                if (!key.reset() || isEvent) {
                    onEvent.run();
                }
            }
        } catch (ClosedWatchServiceException | InterruptedException closed) {
            // Nobody listens any more.
        }
    }

    @SuppressWarnings("SuspiciousMethodCalls") // the context of an overflow is null
    private static boolean isOf(WatchEvent<?> event, Set<Path> names) {
        return StandardWatchEventKinds.OVERFLOW.equals(event.kind()) || names.contains(event.context());
    }

    @Override
    public void close() throws IOException {
        service.close();
    }
}
