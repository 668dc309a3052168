package dev.turnstile.cli;

import static dev.turnstile.cli.FileChanges.Change.GONE;
import static dev.turnstile.cli.FileChanges.Change.OTHER_CONTENT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.turnstile.TimeSource;
import dev.turnstile.cli.FileChanges.Change;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.VirtualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every way to replace a file is noticed: at once where the system has events for it, and by the slow look without any. */
class FileChangesTest {
    private static final EventSource.Opener NO_EVENTS = onEvent -> {
        throw new IOException("User limit of inotify instances reached or too many open files");
    };
    /** Longer than any test. */
    private static final Duration NEVER = Duration.ofDays(1);

    @TempDir
    Path directory;

    private Path file;
    private final BlockingQueue<Change> told = new LinkedBlockingQueue<>();
    private final Queue<String> warnings = new ConcurrentLinkedQueue<>();
    private final VirtualTime time = new VirtualTime();
    private FileChanges changes;
    private Thread watcher;

    /** How a file comes to be another one. The one that is watched is {@code a/current/..data/file}, and all but {@code a} are links. */
    enum Way {
        WRITTEN_IN_PLACE {
            @Override
            void replace(Path a) throws IOException {
                Files.writeString(a.resolve("v1/data1/file1"), "another content");
            }
        },
        /** A tool that keeps times, and a content of the same length. */
        WRITTEN_IN_PLACE_WITH_ITS_TIME {
            @Override
            void replace(Path a) throws IOException {
                Path file = a.resolve("v1/data1/file1");
                FileTime before = Files.getLastModifiedTime(file);
                Files.writeString(file, "ONE");
                Files.setLastModifiedTime(file, before);
            }
        },
        RENAMED_OVER {
            @Override
            void replace(Path a) throws IOException {
                Path other = Files.writeString(a.resolve("other"), "one");
                move(other, a.resolve("v1/data1/file1"));
            }
        },
        DELETED_AND_CREATED {
            @Override
            void replace(Path a) throws IOException {
                Path file = a.resolve("v1/data1/file1");
                Files.delete(file);
                Files.writeString(file, "another content");
            }
        },
        LINK_OF_THE_FILE_SWITCHED {
            @Override
            void replace(Path a) throws IOException {
                switchLink(a.resolve("v1/data1/file"), "file2");
            }
        },
        LINK_OF_ITS_DIRECTORY_SWITCHED {
            @Override
            void replace(Path a) throws IOException {
                switchLink(a.resolve("v1/..data"), "data2");
            }
        },
        LINK_FURTHER_ABOVE_SWITCHED {
            @Override
            void replace(Path a) throws IOException {
                switchLink(a.resolve("current"), "../a/v2");
            }
        },
        LINK_FURTHER_ABOVE_SWITCHED_TO_AN_ABSOLUTE_ONE {
            @Override
            void replace(Path a) throws IOException {
                switchLink(a.resolve("current"), a.resolve("v2").toString());
            }
        };

        abstract void replace(Path a) throws IOException;
    }

    @BeforeEach
    void create() throws IOException {
        Path a = Files.createDirectory(directory.resolve("a"));
        tree(a);
        file = a.resolve("current/..data/file");
    }

    private static void tree(Path a) throws IOException {
        for (String version : List.of("v1", "v2")) {
            for (String data : List.of("data1", "data2")) {
                Path in = Files.createDirectories(a.resolve(version).resolve(data));
                Files.writeString(in.resolve("file1"), "one");
                Files.writeString(in.resolve("file2"), "two");
                Files.createSymbolicLink(in.resolve("file"), Path.of("file1"));
            }
            Files.createSymbolicLink(a.resolve(version).resolve("..data"), Path.of("data1"));
        }
        Files.createSymbolicLink(a.resolve("current"), Path.of("v1"));
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (watcher != null) {
            watcher.interrupt();
            watcher.join();
            changes.close();
        }
    }

    /** Each change that is noticed is put into {@link #told}. */
    private void watch(TimeSource clock, Duration look, EventSource.Opener opener) {
        changes = FileChanges.of(file, clock, look, opener, warnings::add);
        watcher = Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    told.add(changes.await());
                }
            } catch (InterruptedException stopped) {
                // That is the end of the test.
            }
        });
    }

    /** Returns when nothing but an event has the watcher look. */
    private void watchEventsAlone() {
        watch(TimeSource.system(), NEVER, DirectoryEvents::open);
        awaitWaiting();
    }

    private void awaitWaiting() {
        Eventually.isTrue("the watcher waits", () -> watcher.getState().equals(Thread.State.TIMED_WAITING));
    }

    private void watchWithoutEvents() throws InterruptedException {
        watch(time, FileChanges.LOOK, NO_EVENTS);
        time.awaitParked(1);
    }

    /** The watcher is parked before and after. */
    private void pass(Duration duration) throws InterruptedException {
        time.advance(duration);
        time.awaitParked(1);
    }

    private Path a() {
        return directory.resolve("a");
    }

    // ---- with and without events ----

    @ParameterizedTest
    @EnumSource
    void eachWay_isToldByAnEvent(Way way) throws Exception {
        watchEventsAlone();
        way.replace(a());

        assertEquals(OTHER_CONTENT, Eventually.next("the change", told));
        assertEquals(List.of(), List.copyOf(warnings));
    }

    /** Whatever an event led to, the directories that count now are the ones that are watched now. */
    @ParameterizedTest
    @EnumSource
    void eachWay_afterALinkWasSwitched_isToldByAnEvent(Way way) throws Exception {
        watchEventsAlone();
        switchLink(a().resolve("current"), "v2");
        assertEquals(OTHER_CONTENT, Eventually.next("the first change", told));
        awaitWaiting();
        switchLink(a().resolve("current"), "v1");
        assertEquals(OTHER_CONTENT, Eventually.next("the second change", told));
        awaitWaiting();

        way.replace(a());
        assertEquals(OTHER_CONTENT, Eventually.next("the change", told));
    }

    @ParameterizedTest
    @EnumSource
    void eachWay_withoutEvents_isToldWhenTwoLooksSeeTheSame(Way way) throws Exception {
        watchWithoutEvents();
        way.replace(a());
        pass(FileChanges.LOOK);
        pass(FileChanges.LOOK.minusNanos(1));
        assertNull(told.peek());
        pass(FileChanges.LOOK);

        assertEquals(OTHER_CONTENT, told.remove());
        pass(FileChanges.LOOK);
        pass(FileChanges.LOOK);
        assertNull(told.peek());
    }

    /** The watched directory has no event for that. */
    @Test
    void directoryAbove_thatIsMovedAndCreatedAnew_isNoticedByTheSlowLook() throws Exception {
        watch(time, FileChanges.LOOK, DirectoryEvents::open);
        time.awaitParked(1);
        Files.move(a(), directory.resolve("b"));
        tree(Files.createDirectory(a()));
        pass(FileChanges.LOOK);
        pass(FileChanges.LOOK);

        assertEquals(OTHER_CONTENT, told.remove());
    }

    @Test
    void directoryThatWasCreatedAnew_isWatchedInThePlaceOfTheOldOne() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        try (EventSource events = DirectoryEvents.open(() -> heard.add("an event"))) {
            Path entry = a().resolve("v1/data1/file1");
            events.watch(Set.of(entry));
            Files.move(a(), directory.resolve("b"));
            tree(Files.createDirectory(a()));
            events.watch(Set.of(entry));
            Files.writeString(directory.resolve("b/v1/data1/file1"), "not the one that is watched");
            Files.writeString(entry.resolveSibling("beside"), "nor this one");
            assertNull(heard.peek());

            Files.writeString(entry, "this one");
            Eventually.next("an event", heard);
        }
    }

    // ---- half written, and gone ----

    @Test
    void file_thatIsWrittenSlowly_isToldWhenItIsWhole() throws Exception {
        watchWithoutEvents();
        for (int i = 0; i < 10; i++) {
            Files.writeString(file, "x".repeat(100 + i));
            pass(FileChanges.LOOK);
        }
        assertNull(told.peek());
        pass(FileChanges.LOOK);

        assertEquals(OTHER_CONTENT, told.remove());
    }

    @Test
    void file_thatIsGoneForLessThanALook_isNotMissed() throws Exception {
        watchWithoutEvents();
        Path real = file.toRealPath();
        Files.move(real, directory.resolve("away"));
        pass(FileChanges.LOOK);
        Files.move(directory.resolve("away"), real);
        pass(FileChanges.LOOK);
        pass(FileChanges.LOOK);

        assertEquals(List.of(), List.copyOf(told).stream().filter(GONE::equals).toList());
    }

    @Test
    void file_thatIsGone_isToldOnce_andSoIsTheNext() throws Exception {
        watchWithoutEvents();
        Files.move(a(), directory.resolve("b"));
        for (int i = 0; i < 5; i++) {
            pass(FileChanges.LOOK);
        }
        assertEquals(List.of(GONE), List.copyOf(told));

        Files.move(directory.resolve("b"), a());
        for (int i = 0; i < 5; i++) {
            pass(FileChanges.LOOK);
        }
        assertEquals(List.of(GONE, OTHER_CONTENT), List.copyOf(told));
    }

    @Test
    void circleOfLinks_isTold_andSoIsItsEnd() throws Exception {
        watchWithoutEvents();
        switchLink(a().resolve("current"), "current");
        pass(FileChanges.LOOK);
        pass(FileChanges.LOOK);
        assertEquals(OTHER_CONTENT, told.remove()); // who reads it learns why it cannot be read
        switchLink(a().resolve("current"), "v2");
        pass(FileChanges.LOOK);
        pass(FileChanges.LOOK);

        assertEquals(OTHER_CONTENT, told.remove());
    }

    // ---- no events to be had ----

    @Test
    void refusedEvents_areOneWarning() throws Exception {
        watchWithoutEvents();
        for (int i = 0; i < 5; i++) {
            pass(FileChanges.LOOK);
        }

        assertEquals(
                List.of(file
                        + ": the system does not tell of changes (User limit of inotify instances reached or too many"
                        + " open files), so it is looked at every 2 seconds"),
                List.copyOf(warnings));
    }

    @Test
    void refusedDirectory_isOneWarning_andTheSlowLookGoesOn() throws Exception {
        watch(time, FileChanges.LOOK, onEvent -> new Refusing());
        time.awaitParked(1);
        Way.RENAMED_OVER.replace(a());
        pass(FileChanges.LOOK);
        pass(FileChanges.LOOK);

        assertEquals(OTHER_CONTENT, told.remove());
        assertEquals(
                List.of(file + ": the system does not tell of changes (User limit of inotify watches reached), so it is"
                        + " looked at every 2 seconds"),
                List.copyOf(warnings));
    }

    private static final class Refusing implements EventSource {
        @Override
        public void watch(Set<Path> entries) throws IOException {
            throw new IOException("User limit of inotify watches reached");
        }

        @Override
        public void close() {}
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void switchLink(Path link, String target) throws IOException {
        Path next = Files.createSymbolicLink(link.resolveSibling("next"), Path.of(target));
        move(next, link);
    }
}
