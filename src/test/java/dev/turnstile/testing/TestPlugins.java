package dev.turnstile.testing;

import dev.turnstile.bundle.MinisignPublicKey;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.SynchronizedPlugin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the build put the native test plugins. */
public final class TestPlugins {
    private static final Path DIRECTORY = Path.of(System.getProperty("turnstile.native.dir", "target/native"));

    /** For a plugin of which a test looks at the native side: the file that is loaded is the one that the test has. */
    public static final PluginOptions IN_PLACE = PluginOptions.defaults().withLibraryInPlace(true);

    private TestPlugins() {}

    /** Loads a plugin from the file itself, with all defaults. */
    public static SynchronizedPlugin loadInPlace(Path library) throws InterruptedException {
        return SynchronizedPlugin.load(library, PluginConfig.defaults(), IN_PLACE);
    }

    /** The complete plugin in C, {@code src/demo/c}. */
    public static Path demo() {
        return library("turnstile_demo");
    }

    /** The same, in a bundle that is signed with the key of the build. */
    public static Path bundle() {
        return DIRECTORY.resolve("turnstile-demo.rbp").toAbsolutePath();
    }

    /** The public half of the key of the build. */
    public static MinisignPublicKey key() {
        return MinisignPublicKey.read(DIRECTORY.resolve("demo.pub"));
    }

    /** A plugin of {@code src/test/c}, or the Rust plugin {@code sync_demo}; it need not be there. */
    public static Path library(String name) {
        return DIRECTORY.resolve(System.mapLibraryName(name)).toAbsolutePath();
    }

    /** The native program that an isolated plugin may run in. */
    public static Path host() {
        return DIRECTORY.resolve("turnstile-host").toAbsolutePath();
    }

    /** A copy of a plugin in another file, so that its globals are its own. */
    public static Path privateCopy(String name, Path directory) {
        try {
            Path copy = Files.createTempDirectory(directory, name).resolve(System.mapLibraryName(name));
            return Files.copy(library(name), copy);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
