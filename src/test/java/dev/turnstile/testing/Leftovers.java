package dev.turnstile.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What a gate or a plugin may leave in the process when it is gone: threads and open files. */
public final class Leftovers {
    private static final Path OPEN_FILES = Path.of("/proc/self/fd");

    private Leftovers() {}

    /**
     * Waits until no platform thread of the library lives. Virtual ones are not looked for: the JDK lists them in a thread dump alone,
     * and JDK 25.0.3 crashes when it dumps one that is being unmounted. The timer's thread is shared by all gates, and ends by
     * itself when nothing has been planned for some time.
     */
    public static void awaitNoThreads() {
        Eventually.isTrue(
                "no thread of the library is left",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .map(Thread::getName)
                        .noneMatch(name -> name.startsWith("turnstile-") && !name.equals("turnstile-timer")));
    }

    /** The files below a directory that this process has open, deleted ones too; none where the system cannot tell. */
    public static List<String> openFiles(Path directory) {
        if (!Files.isDirectory(OPEN_FILES)) {
            return List.of();
        }
        try (Stream<Path> descriptors = Files.list(OPEN_FILES)) {
            return descriptors
                    .map(Leftovers::target)
                    .filter(file -> file.startsWith(directory + "/"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }
}
