package dev.turnstile.soak;

import dev.turnstile.RestartPolicy;
import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleManifest;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.bundle.ExtractedLibrary;
import dev.turnstile.plugin.GuardedPlugin;
import dev.turnstile.plugin.LogLevel;
import dev.turnstile.plugin.NativePlugin;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginLogListener;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.PluginPool;
import dev.turnstile.plugin.PluginWarmUp;
import dev.turnstile.plugin.SynchronizedPlugin;
import dev.turnstile.testing.Directories;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Opens gates over the C plugin: over a copy of the library that is mapped once and started anew each time, or over files that each instance has
 * for itself, as the instances of a plugin pool have, and those that come from the signed bundle. What is mapped stays mapped for good, so there is
 * a most to that.
 */
final class PluginSource implements AutoCloseable {
    /** A few pages of code and five mappings each; Linux allows a process 65,530 mappings. */
    private static final int MOST_EXTRACTIONS = 8_000;

    /** How often instances are lost, and how many orders an operator gives, in one gate whose instances each have a file. */
    private static final int FEW = 12;

    private static final int MANY = 2_000;

    /** Where Linux says what is mapped. */
    private static final Path MAPPINGS = Path.of("/proc/self/maps");

    private static final String DELETED = " (deleted)";

    private static final PluginConfig CONFIG = PluginConfig.defaults().withLogLevel(LogLevel.OFF);

    private final Path directory;
    private final Path place;
    private final Path library;
    private final NativeProbe libraryProbe;
    private final Bundle bundle;
    private final String placeBefore;
    private final AtomicLong clock = new AtomicLong();
    private final Upheavals upheavals = new Upheavals();
    private final Set<String> extractions = ConcurrentHashMap.newKeySet();

    PluginSource() throws IOException {
        directory = Files.createTempDirectory("turnstile-soak").toRealPath();
        place = Files.createDirectory(directory.resolve("place"));
        library = TestPlugins.privateCopy("turnstile_demo", directory);
        libraryProbe = new NativeProbe(library);
        bundle = Bundle.open(TestPlugins.bundle(), BundleTrust.signedBy(TestPlugins.key()));
        placeBefore = System.setProperty(ExtractedLibrary.DIRECTORY_PROPERTY, place.toString());
    }

    /**
     * An open gate, what looks into its libraries, and the order of its calls.
     *
     * @param setup what it became, which may be less than was asked for
     * @param mostUpheavals how often it may lose something, and how many orders of a kind are given
     */
    record Opened(
            Setup setup,
            Entrance entrance,
            OrderCheck order,
            AgeingCheck ageing,
            NativeSide nativeSide,
            int mostUpheavals) {}

    Opened open(Setup wanted, Findings findings) throws InterruptedException {
        Setup setup = wanted;
        if (extractions.size() >= MOST_EXTRACTIONS && (setup.fromBundle() || !setup.watched())) {
            setup = new Setup(
                    setup.options().withPoolSize(0).withRestarts(RestartPolicy.never()),
                    setup.watched(),
                    false,
                    false,
                    setup.troubled());
        }
        if (setup.troubled()) {
            setup = setup.withListeners(new Mischief.Listener(), upheavals);
        } else if (setup.heals()) {
            setup = setup.withListeners(upheavals);
        }
        var unused = loadedSince(); // those of gates before
        boolean copies = setup.fromBundle() || (!setup.watched() && (setup.isPool() || setup.heals()));
        if (!copies) {
            libraryProbe.reset();
        }
        NativeSide nativeSide =
                new NativeSide(copies ? null : libraryProbe, setup.watched() && setup.isUneasy(), this::loadedSince);
        AgeingCheck ageing = new AgeingCheck(setup, findings);
        Entrance entrance = setup.watched()
                ? WatchedEntrance.open(copies ? this::extract : this::start, new Watch(setup, clock, ageing, findings))
                : new PluginEntrance(load(setup), setup, replacement(setup, nativeSide));
        int mostUpheavals = copies || !setup.watched() ? FEW : MANY;
        return new Opened(setup, entrance, new OrderCheck(clock, findings), ageing, nativeSide, mostUpheavals);
    }

    private GuardedPlugin load(Setup setup) throws InterruptedException {
        PluginOptions settings = PluginOptions.defaults().withGate(setup.options());
        int instances = setup.options().poolSize();
        if (setup.isPool()) {
            return setup.fromBundle()
                    ? PluginPool.load(bundle, instances, CONFIG, settings)
                    : PluginPool.load(library, instances, CONFIG, settings);
        }
        return setup.fromBundle()
                ? SynchronizedPlugin.load(bundle, CONFIG, settings)
                : SynchronizedPlugin.load(library, CONFIG, settings.withLibraryInPlace(!setup.heals()));
    }

    private PluginEntrance.Replacement replacement(Setup setup, NativeSide nativeSide) {
        PluginWarmUp warmUp = plugin -> {
            PluginWarmUp.call("echo", "{\"message\":\"warm-up\"}").run(plugin);
            nativeSide.warmedUp();
        };
        return (plugin, limit) -> setup.fromBundle()
                ? plugin.swap(bundle, CONFIG, warmUp, limit)
                : plugin.swap(library, CONFIG, warmUp, limit);
    }

    private NativePlugin start() {
        return NativePlugin.loadInPlace(library, CONFIG, PluginLogListener.slf4j());
    }

    private NativePlugin extract() {
        return NativePlugin.load(bundle, BundleManifest.RELEASE, CONFIG, PluginLogListener.slf4j());
    }

    /** Looks into libraries that were extracted and loaded since this was asked before. Their files may be gone. */
    private List<NativeProbe> loadedSince() {
        String name = System.mapLibraryName("turnstile_demo");
        try (Stream<String> files = Files.isReadable(MAPPINGS)
                ? Files.lines(MAPPINGS)
                        .filter(line -> line.contains(place.toString()))
                        .map(this::mappedFile)
                : Files.walk(place).map(Path::toString)) {
            return files.filter(file -> file.endsWith(name) && extractions.add(file))
                    .map(NativeProbe::ofLoaded)
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private String mappedFile(String mapping) {
        String file = mapping.substring(mapping.indexOf(place.toString()));
        return file.endsWith(DELETED) ? file.substring(0, file.length() - DELETED.length()) : file;
    }

    int extractions() {
        return extractions.size();
    }

    Upheavals upheavals() {
        return upheavals;
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
        Directories.delete(directory);
    }
}
