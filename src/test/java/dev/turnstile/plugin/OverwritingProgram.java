package dev.turnstile.plugin;

import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Overwrites the library from which its plugin was loaded, as a linker or {@code cp} does, and uses the plugin. It may end the JVM. */
final class OverwritingProgram {
    private OverwritingProgram() {}

    public static void main(String[] arguments) throws Exception {
        Path library = Path.of(arguments[0]);
        try (SynchronizedPlugin plugin = SynchronizedPlugin.load(library)) {
            try (FileChannel file = FileChannel.open(library, StandardOpenOption.WRITE)) {
                file.truncate(0);
            }
            System.out.println("still answers " + plugin.call("echo", "{\"message\":\"m\"}"));
        }
    }
}
