package dev.turnstile.plugin;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Calls each instance of a pool once. */
final class OfEach {
    private static final String HEAD = "{\"status\":\"success\",\"payload\":";

    private OfEach() {}

    /** The payloads, sorted. */
    static List<String> payloads(PluginPool pool) throws InterruptedException {
        return new EachInstance(pool.gate)
                .ask(OfEach::payload).stream().sorted().toList();
    }

    private static String payload(ConfinedPlugin plugin) {
        try {
            String envelope = new String(plugin.exchange("any", new byte[] {'1'}), StandardCharsets.UTF_8);
            return envelope.substring(HEAD.length(), envelope.length() - 1);
        } catch (ErrorReply failed) {
            throw new AssertionError(failed);
        }
    }
}
