package dev.turnstile.bundle;

import java.nio.file.Path;

/** Extracts a library in a process of its own, says where it is, and then closes it, dies, or waits to be killed. */
public final class ExtractingProgram {
    private ExtractingProgram() {}

    public static void main(String[] arguments) throws InterruptedException {
        ExtractedLibrary library =
                ExtractedLibrary.of(Source.bundle("test.rbp"), "libx.so", new byte[] {1, 2, 3}, Path.of(arguments[0]));
        System.out.println(library.file());
        switch (arguments[1]) {
            case "close" -> library.close();
            case "die" -> Runtime.getRuntime().halt(0);
            case "wait" -> Thread.currentThread().join();
            default -> throw new IllegalArgumentException(arguments[1]);
        }
    }
}
