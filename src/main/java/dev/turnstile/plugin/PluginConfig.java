package dev.turnstile.plugin;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a plugin is started with; immutable. What is not set is left to the plugin's own default.
 *
 * @param data the plugin's own configuration: anything that Jackson can write, or {@code null}
 * @param initParams parameters for this start: anything that Jackson can write, or {@code null}
 * @param workerThreads threads of the plugin's own runtime; by its default one a core
 * @param logLevel the least severe lines that the plugin sends; by its default {@link LogLevel#INFO}
 * @param maxConcurrentOps how many requests the plugin itself admits at once, 0 for no limit; by its default 1000. One gate
 *     never has more than one
 */
public record PluginConfig(
        @Nullable Object data,
        @Nullable Object initParams,
        OptionalInt workerThreads,
        @Nullable LogLevel logLevel,
        OptionalInt maxConcurrentOps) {

    private static final PluginConfig DEFAULTS =
            new PluginConfig(null, null, OptionalInt.empty(), null, OptionalInt.empty());

    /**
     * Makes the configuration from all values at once; the {@code with} methods read better.
     *
     * @throws IllegalArgumentException if a number makes no sense; the message names it
     */
    public PluginConfig {
        if (workerThreads.isPresent() && workerThreads.getAsInt() < 1) {
            throw new IllegalArgumentException(
                    "workerThreads is " + workerThreads.getAsInt() + ", but must be 1 or more");
        }
        if (maxConcurrentOps.isPresent() && maxConcurrentOps.getAsInt() < 0) {
            throw new IllegalArgumentException(
                    "maxConcurrentOps is " + maxConcurrentOps.getAsInt() + ", but must be 0 (no limit) or more");
        }
    }

    /**
     * Returns the configuration in which everything is left to the plugin.
     *
     * @return the empty configuration
     */
    public static PluginConfig defaults() {
        return DEFAULTS;
    }

    /**
     * Sets the plugin's own configuration.
     *
     * @param value anything that Jackson can write, or {@code null}
     * @return the changed configuration
     */
    public PluginConfig withData(@Nullable Object value) {
        return new PluginConfig(value, initParams, workerThreads, logLevel, maxConcurrentOps);
    }

    /**
     * Sets the parameters for this start.
     *
     * @param value anything that Jackson can write, or {@code null}
     * @return the changed configuration
     */
    public PluginConfig withInitParams(@Nullable Object value) {
        return new PluginConfig(data, value, workerThreads, logLevel, maxConcurrentOps);
    }

    /**
     * Sets the number of threads of the plugin's own runtime.
     *
     * @param threads 1 or more
     * @return the changed configuration
     */
    public PluginConfig withWorkerThreads(int threads) {
        return new PluginConfig(data, initParams, OptionalInt.of(threads), logLevel, maxConcurrentOps);
    }

    /**
     * Sets the least severe lines that the plugin sends.
     *
     * @param level the limit; {@link LogLevel#OFF} for none at all
     * @return the changed configuration
     */
    public PluginConfig withLogLevel(LogLevel level) {
        return new PluginConfig(data, initParams, workerThreads, level, maxConcurrentOps);
    }

    /**
     * Sets how many requests the plugin itself admits at once.
     *
     * @param requests 1 or more, or 0 for no limit
     * @return the changed configuration
     */
    public PluginConfig withMaxConcurrentOps(int requests) {
        return new PluginConfig(data, initParams, workerThreads, logLevel, OptionalInt.of(requests));
    }

    /** Writes the configuration as {@code plugin_init} wants it. */
    byte[] toJson(JsonMapper mapper) {
        Map<String, Object> members = new LinkedHashMap<>();
        if (data != null) {
            members.put("data", data);
        }
        if (initParams != null) {
            members.put("init_params", initParams);
        }
        workerThreads.ifPresent(threads -> members.put("worker_threads", threads));
        if (logLevel != null) {
            members.put("log_level", logLevel.name().toLowerCase(java.util.Locale.ROOT));
        }
        maxConcurrentOps.ifPresent(requests -> members.put("max_concurrent_ops", requests));
        try {
            return mapper.writeValueAsBytes(members);
        } catch (JacksonException unwritable) {
            throw new PluginLoadException(
                    "The plugin's configuration cannot be written as JSON: " + unwritable.getOriginalMessage(),
                    unwritable);
        }
    }
}
