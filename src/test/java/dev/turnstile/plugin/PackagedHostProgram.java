package dev.turnstile.plugin;

import dev.turnstile.InstanceStats;
import dev.turnstile.testing.TestPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Loads an isolated plugin, and prints which program its process runs. */
public final class PackagedHostProgram {
    private PackagedHostProgram() {}

    /** In place of JVM arguments: loads pools instead. */
    static final String POOLS = "pools";

    public static void main(String[] arguments) throws Exception {
        if (List.of(arguments).contains(POOLS)) {
            loadPools();
            return;
        }
        Isolation isolation = Isolation.process().withJvmArguments(arguments);
        PluginOptions options =
                PluginOptions.defaults().withIsolation(isolation).withLibraryInPlace(true);
        Path library = TestPlugins.library("crashes");
        try (SynchronizedPlugin plugin = SynchronizedPlugin.load(library, PluginConfig.defaults(), options)) {
            System.out.println(program(plugin.instances().getFirst()) + " answers " + plugin.call("echo", "1"));
        } catch (PluginLoadException refused) {
            System.out.println("refused: " + refused.getMessage());
        }
    }

    private static void loadPools() throws Exception {
        Set<String> programs = new TreeSet<>();
        for (int i = 0; i < 5; i++) {
            try (PluginPool pool = PluginPool.load(
                    TestPlugins.library("crashes"),
                    8,
                    PluginConfig.defaults(),
                    PluginOptions.defaults().withIsolation(Isolation.process()))) {
                for (InstanceStats instance : pool.instances()) {
                    programs.add(program(instance));
                }
            }
        }
        System.out.println(programs);
    }

    private static String program(InstanceStats instance) throws IOException {
        long pid = instance.process().orElseThrow().pid();
        return String.valueOf(
                Files.readSymbolicLink(Path.of("/proc/" + pid + "/exe")).getFileName());
    }
}
