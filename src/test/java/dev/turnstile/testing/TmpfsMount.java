package dev.turnstile.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small file system in memory, mounted as the test wants it; a test whose user may not mount is skipped. */
public record TmpfsMount(Path path) implements AutoCloseable {
    public static TmpfsMount at(Path directory, String options) throws IOException, InterruptedException {
        Files.createDirectory(directory);
        Process mount = new ProcessBuilder("mount", "-t", "tmpfs", "-o", options, "tmpfs", directory.toString())
                .redirectErrorStream(true)
                .start();
        String answer = new String(mount.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assumeTrue(mount.waitFor() == 0, () -> "this user may not mount: " + answer);
        return new TmpfsMount(directory);
    }

    /** Fails when something there is still in use. */
    @Override
    public void close() throws IOException {
        Process unmount = new ProcessBuilder("umount", path.toString()).start();
        assertEquals(0, unmount.onExit().join().exitValue());
    }
}
