package dev.turnstile.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What this process has of the system at a moment: child processes, those included that have ended and that nobody has waited for; descriptors of pipes, sockets and
 * selectors; mapped files below a directory, those included that have lost their name.
 */
public record Holdings(List<String> children, int descriptors, List<String> mappings) {
    private static final Path PROCESSES = Path.of("/proc");

    /** Looks now. A test is skipped where the system does not tell. */
    public static Holdings of(Path directory) {
        assumeTrue(Files.exists(PROCESSES.resolve("self/maps")), "this system tells what a process has");
        try {
            return new Holdings(childrenNow(), descriptorsNow(), mappingsNow(directory));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Waits until this process has what it had before; then until memory that nobody uses any more is collected, and no file is mapped. */
    public static void awaitNoMoreThan(Holdings before, Path directory) {
        Eventually.isTrue(() -> "nothing is left: " + before + ", then " + of(directory), () -> {
            Holdings now = of(directory);
            return now.children.equals(before.children) && now.descriptors <= before.descriptors;
        });
        awaitNoMapping(directory);
    }

    /** Waits until no file below a directory is mapped. */
    public static void awaitNoMapping(Path directory) {
        Eventually.isTrue("no file is mapped below " + directory, () -> {
            System.gc();
            return of(directory).mappings.isEmpty();
        });
    }

    private static List<String> childrenNow() throws IOException {
        long self = ProcessHandle.current().pid();
        try (Stream<Path> all = Files.list(PROCESSES)) {
            return all.filter(entry -> entry.getFileName().toString().matches("[0-9]+"))
                    .map(Holdings::stat)
                    .filter(stat -> parent(stat) == self)
                    .map(stat -> stat.substring(0, stat.lastIndexOf(')') + 3)) // number, name and state
                    .sorted()
                    .toList();
        }
    }

    /** Empty for one that has ended meanwhile. */
    private static String stat(Path process) {
        try {
            return new String(Files.readAllBytes(process.resolve("stat")), StandardCharsets.ISO_8859_1);
        } catch (IOException ended) {
            return "";
        }
    }

    /** The second field after the name, which has any characters, in parentheses. */
    private static long parent(String stat) {
        List<String> fields =
                List.of(stat.substring(stat.lastIndexOf(')') + 1).trim().split(" "));
        return fields.size() < 2 ? 0 : Long.parseLong(fields.get(1));
    }

    private static int descriptorsNow() throws IOException {
        try (Stream<Path> open = Files.list(PROCESSES.resolve("self/fd"))) {
            return (int) open.map(Holdings::target)
                    .filter(target -> !target.startsWith("/"))
                    .count();
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (NoSuchFileException closedMeanwhile) {
            return "/";
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static List<String> mappingsNow(Path directory) throws IOException {
        return Files.readAllLines(PROCESSES.resolve("self/maps")).stream()
                .filter(line -> line.contains(directory + "/"))
                .toList();
    }
}
