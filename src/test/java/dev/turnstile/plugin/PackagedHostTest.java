package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnstile.bundle.ExtractedLibrary;
import dev.turnstile.bundle.Platform;
import dev.turnstile.testing.ChildJvm;
import dev.turnstile.testing.TestPlugins;
import dev.turnstile.testing.TmpfsMount;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The native host that an artifact brings: it is used if it can be, and nothing of it is left. */
@Tag("any-java")
class PackagedHostTest {
    @TempDir
    Path directory;

    private Path place;

    @BeforeEach
    void makePlace() throws IOException {
        assumeTrue(Files.exists(TestPlugins.host()), "there is no native host for this platform");
        place = Files.createDirectory(directory.resolve("place"));
    }

    /** What the program prints with this artifact beside the library. */
    private String run(byte[] host, Path extraction, String... jvmArguments) throws Exception {
        Path artifact = directory.resolve("host.jar");
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(artifact))) {
            jar.putNextEntry(new JarEntry(PackagedHost.FOLDER + Platform.host() + "/" + PackagedHost.PROGRAM));
            jar.write(host);
        }
        List<String> options = new ArrayList<>(List.of("-Dorg.slf4j.simpleLogger.showThreadName=false"));
        options.add("-D" + ExtractedLibrary.DIRECTORY_PROPERTY + "=" + extraction);
        ChildJvm.Result result = ChildJvm.run(
                options,
                System.getProperty("java.class.path") + File.pathSeparator + artifact,
                PackagedHostProgram.class.getName(),
                jvmArguments);
        try (var left = Files.list(extraction)) {
            assertEquals(List.of(), left.toList(), "nothing is left there");
        }
        return result.output();
    }

    private static byte[] host() throws IOException {
        return Files.readAllBytes(TestPlugins.host());
    }

    @Test
    void hostOfAnArtifact_isUsed() throws Exception {
        String output = run(host(), place);
        assertTrue(output.contains("turnstile-host (deleted) answers 1"), output);
        assertFalse(output.contains("JVM is started instead"), output);
    }

    @Test
    void hostOfAnArtifact_withJvmArguments_isNotUsed() throws Exception {
        String output = run(host(), place, "-Xmx64m");
        assertTrue(output.contains("java answers 1"), output);
    }

    /** As where there is another C library. */
    @Test
    void hostWhoseLoaderIsMissing_isReplacedByAJvm_withAWarning() throws Exception {
        String program = new String(host(), StandardCharsets.ISO_8859_1);
        String changed = program.replace("/ld-linux", "/ld-other");
        assertNotEquals(program, changed);
        String output = run(changed.getBytes(StandardCharsets.ISO_8859_1), place);
        assertTrue(output.contains("java answers 1"), output);
        assertTrue(output.contains("does not start, so a JVM is started instead"), output);
        assertTrue(output.contains(PackagedHost.FOLDER), output);
    }

    @Test
    void placeThatForbidsExecution_isLeftOutForAJvm_withAWarning() throws Exception {
        try (TmpfsMount mount = TmpfsMount.at(directory.resolve("mounted"), "size=4m,noexec")) {
            String output = run(host(), mount.path());
            assertTrue(output.contains("java answers 1"), output);
            assertTrue(output.contains("does not let files be executed"), output);
        }
    }

    /** As if it needed a newer C library, or were of another version: it ends before it is ready. */
    @Test
    void hostThatEnds_isReplacedByAJvm_withAWarning() throws Exception {
        byte[] other = "#!/bin/sh\necho 'turnstile-host: the control file, which is of another version'; exit 1\n"
                .getBytes(StandardCharsets.UTF_8);
        String output = run(other, place);
        assertTrue(output.contains("java answers 1"), output);
        assertTrue(output.contains("does not start, so a JVM is started instead"), output);
        assertTrue(output.contains("of another version"), output);
    }

    /** Each writes a file and runs it, while others start processes, too. */
    @Test
    void manyAtOnce_allRunIt() throws Exception {
        String output = run(host(), place, PackagedHostProgram.POOLS);
        assertTrue(output.contains("[turnstile-host (deleted)]"), output);
    }

    @Test
    void hostOfAnArtifact_isNoneInTheseTests() {
        assertNull(PackagedHost.find(), "the other tests say themselves which host they have");
    }
}
