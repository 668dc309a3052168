package dev.turnstile.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.ExtractingProgram;
import dev.turnstile.testing.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is swept beside a private directory, and what is not. What becomes of libraries in them is in the tests of {@code ExtractedLibrary}. */
class PrivateDirectoryTest {
    private static final byte[] CONTENT = {1, 2, 3};

    @TempDir
    Path place;

    /** The sweep must not even open the lock of its own process: on POSIX systems closing it again would give it back. */
    @Test
    void sweep_leavesTheDirectoriesOfItsOwnProcess() throws Exception {
        try (PrivateDirectory first = PrivateDirectory.in(place);
                PrivateDirectory second = PrivateDirectory.in(place)) {
            second.sweepSiblings();
            assertTrue(Files.exists(first.path()));

            ChildJvm.Result other = ChildJvm.run(List.of(), ExtractingProgram.class, place.toString(), "close");
            assertEquals(0, other.exitCode(), other.output());
            assertTrue(Files.exists(first.path()), "its lock still holds");
        }
    }

    @Test
    void sweep_doesNotFollowALink() throws Exception {
        Path outside = Files.createDirectory(place.resolve("outside"));
        Files.write(outside.resolve("lock"), CONTENT);
        Files.createSymbolicLink(place.resolve("turnstile-1-0-3"), outside);
        try (PrivateDirectory directory = PrivateDirectory.in(place)) {
            directory.sweepSiblings();
        }

        assertTrue(Files.exists(outside.resolve("lock")));
    }
}
