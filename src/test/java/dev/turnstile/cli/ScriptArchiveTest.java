package dev.turnstile.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script keeps an archive of the command line's classes. Whatever is wrong with that archive, or with making it, each command does the
 * same.
 */
@Tag("slow")
@Tag("any-java")
class ScriptArchiveTest {
    private static final Path BASE =
            Path.of(System.getProperty("turnstile.basedir", ".")).toAbsolutePath();
    private static final Path PLACE = BASE.resolve("target/cli");
    private static final String SCRIPT = BASE.resolve("scripts/turnstile").toString();

    @TempDir
    Path directory;

    @BeforeEach
    void pack() {
        assumeTrue(Files.exists(BASE.resolve("target/built")), "Maven did not build this, so the script would");
        Shell.writer().write(directory.resolve("a.rbp"));
    }

    private static List<Path> archives() {
        try (Stream<Path> files = Files.list(PLACE)) {
            return files.filter(file -> file.toString().endsWith(".jsa")).toList();
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    private static void removeArchives() throws IOException {
        for (Path archive : archives()) {
            Files.delete(archive);
        }
    }

    private static void assertNothingElseIsLeft() throws IOException {
        try (Stream<Path> files = Files.list(PLACE)) {
            assertEquals(
                    List.of(),
                    files.filter(file -> !file.toString().matches(".*\\.(jsa|jar)"))
                            .toList());
        }
    }

    /** A run of the script, to be awaited. */
    private record Run(Process process, Path out, Path err) {
        void awaitEnd(int exitCode) throws InterruptedException {
            try {
                assertTrue(process.waitFor(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS), "it ends");
            } finally {
                process.destroyForcibly();
            }
            assertEquals(exitCode, process.exitValue());
        }

        String awaited() throws IOException, InterruptedException {
            awaitEnd(0);
            assertEquals("", Files.readString(err));
            return Files.readString(out);
        }
    }

    private Run start(String name, String... command) throws IOException {
        Path out = directory.resolve(name + ".out");
        Path err = directory.resolve(name + ".err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS"); // the JVM says on standard error that it is set
        return new Run(builder.start(), out, err);
    }

    private String inspect() throws IOException, InterruptedException {
        return start("alone", SCRIPT, "inspect", "a.rbp").awaited();
    }

    private void replaceArchives(byte[] content) throws IOException {
        assertFalse(archives().isEmpty());
        for (Path archive : archives()) {
            Path other = Files.write(directory.resolve("other"), content);
            Files.move(other, archive, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Test
    void command_withAnArchiveOrADamagedOne_doesTheSame() throws Exception {
        String first = inspect();
        assertTrue(first.startsWith("a.rbp: what it says of itself"), first);
        assertEquals(first, inspect());

        byte[] whole = Files.readAllBytes(archives().getFirst());
        try {
            byte[] changed = whole.clone();
            for (int i = changed.length / 2; i < changed.length / 2 + 10_000; i++) {
                changed[i] ^= 0x5a;
            }
            for (byte[] damaged : List.of(changed, Arrays.copyOf(whole, whole.length / 2), new byte[0])) {
                replaceArchives(damaged);
                assertEquals(first, inspect());
            }
        } finally {
            removeArchives();
        }
    }

    /** It does not pay again and again for an archive that is thrown away. */
    @Test
    void commandThatFails_leavesTheArchiveForTheOthers() throws Exception {
        inspect();
        removeArchives();
        start("mistyped", SCRIPT, "inspect", "missing.rbp").awaitEnd(3);
        assertEquals(1, archives().size());
        assertTrue(Files.size(archives().getFirst()) > 0, "it is whole");
        assertNothingElseIsLeft();
    }

    /** As on a full disk. What makes the archive is not the process that does what was asked, so that fails in silence, and once. */
    @Test
    void archiveThatCannotBeWritten_isNotNoticed() throws Exception {
        String expected = inspect();
        removeArchives();
        try {
            String limited = "ulimit -f 1000; exec \"$@\"";
            for (String name : List.of("first", "second")) {
                assertEquals(
                        expected,
                        start(name, "sh", "-c", limited, "sh", SCRIPT, "inspect", "a.rbp")
                                .awaited());
            }
            assertEquals(0, Files.size(archives().getFirst()), "it is not tried again");
            assertNothingElseIsLeft();
        } finally {
            removeArchives();
        }
    }

    /** A shell between would stay when it is told to end, or leave Java running. */
    @Test
    void firstRun_isJavaItself_andEndsWhenItIsTold() throws Exception {
        inspect();
        removeArchives();
        Run run = start("call", SCRIPT, "call", "a.rbp", "--checksums-only", "echo", "-");
        ProcessHandle process = run.process.toHandle();
        Eventually.isTrue( // not by the name of the program: a JDK may be started by a loader
                "the script has become Java",
                () -> process.info().commandLine().orElse("").contains(Main.class.getName()));
        List<ProcessHandle> others = process.descendants().toList();
        run.process.destroy();
        run.awaitEnd(128 + 15);
        assertEquals(List.of(), others);
        assertNothingElseIsLeft();
    }

    @Test
    void scriptThatIsEnded_whileItMakesTheArchive_leavesNothing() throws Exception {
        inspect();
        removeArchives();
        Run run = start("ended", SCRIPT, "inspect", "a.rbp");
        Eventually.isTrue("it has begun", () -> !archives().isEmpty());
        List<ProcessHandle> children = run.process.descendants().toList();
        run.process.destroy();
        run.awaitEnd(128 + 15);
        for (ProcessHandle child : children) {
            child.onExit().get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        assertEquals(List.of(), archives());
        assertNothingElseIsLeft();
    }

    @Test
    void twoFirstRunsAtOnce_leaveOneArchive() throws Exception {
        inspect();
        removeArchives();
        Run one = start("one", SCRIPT, "inspect", "a.rbp");
        Run other = start("other", SCRIPT, "inspect", "a.rbp");
        assertEquals(one.awaited(), other.awaited());
        assertEquals(1, archives().size());
        assertNothingElseIsLeft();
    }
}
