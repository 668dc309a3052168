package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The seeds that are checked in are what the code makes; what a fuzzer found lies beside them and is left alone. */
class FuzzSeedsTest {
    private static final boolean WRITE = Boolean.getBoolean("turnstile.seeds.write");
    private static final Path INPUTS =
            Path.of(System.getProperty("turnstile.basedir", ".")).resolve("src/test/resources/dev/turnstile/bundle");

    @Test
    void seeds_areWhatTheCodeMakes() throws IOException {
        for (var seed : FuzzSeeds.seeds().entrySet()) {
            Path file = INPUTS.resolve(seed.getKey());
            if (WRITE) {
                Files.createDirectories(file.getParent());
                Files.write(file, seed.getValue());
            }
            assertArrayEquals(
                    seed.getValue(),
                    Files.readAllBytes(file),
                    seed.getKey() + ": mvn test -Dtest=FuzzSeedsTest -Dturnstile.seeds.write=true writes them anew");
        }
    }
}
