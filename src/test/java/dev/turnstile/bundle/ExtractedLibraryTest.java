package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnstile.bundle.BundleException.Problem;
import dev.turnstile.internal.PrivateDirectory;
import dev.turnstile.testing.ChildJvm;
import dev.turnstile.testing.TmpfsMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Where a library goes when it is extracted, who may see it there, and that nothing of it stays. */
class ExtractedLibraryTest {
    private static final Source SOURCE = Source.bundle("test.rbp");
    private static final byte[] LIBRARY = {1, 2, 3};

    @TempDir
    Path place;

    private ExtractedLibrary extract() {
        return ExtractedLibrary.of(SOURCE, "libx.so", LIBRARY, place);
    }

    private Set<String> left() throws IOException {
        try (Stream<Path> files = Files.walk(place)) {
            return files.filter(file -> !file.equals(place))
                    .map(file -> place.relativize(file).toString())
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void library_isInADirectoryOfItsOwnUntilClosed() throws Exception {
        ExtractedLibrary first = extract();
        ExtractedLibrary second = extract();

        assertArrayEquals(LIBRARY, Files.readAllBytes(first.file()));
        assertTrue(first.file().isAbsolute());
        assertEquals(place, first.file().getParent().getParent());
        assertFalse(first.file().getParent().equals(second.file().getParent()));

        first.close();
        first.close();
        assertFalse(Files.exists(first.file().getParent()));
        assertTrue(Files.exists(second.file()));
        second.close();
        assertEquals(Set.of(), left());
    }

    @Test
    void directory_isForItsOwnerOnly() throws Exception {
        assumeTrue(place.getFileSystem().supportedFileAttributeViews().contains("posix"), "POSIX permissions");
        try (ExtractedLibrary library = extract()) {
            Path directory = library.file().getParent();
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(library.file())));
        }
    }

    @Test
    void place_thatIsNotThere_isNamedWithTheWayOut() {
        Path missing = place.resolve("missing");
        BundleException refused =
                assertThrows(BundleException.class, () -> ExtractedLibrary.of(SOURCE, "libx.so", LIBRARY, missing));

        assertEquals(Problem.IO, refused.problem());
        assertTrue(refused.getMessage().contains("to " + missing + ": "), refused::getMessage);
        assertTrue(refused.getMessage().contains("-Dturnstile.extraction.dir="), refused::getMessage);
    }

    /** A file system that is too full for the library, or any other trouble while writing it. */
    @Test
    void library_thatCannotBeWritten_leavesNothing() throws Exception {
        assertThrows(BundleException.class, () -> ExtractedLibrary.of(SOURCE, "no/such/libx.so", LIBRARY, place));

        assertEquals(Set.of(), left());
    }

    /** As with letters that are not ASCII in the C locale, with which the tests do not run. */
    @Test
    void fileName_thatJavaCannotExpress_isRefusedWithTheWayOut() throws Exception {
        BundleException refused =
                assertThrows(BundleException.class, () -> ExtractedLibrary.of(SOURCE, "lib\0x.so", LIBRARY, place));
        assertTrue(
                refused.getMessage()
                        .startsWith("The bundle test.rbp: its file name is \"lib\\u0000x.so\", which cannot be the name"
                                + " of a file here ("),
                refused::getMessage);
        assertTrue(refused.getMessage().endsWith("LC_ALL=C.UTF-8"), refused::getMessage);
        assertEquals(Set.of(), left());
    }

    /** Such a file system answers "not executable" whatever the file's permissions say. */
    @Test
    void place_mountedNoexec_isNamedWithTheWayOut() throws Exception {
        try (TmpfsMount mount = TmpfsMount.at(place.resolve("mounted"), "noexec,size=1m")) {
            Path mounted = mount.path();
            BundleException refused =
                    assertThrows(BundleException.class, () -> ExtractedLibrary.of(SOURCE, "libx.so", LIBRARY, mounted));
            assertTrue(
                    refused.getMessage().contains(mounted + ", which does not let files be executed"),
                    refused::getMessage);
            assertTrue(refused.getMessage().contains("-Dturnstile.extraction.dir="), refused::getMessage);

            BundleException full = assertThrows(
                    BundleException.class, () -> ExtractedLibrary.of(SOURCE, "libx.so", new byte[2 << 20], mounted));
            assertTrue(full.getMessage().contains("No space left"), full::getMessage);
            try (Stream<Path> files = Files.list(mounted)) {
                assertEquals(List.of(), files.toList());
            }
        }
    }

    @Test
    void property_choosesThePlace() {
        String before = System.setProperty(ExtractedLibrary.DIRECTORY_PROPERTY, place.toString());
        try {
            assertEquals(place, PrivateDirectory.place());
        } finally {
            if (before == null) {
                System.clearProperty(ExtractedLibrary.DIRECTORY_PROPERTY);
            } else {
                System.setProperty(ExtractedLibrary.DIRECTORY_PROPERTY, before);
            }
        }
    }

    // ---- leftovers ----

    /** A process that dies leaves its directory; the next one removes it, and leaves that of one which lives. */
    @Test
    void sweep_removesWhatDeadProcessesLeft_andNothingElse() throws Exception {
        Process living = ChildJvm.start(ExtractingProgram.class, place.toString(), "wait");
        try {
            Path inUse = extractedBy(living);
            Process dead = ChildJvm.start(ExtractingProgram.class, place.toString(), "die");
            Path leftover = extractedBy(dead);
            assertTrue(dead.waitFor(30, TimeUnit.SECONDS));
            assertTrue(Files.exists(leftover), "halted without cleaning up");
            Path empty = Files.createDirectory(place.resolve("turnstile-1-0-1"));
            Path strangers = Files.createDirectory(place.resolve("turnstile-1-0-2"));
            Files.write(strangers.resolve("file"), LIBRARY);
            Path otherwiseNamed = Files.createDirectory(place.resolve("turnstile-notes"));

            ChildJvm.Result third = ChildJvm.run(List.of(), ExtractingProgram.class, place.toString(), "close");

            assertEquals(0, third.exitCode(), third.output());
            assertFalse(Files.exists(leftover.getParent()));
            assertFalse(Files.exists(empty));
            assertTrue(Files.exists(inUse));
            assertTrue(Files.exists(strangers.resolve("file")), "without a lock it is not one of ours");
            assertTrue(Files.exists(otherwiseNamed));
        } finally {
            living.destroyForcibly().waitFor();
        }
    }

    @Test
    void everyPlace_isSweptOnce() throws Exception {
        Path first = Files.createDirectory(place.resolve("first"));
        Path second = Files.createDirectory(place.resolve("second"));
        for (Path each : List.of(first, second)) {
            Path leftover = Files.createDirectory(each.resolve("turnstile-1-0-1"));
            ExtractedLibrary.of(SOURCE, "libx.so", LIBRARY, each).close();
            assertFalse(Files.exists(leftover), leftover::toString);
            Files.createDirectory(leftover);
            ExtractedLibrary.of(SOURCE, "libx.so", LIBRARY, each).close();
            assertTrue(Files.exists(leftover), leftover::toString);
        }
    }

    private static Path extractedBy(Process program) throws IOException {
        return Path.of(program.inputReader().readLine());
    }

    /** Another place, which the message names otherwise, is no way out then. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void processThatMayOpenNoMoreFiles_isToldWhichLimitToRaise() throws Exception {
        ChildJvm.Result result = ChildJvm.runBehind(
                List.of("sh", "-c", "ulimit -n 512; exec \"$@\"", "sh"),
                List.of(),
                ExtractingWithoutDescriptorsProgram.class,
                place.toString());

        assertEquals(0, result.exitCode(), result::output);
        List<String> told = result.output()
                .lines()
                .filter(line -> line.contains("it cannot be written"))
                .toList();
        assertEquals(2, told.size(), result::output);
        assertTrue(
                told.getFirst().endsWith("-Dturnstile.extraction.dir=DIRECTORY chooses another place"), result::output);
        assertTrue(told.getLast().contains("Too many open files"), result::output);
        assertTrue(told.getLast().endsWith("raise that limit (ulimit -n)"), result::output);
        assertTrue(result.output().contains("In words: this process has as many files open as it may"), result::output);
    }
}
