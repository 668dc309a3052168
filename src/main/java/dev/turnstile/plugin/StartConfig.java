package dev.turnstile.plugin;

import org.jspecify.annotations.Nullable;

/**
 * What a native instance is started with, as it takes it.
 *
 * @param json the configuration
 * @param level the level in it, which it may have to be told again; {@code null} if there is none
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record StartConfig(byte[] json, @Nullable LogLevel level) {
    static StartConfig of(PluginConfig config) {
        return new StartConfig(config.toJson(), config.logLevel());
    }
}
