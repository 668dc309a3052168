package dev.turnstile.plugin;

import org.jspecify.annotations.Nullable;

/**
 * Reads the response of a raw call where the plugin put it.
 *
 * @param <T> what it makes of the response
 */
@FunctionalInterface
public interface RawReader<T extends @Nullable Object> {
    /**
     * Reads the response, on the thread that made the call. The plugin's memory is given back when this method returns or throws. It must
     * not call the plugin.
     *
     * @param reply the response, readable until this method returns
     * @return what the call returns
     */
    T read(RawReply reply);
}
