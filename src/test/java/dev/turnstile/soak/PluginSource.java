package dev.turnstile.soak;

import dev.turnstile.TurnstileOptions;
import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleManifest;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.bundle.ExtractedLibrary;
import dev.turnstile.plugin.LogLevel;
import dev.turnstile.plugin.NativePlugin;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginLogListener;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.SynchronizedPlugin;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Opens gates over the C plugin: over a copy of the library that is mapped once and started anew each time, or over the signed
 * bundle, which is extracted into a file of its own each time. What is mapped stays mapped for good, so there is a most to that.
 */
final class PluginSource implements AutoCloseable {
    /** A few pages of code and five mappings each; Linux allows a process 65,530 mappings. */
    private static final int MOST_EXTRACTIONS = 2_000;

    private static final PluginConfig CONFIG = PluginConfig.defaults().withLogLevel(LogLevel.OFF);

    private final Path directory;
    private final Path place;
    private final Path library;
    private final NativeProbe libraryProbe;
    private final Bundle bundle;
    private final String placeBefore;
    private final AtomicLong clock = new AtomicLong();
    private int extractions;

    PluginSource() throws IOException {
        directory = Files.createTempDirectory("turnstile-soak").toRealPath();
        place = Files.createDirectory(directory.resolve("place"));
        library = TestPlugins.privateCopy("turnstile_demo", directory);
        libraryProbe = new NativeProbe(library);
        bundle = Bundle.open(TestPlugins.bundle(), BundleTrust.signedBy(TestPlugins.key()));
        placeBefore = System.setProperty(ExtractedLibrary.DIRECTORY_PROPERTY, place.toString());
    }

    /** An open gate, what looks into its library, and the order of its calls. */
    record Opened(Entrance entrance, OrderCheck order, NativeProbe probe) {}

    Opened open(boolean watched, boolean fromBundle, TurnstileOptions options, Findings findings)
            throws InterruptedException, IOException {
        OrderCheck order = new OrderCheck(clock, findings);
        boolean extracts = fromBundle && extractions < MOST_EXTRACTIONS;
        if (extracts) {
            extractions++;
        } else {
            libraryProbe.reset();
        }
        Entrance entrance;
        if (watched) {
            entrance = WatchedEntrance.open(extracts ? this::extract : this::start, options, order, findings);
        } else {
            PluginOptions settings = PluginOptions.defaults().withGate(options);
            entrance = new PluginEntrance(
                    extracts
                            ? SynchronizedPlugin.load(bundle, CONFIG, settings)
                            : SynchronizedPlugin.load(library, CONFIG, settings));
        }
        return new Opened(entrance, order, extracts ? new NativeProbe(extractedFile()) : libraryProbe);
    }

    private NativePlugin start() {
        return NativePlugin.load(library, CONFIG, PluginLogListener.slf4j());
    }

    private NativePlugin extract() {
        return NativePlugin.load(bundle, BundleManifest.RELEASE, CONFIG, PluginLogListener.slf4j());
    }

    private Path extractedFile() throws IOException {
        try (Stream<Path> files = Files.walk(place)) {
            return files.filter(file -> file.endsWith(System.mapLibraryName("turnstile_demo")))
                    .findFirst()
                    .orElseThrow();
        }
    }

    int extractions() {
        return extractions;
    }

    /** What lies where libraries are extracted to. */
    List<Path> extracted() throws IOException {
        try (Stream<Path> files = Files.list(place)) {
            return new ArrayList<>(files.toList());
        }
    }

    @Override
    public void close() throws IOException {
        if (placeBefore == null) {
            System.clearProperty(ExtractedLibrary.DIRECTORY_PROPERTY);
        } else {
            System.setProperty(ExtractedLibrary.DIRECTORY_PROPERTY, placeBefore);
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
