package dev.turnstile.bench.gate;

import dev.turnstile.bundle.Bundle;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.bundle.MinisignPublicKey;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.SynchronizedPlugin;
import java.nio.file.Path;

/** What {@link Start} starts: does as little as a user's program would, once. Its arguments are what to do, a bundle and its key. */
final class StartProgram {
    static final String NOTHING = "nothing";
    static final String OPEN = "open";
    static final String CALL = "call";

    private StartProgram() {}

    public static void main(String[] arguments) throws Exception {
        if (!arguments[0].equals(NOTHING)) {
            open(arguments);
        }
    }

    private static void open(String[] arguments) throws Exception {
        BundleTrust trust = BundleTrust.signedBy(MinisignPublicKey.read(Path.of(arguments[2])));
        Bundle bundle = Bundle.open(Path.of(arguments[1]), trust);
        if (arguments[0].equals(OPEN)) {
            var unused = bundle.library();
            return;
        }
        Question question = Question.ofCaller(0);
        try (SynchronizedPlugin plugin =
                SynchronizedPlugin.load(bundle, PluginConfig.defaults(), PluginOptions.defaults())) {
            question.check(plugin.call(question.tag(), question.request()));
        }
    }
}
