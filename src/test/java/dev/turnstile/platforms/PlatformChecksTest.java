package dev.turnstile.platforms;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.turnstile.bundle.BundleManifest;
import dev.turnstile.bundle.BundleWriter;
import dev.turnstile.bundle.MinisignKey;
import dev.turnstile.bundle.Platform;
import dev.turnstile.testing.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checks that other systems have to pass, on this one. */
class PlatformChecksTest {
    private static final Path NATIVE = Path.of(System.getProperty("turnstile.native.dir", "target/native"));

    @TempDir
    Path directory;

    @Test
    void checks_holdOnThisPlatform() throws Exception {
        Path files = Files.createDirectory(directory.resolve("files"));
        Path own = Files.createDirectory(files.resolve(Platform.host().key()));
        String name = System.mapLibraryName("turnstile_demo");
        Files.copy(NATIVE.resolve(name), own.resolve(name));
        Path host = NATIVE.resolve("turnstile-host");
        if (Files.exists(host)) {
            Files.copy(host, own.resolve("turnstile-host"), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        }
        MinisignKey key = MinisignKey.generate();
        key.publicKey().write(files.resolve("plugin.pub"));
        new BundleWriter("demo", "1.0.0")
                .library(Platform.host(), BundleManifest.RELEASE, own.resolve(name))
                .signWith(key, "for a test")
                .write(files.resolve("plugin.rbp"));
        Path place = Files.createDirectory(directory.resolve("place"));

        ChildJvm.Result result = ChildJvm.run(
                List.of("-Dturnstile.extraction.dir=" + place), PlatformChecks.class, files.toString(), "1000");
        assertEquals(0, result.exitCode(), result::output);
    }
}
