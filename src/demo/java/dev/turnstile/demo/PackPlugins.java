package dev.turnstile.demo;

import dev.turnstile.bundle.BundleManifest;
import dev.turnstile.bundle.BundleWriter;
import dev.turnstile.bundle.MinisignKey;
import dev.turnstile.bundle.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** Packs the demo plugins that were built into signed bundles beside them: a step of the build. */
final class PackPlugins {
    private static final String VERSION = "0.1.0";

    private PackPlugins() {}

    /**
     * Packs what is there.
     *
     * @param arguments the directory with the libraries
     */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        MinisignKey key = key(directory);
        pack(directory, key, "turnstile-demo", "turnstile_demo", "The plugin in C that Turnstile is shown with");
        pack(directory, key, "sync-demo", "sync_demo", "The plugin in Rust that Turnstile is shown with");
    }

    /** A key of this build alone, which protects nobody's users: so it is not encrypted. */
    private static MinisignKey key(Path directory) {
        Path file = directory.resolve("demo.key");
        if (!Files.exists(file)) {
            MinisignKey.generate().writeUnencrypted(file);
        }
        MinisignKey key = MinisignKey.read(file);
        Path open = directory.resolve("demo.pub");
        if (!Files.exists(open)) {
            key.publicKey().write(open);
        }
        return key;
    }

    private static void pack(Path directory, MinisignKey key, String name, String libraryName, String description)
            throws IOException {
        Path library = directory.resolve(System.mapLibraryName(libraryName));
        Path bundle = directory.resolve(name + ".rbp");
        if (!Files.exists(library)) { // the one in Rust, where there is no cargo
            Files.deleteIfExists(bundle);
            return;
        }
        Instant built = Files.getLastModifiedTime(library).toInstant();
        new BundleWriter(name, VERSION)
                .description(description)
                .license("Apache-2.0")
                .library(Platform.host(), BundleManifest.RELEASE, library)
                .signWith(key, "timestamp:" + built.getEpochSecond())
                .writeOver(bundle);
    }
}
