package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.bundle.BundleWriter;
import dev.turnstile.bundle.MinisignKey;
import dev.turnstile.bundle.Platform;
import dev.turnstile.testing.ChildJvm;
import dev.turnstile.testing.TestPlugins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What takes long to load is loaded when it is needed, and not by a program that opens a bundle and sends text. */
class ColdStartTest {
    private static final Pattern SLOW =
            Pattern.compile("] ((tools\\.jackson\\.databind|com\\.fasterxml|org\\.bouncycastle)\\.\\S+) source:");

    @TempDir
    Path directory;

    @BeforeEach
    void pack() {
        MinisignKey key = MinisignKey.generate();
        key.publicKey().write(directory.resolve("key.pub"));
        new BundleWriter("echo", "1.0.0")
                .library(Platform.host(), "release", TestPlugins.demo())
                .signWith(key, "timestamp:1")
                .write(directory.resolve("echo.rbp"));
    }

    private List<String> slowClassesOf(String said, String... more) throws Exception {
        Path log = directory.resolve("classes.log");
        List<String> arguments = new ArrayList<>(List.of(
                directory.resolve("echo.rbp").toString(),
                directory.resolve("key.pub").toString()));
        arguments.addAll(List.of(more));
        ChildJvm.Result result = ChildJvm.run(
                List.of("-Xlog:class+load:file=" + log, "-Dorg.slf4j.simpleLogger.defaultLogLevel=off"),
                ColdStartProgram.class,
                arguments.toArray(String[]::new));
        assertEquals(said, result.output());
        return SLOW.matcher(Files.readString(log))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    @Test
    void signedBundle_withATextCall_loadsNoMapperAndNoBouncyCastle() throws Exception {
        assertEquals(List.of(), slowClassesOf("{\"message\":\"hi\",\"length\":2}\n"));
    }

    @Test
    void typedCall_makesTheMapperThen() throws Exception {
        List<String> slow =
                slowClassesOf("{\"message\":\"hi\",\"length\":2}\n{message=hi, length=2}\n", "and a typed call");
        assertTrue(slow.contains("tools.jackson.databind.json.JsonMapper"), slow::toString);
    }
}
