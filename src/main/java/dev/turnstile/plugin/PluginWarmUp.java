package dev.turnstile.plugin;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * What a plugin that is to take the place of another one has to do before calls reach it. Run on the thread that the plugin is confined to;
 * what it throws says that the plugin is of no use.
 */
@FunctionalInterface
public interface PluginWarmUp {
    /**
     * Tries the plugin.
     *
     * @param plugin started, and active as far as it can say; not to be kept or closed
     * @throws Exception if it does not do what it should
     */
    void run(ConfinedPlugin plugin) throws Exception;

    /**
     * Returns the warm-up that asks for nothing.
     *
     * @return does nothing
     */
    static PluginWarmUp none() {
        return plugin -> {};
    }

    /**
     * Returns the warm-up that makes a JSON call, which is to succeed.
     *
     * @param tag what is called
     * @param json the request as JSON text
     * @return makes the call; a {@link PluginException} of it says what the plugin answered
     */
    static PluginWarmUp call(String tag, String json) {
        Objects.requireNonNull(tag, "tag");
        byte[] request = json.getBytes(StandardCharsets.UTF_8);
        return plugin -> {
            try {
                var unused = plugin.exchange(tag, request);
            } catch (ErrorReply reply) {
                throw new JsonCodec(JsonCodec.SNAKE_CASE).error(tag, reply);
            }
        };
    }
}
