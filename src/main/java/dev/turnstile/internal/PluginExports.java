package dev.turnstile.internal;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** The names of the functions that a rustbridge plugin exports. */
public final class PluginExports {
    /** Creates an instance. */
    public static final String CREATE = "plugin_create";
    /** Creates an instance with the plugin's own configuration. */
    public static final String CREATE_WITH_CONFIG = "plugin_create_with_config";
    /** Starts an instance. */
    public static final String INIT = "plugin_init";
    /** Makes a call. */
    public static final String CALL = "plugin_call";
    /** Frees the answer of a call. */
    public static final String FREE_BUFFER = "plugin_free_buffer";
    /** Ends an instance. */
    public static final String SHUTDOWN = "plugin_shutdown";
    /** Makes a raw call. */
    public static final String CALL_RAW = "plugin_call_raw";
    /** Frees the answer of a raw call. */
    public static final String RESPONSE_FREE = "rb_response_free";
    /** Sets the log level. */
    public static final String SET_LOG_LEVEL = "plugin_set_log_level";
    /** Tells the state of an instance. */
    public static final String GET_STATE = "plugin_get_state";
    /** Tells how many requests the plugin's own limiter refused. */
    public static final String GET_REJECTED_COUNT = "plugin_get_rejected_count";

    /** What each plugin has. A library that lacks one is not a plugin. */
    public static final List<String> REQUIRED = List.of(CREATE, INIT, CALL, FREE_BUFFER, SHUTDOWN);

    private PluginExports() {}

    /**
     * Says why a library is not a plugin.
     *
     * @param missing the required exports that it lacks, at least one
     * @return a clause without its subject
     */
    public static String whyNotPlugin(List<String> missing) {
        return "is not a rustbridge plugin: it does not export " + String.join(", ", missing);
    }

    /**
     * What a plugin may have.
     *
     * @return the exports that go together, by what they are for
     */
    public static SequencedMap<String, List<String>> optional() {
        SequencedMap<String, List<String>> optional = new LinkedHashMap<>();
        optional.put("its own configuration", List.of(CREATE_WITH_CONFIG));
        optional.put("raw calls", List.of(CALL_RAW, RESPONSE_FREE));
        optional.put("setting the log level", List.of(SET_LOG_LEVEL));
        optional.put("telling its state", List.of(GET_STATE));
        optional.put("counting what its own limiter refused", List.of(GET_REJECTED_COUNT));
        return Collections.unmodifiableSequencedMap(optional);
    }
}
