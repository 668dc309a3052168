package dev.turnstile.plugin;

import dev.turnstile.testing.TestPlugins;
import java.nio.file.Files;
import java.nio.file.Path;

/** Loads an isolated plugin, and prints which program its process runs. */
public final class PackagedHostProgram {
    private PackagedHostProgram() {}

    public static void main(String[] arguments) throws Exception {
        Isolation isolation = Isolation.process().withJvmArguments(arguments);
        PluginOptions options =
                PluginOptions.defaults().withIsolation(isolation).withLibraryInPlace(true);
        Path library = TestPlugins.library("crashes");
        try (SynchronizedPlugin plugin = SynchronizedPlugin.load(library, PluginConfig.defaults(), options)) {
            long pid = plugin.instances().get(0).process().orElseThrow().pid();
            Path program = Files.readSymbolicLink(Path.of("/proc/" + pid + "/exe"));
            System.out.println(program.getFileName() + " answers " + plugin.call("echo", "1"));
        } catch (PluginLoadException refused) {
            System.out.println("refused: " + refused.getMessage());
        }
    }
}
