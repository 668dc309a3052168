package dev.turnstile.plugin;

import dev.turnstile.TurnstileOptions;
import dev.turnstile.bundle.BundleManifest;
import java.util.Objects;
import tools.jackson.databind.json.JsonMapper;

/**
 * The settings of a {@link SynchronizedPlugin} on the Java side; immutable. What the plugin itself is started with is its
 * {@link PluginConfig}.
 *
 * @param gate the settings of the gate: capacity, worker, limit for closing
 * @param mapper writes requests and reads responses of typed calls; by default names are {@code snake_case}, as Rust's
 *     serde writes them
 * @param logListener receives the plugin's log lines, by default {@link PluginLogListener#slf4j()}
 * @param variant which build of the library is taken from a bundle, by default {@link BundleManifest#RELEASE}
 */
public record PluginOptions(TurnstileOptions gate, JsonMapper mapper, PluginLogListener logListener, String variant) {
    private static final PluginOptions DEFAULTS = new PluginOptions(
            TurnstileOptions.defaults(), JsonCodec.SNAKE_CASE, PluginLogListener.slf4j(), BundleManifest.RELEASE);

    /** Makes the settings from all values at once; the {@code with} methods read better. */
    public PluginOptions {
        Objects.requireNonNull(gate, "gate");
        Objects.requireNonNull(mapper, "mapper");
        Objects.requireNonNull(logListener, "logListener");
        Objects.requireNonNull(variant, "variant");
    }

    /**
     * Returns the settings that fit most uses.
     *
     * @return the default of every setting
     */
    public static PluginOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Sets how many calls may be pending, a short form for the gate's setting.
     *
     * @param places 1 or more
     * @return the changed settings
     * @throws IllegalArgumentException if there would be no place
     */
    public PluginOptions withCapacity(int places) {
        return withGate(gate.withCapacity(places));
    }

    /**
     * Sets the settings of the gate.
     *
     * @param options capacity, worker, limit for closing
     * @return the changed settings
     */
    public PluginOptions withGate(TurnstileOptions options) {
        return new PluginOptions(options, mapper, logListener, variant);
    }

    /**
     * Sets what writes requests and reads responses of typed calls.
     *
     * @param jsonMapper called on callers' threads and on virtual threads, never on the worker
     * @return the changed settings
     */
    public PluginOptions withMapper(JsonMapper jsonMapper) {
        return new PluginOptions(gate, jsonMapper, logListener, variant);
    }

    /**
     * Sets what receives the plugin's log lines.
     *
     * @param listener never called on the worker
     * @return the changed settings
     */
    public PluginOptions withLogListener(PluginLogListener listener) {
        return new PluginOptions(gate, mapper, listener, variant);
    }

    /**
     * Sets which build of the library is taken from a bundle.
     *
     * @param name such as {@code debug}
     * @return the changed settings
     */
    public PluginOptions withVariant(String name) {
        return new PluginOptions(gate, mapper, logListener, name);
    }
}
