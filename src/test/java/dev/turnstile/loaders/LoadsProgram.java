package dev.turnstile.loaders;

import dev.turnstile.RestartPolicy;
import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.bundle.ExtractedLibrary;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginException;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.PluginWarmUp;
import dev.turnstile.plugin.SynchronizedPlugin;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Loads a plugin very often, by itself, by restarts and by swaps, and prints what each load that has ended leaves in the process. Exit code 1 if that is
 * more than code that is never unloaded has to cost.
 */
final class LoadsProgram {
    private static final String ECHO = "{\"message\":\"hello\"}";
    private static final Path PROCESS = Path.of("/proc/self");

    private final Path place = Path.of(System.getProperty(ExtractedLibrary.DIRECTORY_PROPERTY));
    private final List<String> breaches = new ArrayList<>();
    private final Path library;
    private final Path bundle;
    private final int times;
    private final int ownDescriptors;

    private LoadsProgram(Path library, Path bundle, int times, int ownDescriptors) {
        this.library = library;
        this.bundle = bundle;
        this.times = times;
        this.ownDescriptors = ownDescriptors;
    }

    /** With a library, a bundle of it, how often to load it in each way, and how many descriptors the plugin's own code leaves open each time. */
    public static void main(String[] arguments) throws Exception {
        LoadsProgram program = new LoadsProgram(
                Path.of(arguments[0]),
                Path.of(arguments[1]),
                Integer.parseInt(arguments[2]),
                Integer.parseInt(arguments[3]));
        System.out.println("| for each of " + program.times
                + " | descriptors | named files | threads | mappings | deleted files, KB | heap, KB | resident, KB |");
        program.measure("load", program::load);
        program.measure("load of a bundle", program::loadBundle);
        program.measure("restart", program::restart);
        program.measure("swap", program::swap);
        System.out.println("breaches: " + program.breaches);
        System.exit(program.breaches.isEmpty() ? 0 : 1);
    }

    /** What the process has. */
    private record Look(
            long descriptors, long files, long threads, long mappings, long deleted, long heap, long resident) {}

    @FunctionalInterface
    private interface Series {
        void run(int times) throws Exception;
    }

    private PluginOptions options() {
        PluginOptions defaults = PluginOptions.defaults();
        RestartPolicy restarts =
                RestartPolicy.limited(times + 10, Duration.ofDays(1)).withDelays(Duration.ZERO, Duration.ZERO);
        return defaults.withLogListener(line -> {}).withGate(defaults.gate().withRestarts(restarts));
    }

    private SynchronizedPlugin open() throws InterruptedException {
        return SynchronizedPlugin.load(library, PluginConfig.defaults().withWorkerThreads(1), options());
    }

    private void load(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            try (SynchronizedPlugin plugin = open()) {
                plugin.call("echo", ECHO);
            }
        }
    }

    private void loadBundle(int count) throws Exception {
        Bundle opened = Bundle.open(bundle, BundleTrust.checksumsOnly());
        for (int i = 0; i < count; i++) {
            try (SynchronizedPlugin plugin =
                    SynchronizedPlugin.load(opened, PluginConfig.defaults().withWorkerThreads(1), options())) {
                plugin.call("echo", ECHO);
            }
        }
    }

    private void restart(int count) throws Exception {
        try (SynchronizedPlugin plugin = open()) {
            for (int i = 0; i < count; i++) {
                try {
                    plugin.call("panic", "{}");
                    throw new AssertionError("There was no panic");
                } catch (PluginException asAsked) {
                    plugin.call("echo", ECHO);
                }
            }
        }
    }

    private void swap(int count) throws Exception {
        try (SynchronizedPlugin plugin = open()) {
            for (int i = 0; i < count; i++) {
                plugin.swap(
                        library,
                        PluginConfig.defaults().withWorkerThreads(1),
                        PluginWarmUp.none(),
                        Duration.ofMinutes(1));
                plugin.call("echo", ECHO);
            }
        }
    }

    private void measure(String what, Series series) throws Exception {
        series.run(20); // what comes once has come
        Look before = look();
        series.run(times);
        Look after = look();
        System.out.printf(
                Locale.ROOT,
                "| %s | %.3f | %.3f | %.3f | %.1f | %.1f | %.1f | %.1f |%n",
                what,
                each(after.descriptors - before.descriptors),
                each(after.files - before.files),
                each(after.threads - before.threads),
                each(after.mappings - before.mappings),
                each(after.deleted - before.deleted) / 1024,
                each(after.heap - before.heap) / 1024,
                each(after.resident - before.resident));
        int loads = times + 1; // some series begin with one
        require(
                after.descriptors - before.descriptors <= 2 + loads * ownDescriptors,
                what + ": descriptors " + before + " " + after);
        require(after.threads <= before.threads + 20, what + ": threads " + before + " " + after); // the JVM's own come and go
        require(after.files <= before.files, what + ": files " + before + " " + after);
        require(each(after.mappings - before.mappings) <= 10, what + ": mappings " + before + " " + after);
        require(
                each(after.deleted - before.deleted) <= 1.1 * Files.size(library),
                what + ": deleted files " + before + " " + after);
        require(each(after.heap - before.heap) <= 24 << 10, what + ": heap " + before + " " + after);
    }

    private double each(long all) {
        return (double) all / times;
    }

    private void require(boolean holds, String breach) {
        if (!holds) {
            breaches.add(breach);
        }
    }

    private Look look() throws IOException {
        List<String> maps = Files.readAllLines(PROCESS.resolve("maps"));
        long deleted = maps.stream()
                        .filter(line -> line.contains(place.toString()))
                        .map(line -> List.of(line.split(" +")).get(4)) // the inode
                        .distinct()
                        .count()
                * Files.size(library);
        return new Look(
                count(PROCESS.resolve("fd")),
                count(place),
                count(PROCESS.resolve("task")),
                maps.size(),
                deleted,
                heap(),
                resident());
    }

    private static long count(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.count();
        }
    }

    private static long heap() {
        System.gc();
        System.gc();
        MemoryUsage usage = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        return usage.getUsed();
    }

    private static long resident() throws IOException {
        return Files.readAllLines(PROCESS.resolve("status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }
}
