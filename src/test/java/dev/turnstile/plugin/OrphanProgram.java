package dev.turnstile.plugin;

import dev.turnstile.testing.TestPlugins;

/** Loads an isolated plugin, says which process it has, and then does something that nobody closes: by its arguments, the host and the tag to call. */
public final class OrphanProgram {
    private OrphanProgram() {}

    public static void main(String[] arguments) throws Exception {
        Isolation isolation = Host.valueOf(arguments[0]).isolation().withSpareProcess(true);
        SynchronizedPlugin plugin = SynchronizedPlugin.load(
                TestPlugins.library("crashes"),
                PluginConfig.defaults(),
                PluginOptions.defaults().withIsolation(isolation).withLibraryInPlace(true));
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
}
