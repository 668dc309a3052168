package dev.turnstile.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.turnstile.testing.ChildJvm;
import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bouncy Castle is an optional dependency: only passwords of keys need it, and say so. */
class WithoutBouncyCastleTest {
    @Test
    void bundles_areSignedAndOpened_andKeysWithAPasswordNameWhatIsMissing(@TempDir Path directory) throws Exception {
        MinisignKey.generate().writeUnencrypted(directory.resolve("open.key"));
        MinisignKey.generate().write(directory.resolve("locked.key"), "password".toCharArray());
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("bcprov"))
                .collect(Collectors.joining(File.pathSeparator));

        ChildJvm.Result result = ChildJvm.run(
                List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=off"),
                classPath,
                WithoutBouncyCastleProgram.class.getName(),
                directory.toString());

        String needed = ": a key with a password needs Bouncy Castle (for scrypt), which is not there: put"
                + " org.bouncycastle:bcprov-jdk18on on the class path (on the module path also"
                + " --add-modules org.bouncycastle.provider), or use a key without a password";
        assertEquals(
                List.of(
                        "opened 1000 bytes",
                        "IO The key file " + directory.resolve("locked.key") + needed,
                        "IO The new key" + needed),
                result.output().lines().toList());
        assertEquals(0, result.exitCode());
    }
}
