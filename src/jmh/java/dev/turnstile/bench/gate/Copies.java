package dev.turnstile.bench.gate;

import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The copies of the C plugin that are loaded from a place, and the file itself: each has counters of its own, which stay when the
 * copy's file is gone, for those who have found them by then.
 */
final class Copies {
    private final Path place;
    private final Set<Path> seen = new HashSet<>();
    private final List<NativeProbe> probes = new ArrayList<>(List.of(new NativeProbe(TestPlugins.demo())));

    Copies(Path place) {
        this.place = place;
    }

    /** Finds the new ones. They must be in use, and stay so meanwhile. */
    void look() throws IOException {
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(place)) {
            for (Path directory : directories) {
                if (seen.add(directory)) {
                    probes.add(
                            new NativeProbe(directory.resolve(TestPlugins.demo().getFileName())));
                }
            }
        }
    }

    /** Adds up a counter of all. */
    long count(String name) {
        return probes.stream().mapToLong(probe -> probe.count(name)).sum();
    }
}
