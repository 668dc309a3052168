package dev.turnstile.plugin;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Tries a plugin that is to replace another one, before calls reach it. Runs on the thread that the plugin is confined to. If it throws,
 * the plugin is not used. If several workers share an instance, the first of them runs it for all.
 */
@FunctionalInterface
public interface PluginWarmUp {
    /**
     * Tries the plugin.
     *
     * @param plugin started, and active if it can tell its state; not to be kept or closed
     * @throws Exception if the plugin does not work
     */
    void run(ConfinedPlugin plugin) throws Exception;

    /**
     * Returns the warm-up that does nothing.
     *
     * @return the empty warm-up
     */
    static PluginWarmUp none() {
        return plugin -> {};
    }

    /**
     * Returns a warm-up that makes one JSON call, which must succeed.
     *
     * @param tag what is called
     * @param json the request as JSON text
     * @return the warm-up; it throws a {@link PluginException} if the plugin answers with an error
     */
    static PluginWarmUp call(String tag, String json) {
        Objects.requireNonNull(tag, "tag");
        byte[] request = Objects.requireNonNull(json, "json").getBytes(StandardCharsets.UTF_8);
        return plugin -> {
            try {
                Envelope.requireNoError(plugin.exchange(tag, request));
            } catch (ErrorReply reply) {
                throw new JsonCodec().error(tag, reply);
            }
        };
    }
}
