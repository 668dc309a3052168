package dev.turnstile.bundle;

import java.nio.file.Path;

/** On a class path without Bouncy Castle: signs, packs, opens, and reads and writes the keys of its arguments' directory. */
final class WithoutBouncyCastleProgram {
    private WithoutBouncyCastleProgram() {}

    public static void main(String[] arguments) {
        Path directory = Path.of(arguments[0]);
        MinisignKey key = MinisignKey.read(directory.resolve("open.key"));
        Path file = directory.resolve("echo.rbp");
        new BundleWriter("echo", "1.0.0")
                .library(Platform.host(), "release", "libecho.so", new byte[1_000])
                .signWith(key, "timestamp:1")
                .write(file);
        Bundle bundle = Bundle.open(file, BundleTrust.signedBy(key.publicKey()));
        System.out.println("opened " + bundle.library().size() + " bytes");
        refused(() -> MinisignKey.read(directory.resolve("locked.key"), "password".toCharArray()));
        refused(() -> key.write(directory.resolve("new.key"), "password".toCharArray()));
    }

    private static void refused(Runnable use) {
        try {
            use.run();
        } catch (BundleException refused) {
            System.out.println(refused.problem() + " " + refused.getMessage());
        }
    }
}
