package dev.turnstile.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script that installs a JDK, with programs in place of those of the system: nothing is installed. */
@EnabledOnOs(OS.LINUX)
class JdkScriptTest {
    private static final String LOCKED = "E: Could not get lock /var/lib/dpkg/lock-frontend";

    @TempDir
    Path directory;

    private Path script;
    private Path cache;
    private Path programs;

    @BeforeEach
    void preparePlace() throws Exception {
        Path project = Path.of(System.getProperty("turnstile.basedir", ""));
        script = directory.resolve("project/.ci/jdk");
        Files.createDirectories(script.getParent());
        Files.copy(project.resolve(".ci/jdk"), script);
        executable(script);
        cache = directory.resolve("cache/turnstile-jdk-21");
        programs = Files.createDirectory(directory.resolve("programs"));
        program("../project/scripts/jdk", "exit 1");
        program("id", "echo 0");
        program("uname", "echo x86_64");
        program("apt-cache", "exit 1");
        program("apt-get", "case $1 in indextargets) echo 'mirror main' ;; esac");
        // The loader, which runs no program here, and a JDK of two programs and a helper.
        program(
                "debootstrap",
                "echo \"$2 $3\" >>\"$TEST/calls\"",
                "read -r line <\"$TEST/may-end\"",
                "version=$(echo \"$2\" | sed 's/[^0-9]//g')",
                "root=$4",
                "jdk=$root/usr/lib/jvm/java-$version-openjdk-amd64",
                "mkdir -p \"$root/lib64\" \"$jdk/bin\" \"$jdk/lib\"",
                "echo '#!/bin/sh' >\"$root/lib64/ld-linux-x86-64.so.2\"",
                "chmod 755 \"$root/lib64/ld-linux-x86-64.so.2\"",
                "for file in bin/java bin/javac lib/jspawnhelper; do",
                "    printf '\\177ELF' >\"$jdk/$file\"",
                "    chmod 755 \"$jdk/$file\"",
                "done");
        program("chroot", "cd \"$1\"/usr/lib/jvm/java-*-openjdk-amd64 && exec tar -chf - .");
        Process pipe = new ProcessBuilder("mkfifo", directory.resolve("may-end").toString()).start();
        assertEquals(0, pipe.waitFor());
    }

    private void program(String name, String... lines) throws IOException {
        Path file = programs.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        executable(file);
    }

    private static void executable(Path file) {
        assertTrue(file.toFile().setExecutable(true));
    }

    // ---- what is run ----

    private record Outcome(int exitCode, String out, String err) {}

    private final class Run {
        private final Path out;
        private final Path err;
        private final Process process;

        Run(String name, String... arguments) throws IOException {
            out = directory.resolve(name + ".out");
            err = directory.resolve(name + ".err");
            List<String> command = new ArrayList<>(List.of(script.toString()));
            command.addAll(List.of(arguments));
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().put("PATH", programs + ":" + System.getenv("PATH"));
            builder.environment()
                    .put("XDG_CACHE_HOME", directory.resolve("cache").toString());
            builder.environment().put("TEST", directory.toString());
            process = builder.start();
        }

        Outcome outcome() throws Exception {
            int exitCode = process.waitFor();
            return new Outcome(exitCode, Files.readString(out), Files.readString(err));
        }
    }

    private List<String> calls() {
        try {
            Path calls = directory.resolve("calls");
            return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    /** Lets one debootstrap go on; waits until there is one. */
    private void letOneEnd() throws IOException {
        Files.writeString(directory.resolve("may-end"), "now\n");
    }

    private void assertNothingLeft() throws IOException {
        Path place = cache.getParent();
        if (Files.exists(place)) {
            try (Stream<Path> left = Files.list(place)) {
                assertEquals(List.of(), left.filter(Files::isDirectory).toList());
            }
        }
    }

    // ---- the tests ----

    @Test
    void twoAtOnce_installOnce_andBothHaveIt() throws Exception {
        Run first = new Run("first", "21");
        Eventually.isTrue("the first installs", () -> calls().size() == 1);
        Run second = new Run("second", "21");
        letOneEnd();
        Outcome one = first.outcome();
        Outcome other = second.outcome();

        assertEquals(new Outcome(0, cache.resolve("jdk") + "\n", one.err), one);
        assertEquals(new Outcome(0, cache.resolve("jdk") + "\n", other.err), other);
        assertEquals(List.of("--include=openjdk-21-jdk-headless trixie"), calls());
        assertTrue(Files.isExecutable(cache.resolve("jdk/bin/javac")));
        assertTrue(Files.readString(cache.resolve("jdk/bin/java")).contains("'" + cache.resolve("root") + "/lib64/"));
    }

    @Test
    void packagesThatCannotBeInstalled_areTheReason() throws Exception {
        program(
                "apt-get",
                "case $1 in indextargets) echo 'mirror main' ;; install) echo '" + LOCKED + "' >&2; exit 100 ;; esac");
        Outcome outcome = new Run("locked", "21").outcome();

        assertEquals(1, outcome.exitCode);
        assertTrue(outcome.err.contains("no JDK 21: ") && outcome.err.contains(LOCKED), outcome.err);
        assertEquals("", outcome.out);
        assertNothingLeft();
    }

    @Test
    void packageOfTheSystem_thatCannotBeInstalled_isTheReason() throws Exception {
        program("apt-cache", "exit 0");
        program("apt-get", "case $1 in install) echo '" + LOCKED + "' >&2; exit 100 ;; esac");
        Outcome outcome = new Run("locked", "21").outcome();

        assertEquals(1, outcome.exitCode);
        assertTrue(outcome.err.contains("no JDK 21: ") && outcome.err.contains(LOCKED), outcome.err);
    }

    @Test
    void jdkThatDoesNotRun_isRefused_andNothingIsLeft() throws Exception {
        program(
                "chroot",
                "cd \"$1\"/usr/lib/jvm/java-*-openjdk-amd64 && echo 'exit 7' >>\"$1/lib64/ld-linux-x86-64.so.2\" &&"
                        + " exec tar -chf - .");
        Run run = new Run("broken", "21");
        letOneEnd();
        Outcome outcome = run.outcome();

        assertEquals(1, outcome.exitCode);
        assertTrue(outcome.err.contains("no JDK 21: the one that was unpacked does not run"), outcome.err);
        assertNothingLeft();
    }

    /** What an interrupted run, or one of before, has left is no JDK and is replaced. */
    @Test
    void leftovers_areReplaced() throws Exception {
        Files.createDirectories(cache.resolve("root"));
        Files.createDirectories(cache.resolveSibling("turnstile-jdk-21.new/root/old"));
        Run run = new Run("again", "21");
        letOneEnd();

        assertEquals(0, run.outcome().exitCode);
        assertTrue(Files.isExecutable(cache.resolve("jdk/bin/javac")));
        assertFalse(Files.exists(cache.resolve("root/old")));
    }

    @Test
    void newerRelease_isOfUnstable_besideTheSystem_evenWhereTheSystemHasIt() throws Exception {
        program("apt-cache", "exit 0");
        Run run = new Run("newer", "27");
        letOneEnd();
        Outcome outcome = run.outcome();

        String home = cache.resolveSibling("turnstile-jdk-27/jdk").toString();
        assertEquals(new Outcome(0, home + "\n", outcome.err), outcome);
        assertEquals(List.of("--include=openjdk-27-jdk-headless sid"), calls());
    }

    /** Or the package manager would refuse one of them. */
    @Test
    void twoVersionsAtOnce_areInstalledOneAfterTheOther() throws Exception {
        Run first = new Run("first", "27");
        Eventually.isTrue("the first installs", () -> calls().size() == 1);
        Run second = new Run("second", "28");
        Eventually.isTrue("the second waits for the lock", () -> waitsForLock(second.process));
        assertEquals(1, calls().size());
        letOneEnd();
        Eventually.isTrue("the second installs", () -> calls().size() == 2);
        letOneEnd();

        assertEquals(0, first.outcome().exitCode);
        assertEquals(0, second.outcome().exitCode);
        assertEquals(
                List.of("--include=openjdk-27-jdk-headless sid", "--include=openjdk-28-jdk-headless sid"), calls());
    }

    private static boolean waitsForLock(Process run) {
        return run.descendants()
                .anyMatch(child -> child.info().command().orElse("").endsWith("/flock"));
    }

    @Test
    void noNumber_isAUsageError() throws Exception {
        for (String argument : List.of("", "newest", "-1")) {
            Outcome outcome = new Run("usage", argument).outcome();
            assertEquals(2, outcome.exitCode, argument);
            assertTrue(outcome.err.contains("usage: .ci/jdk NUMBER"), outcome.err);
        }
        assertEquals(2, new Run("usage").outcome().exitCode);
    }
}
