package dev.turnstile.cli;

import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.plugin.SynchronizedPlugin;
import java.nio.file.Path;

/** Run by {@link MainTest} in a JVM without picocli: a program that uses the library. */
final class LibraryUser {
    private LibraryUser() {}

    public static void main(String... arguments) throws InterruptedException {
        try {
            Class.forName("picocli.CommandLine");
            throw new AssertionError("picocli is there");
        } catch (ClassNotFoundException asMeant) {
            System.out.print("without picocli: ");
        }
        try (var plugin = SynchronizedPlugin.load(Path.of(arguments[0]), BundleTrust.signedBy(arguments[1]))) {
            System.out.println(plugin.call("echo", "{\"message\":\"hello\"}"));
        }
    }
}
