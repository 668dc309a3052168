package dev.turnstile.plugin;

import dev.turnstile.bundle.ExtractedLibrary;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.TestPlugins;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Loads an isolated plugin, says which process it has, and then does something that nobody closes: by its arguments, the host and the tag to call. */
public final class OrphanProgram {
    private OrphanProgram() {}

    public static void main(String[] arguments) throws Exception {
        Isolation isolation = Host.valueOf(arguments[0]).isolation().withSpareProcess(true);
        SynchronizedPlugin plugin = SynchronizedPlugin.load(
                TestPlugins.library("crashes"),
                PluginConfig.defaults(),
                PluginOptions.defaults().withIsolation(isolation).withLibraryInPlace(true));
        Eventually.isTrue("the spare process is ready", OrphanProgram::isSpareReady);
        System.out.println(plugin.call("pid", "{}"));
        switch (arguments[1]) {
            case "exit" -> System.exit(0);
            case "crash" -> {
                try (NativePlugin here = NativePlugin.loadInPlace(TestPlugins.library("crashes"))) {
                    here.call("segv", "{}");
                }
            }
            default -> plugin.call(arguments[1], "{}");
        }
        Thread.currentThread().join(); // until it is killed
    }

    /** From then on it ends by itself, with its directory, where this process is killed. Its socket loses its name when it has connected. */
    private static boolean isSpareReady() {
        try (Stream<Path> sockets = Files.find(
                Path.of(System.getProperty(ExtractedLibrary.DIRECTORY_PROPERTY)),
                2,
                (file, attributes) -> file.endsWith("s"))) {
            return ProcessHandle.current().children().count() == 2
                    && sockets.findAny().isEmpty();
        } catch (IOException | UncheckedIOException isBeingRemoved) {
            return false;
        }
    }
}
