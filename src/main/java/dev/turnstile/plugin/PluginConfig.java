package dev.turnstile.plugin;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The configuration that a plugin is started with; immutable. Begin with {@link #defaults()} and change what should differ. What is not
 * set keeps the plugin's own default.
 */
public final class PluginConfig {
    private static final String DATA = "data";
    private static final String INIT_PARAMS = "init_params";
    private static final String WORKER_THREADS = "worker_threads";
    private static final String LOG_LEVEL = "log_level";
    private static final String MAX_CONCURRENT_OPS = "max_concurrent_ops";

    /** The members that have a setting of their own, each with the method that sets it. */
    private static final Map<String, String> SETTINGS = Map.of(
            DATA, "withData",
            INIT_PARAMS, "withInitParams",
            WORKER_THREADS, "withWorkerThreads",
            LOG_LEVEL, "withLogLevel",
            MAX_CONCURRENT_OPS, "withMaxConcurrentOps");

    private static final PluginConfig DEFAULTS = new PluginConfig(
            new Values(ConfigValue.NONE, ConfigValue.NONE, OptionalInt.empty(), null, OptionalInt.empty(), Map.of()));

    private final Values values;

    private PluginConfig(Values values) {
        this.values = values;
    }

    record Values(
            ConfigValue data,
            ConfigValue initParams,
            OptionalInt workerThreads,
            @Nullable LogLevel logLevel,
            OptionalInt maxConcurrentOps,
            Map<String, @Nullable Object> members) {}

    /**
     * Returns the configuration in which everything is left to the plugin.
     *
     * @return the empty configuration
     */
    public static PluginConfig defaults() {
        return DEFAULTS;
    }

    /** {@return the plugin's own configuration, without members that were set by name: anything that Jackson can write, or {@code null}} */
    public @Nullable Object data() {
        return values.data().base();
    }

    /** {@return the members of the plugin's own configuration that were set by name; unmodifiable} */
    public Map<String, @Nullable Object> dataMembers() {
        return values.data().members();
    }

    /** {@return the parameters for this start, without those that were set by name: anything that Jackson can write, or {@code null}} */
    public @Nullable Object initParams() {
        return values.initParams().base();
    }

    /** {@return the parameters for this start that were set by name; unmodifiable} */
    public Map<String, @Nullable Object> initParamMembers() {
        return values.initParams().members();
    }

    /** {@return the number of threads of the plugin's own runtime; by the plugin's default one for each core} */
    public OptionalInt workerThreads() {
        return values.workerThreads();
    }

    /**
     * {@return the lowest level of the log lines that the plugin sends; by the plugin's default {@link LogLevel#INFO}. A plugin with
     * {@link Capability#LOG_LEVEL} is told it again after its start, since not every plugin heeds it at the start}
     */
    public @Nullable LogLevel logLevel() {
        return values.logLevel();
    }

    /**
     * {@return how many requests the plugin itself admits at once, 0 for no limit; by the plugin's default 1000. A {@link
     * SynchronizedPlugin} never makes more than one at once}
     */
    public OptionalInt maxConcurrentOps() {
        return values.maxConcurrentOps();
    }

    /** {@return further members of the configuration, by name; unmodifiable} */
    public Map<String, @Nullable Object> members() {
        return values.members();
    }

    /**
     * Sets the plugin's own configuration; members that are set by name stay as they are.
     *
     * @param value anything that Jackson can write, or {@code null}
     * @return the changed configuration
     */
    public PluginConfig withData(@Nullable Object value) {
        return new PluginConfig(new Values(
                values.data().withBase(value),
                values.initParams(),
                workerThreads(),
                logLevel(),
                maxConcurrentOps(),
                members()));
    }

    /**
     * Sets one member of the plugin's own configuration, and leaves the rest as it is. It overrides a member of that name in {@link
     * #data()}, whichever of the two is set first; {@code data} must then be {@code null} or something that Jackson writes as a JSON
     * object.
     *
     * @param name the member's name
     * @param value anything that Jackson can write, or {@code null}
     * @return the changed configuration
     */
    public PluginConfig withData(String name, @Nullable Object value) {
        Objects.requireNonNull(name, "name");
        return new PluginConfig(new Values(
                values.data().withMember(name, value),
                values.initParams(),
                workerThreads(),
                logLevel(),
                maxConcurrentOps(),
                members()));
    }

    /**
     * Sets the parameters for this start; those that are set by name stay as they are.
     *
     * @param value anything that Jackson can write, or {@code null}
     * @return the changed configuration
     */
    public PluginConfig withInitParams(@Nullable Object value) {
        return new PluginConfig(new Values(
                values.data(),
                values.initParams().withBase(value),
                workerThreads(),
                logLevel(),
                maxConcurrentOps(),
                members()));
    }

    /**
     * Sets one parameter for this start, and leaves the others as they are; see {@link #withData(String, Object)}.
     *
     * @param name the parameter's name
     * @param value anything that Jackson can write, or {@code null}
     * @return the changed configuration
     */
    public PluginConfig withInitParam(String name, @Nullable Object value) {
        Objects.requireNonNull(name, "name");
        return new PluginConfig(new Values(
                values.data(),
                values.initParams().withMember(name, value),
                workerThreads(),
                logLevel(),
                maxConcurrentOps(),
                members()));
    }

    /**
     * Sets the number of threads of the plugin's own runtime.
     *
     * @param threads 1 or more
     * @return the changed configuration
     * @throws IllegalArgumentException if {@code threads} is less than 1
     */
    public PluginConfig withWorkerThreads(int threads) {
        require(threads >= 1, "workerThreads is " + threads + ", but must be 1 or more");
        return new PluginConfig(new Values(
                values.data(),
                values.initParams(),
                OptionalInt.of(threads),
                logLevel(),
                maxConcurrentOps(),
                members()));
    }

    /**
     * Sets the lowest level of the log lines that the plugin sends.
     *
     * @param level the limit; {@link LogLevel#OFF} for none at all
     * @return the changed configuration
     */
    public PluginConfig withLogLevel(LogLevel level) {
        Objects.requireNonNull(level, "logLevel");
        return new PluginConfig(
                new Values(values.data(), values.initParams(), workerThreads(), level, maxConcurrentOps(), members()));
    }

    /**
     * Sets how many requests the plugin itself admits at once.
     *
     * @param requests 1 or more, or 0 for no limit
     * @return the changed configuration
     * @throws IllegalArgumentException if the number is negative
     */
    public PluginConfig withMaxConcurrentOps(int requests) {
        require(requests >= 0, "maxConcurrentOps is " + requests + ", but must be 0 (no limit) or more");
        return new PluginConfig(new Values(
                values.data(), values.initParams(), workerThreads(), logLevel(), OptionalInt.of(requests), members()));
    }

    /**
     * Sets a member of the configuration that this class has no setting for, such as one of a newer plugin. A plugin ignores members that
     * it does not know.
     *
     * @param name the member's name, as the plugin spells it, such as {@code shutdown_timeout_ms}
     * @param value anything that Jackson can write, or {@code null}
     * @return the changed configuration
     * @throws IllegalArgumentException if the name is empty, or the member has a setting of its own; the message names that setting
     */
    public PluginConfig withMember(String name, @Nullable Object value) {
        Objects.requireNonNull(name, "name");
        require(!name.isEmpty(), "name is \"\", but must be that of a member of the plugin's configuration");
        String setting = SETTINGS.get(name);
        require(setting == null, "name is \"" + name + "\", which has a setting of its own: use " + setting);
        return new PluginConfig(new Values(
                values.data(),
                values.initParams(),
                workerThreads(),
                logLevel(),
                maxConcurrentOps(),
                ConfigValue.with(members(), name, value)));
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** Writes the configuration as {@code plugin_init} wants it. It takes a mapper only for what Jackson has to write. */
    byte[] toJson() {
        Map<String, Object> settings = settings();
        if (members().isEmpty() && values.data().isNone() && values.initParams().isNone()) {
            StringJoiner json = new StringJoiner(",", "{", "}");
            settings.forEach((name, value) ->
                    json.add("\"" + name + "\":" + (value instanceof String ? "\"" + value + "\"" : value)));
            return json.toString().getBytes(StandardCharsets.UTF_8);
        }
        JsonMapper mapper = SerdeMapper.create(); // not kept, as it would keep the classes that it writes
        try {
            Map<String, @Nullable Object> written = new LinkedHashMap<>();
            Object data = values.data().whole(DATA, mapper);
            if (data != null) {
                written.put(DATA, data);
            }
            Object initParams = values.initParams().whole(INIT_PARAMS, mapper);
            if (initParams != null) {
                written.put(INIT_PARAMS, initParams);
            }
            written.putAll(settings);
            written.putAll(members());
            return mapper.writeValueAsBytes(written);
        } catch (JacksonException unwritable) {
            throw new PluginLoadException(
                    "The plugin's configuration cannot be written as JSON: " + unwritable.getOriginalMessage(),
                    unwritable);
        }
    }

    /** Numbers and words, by their names. */
    private Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        workerThreads().ifPresent(threads -> settings.put(WORKER_THREADS, threads));
        LogLevel level = logLevel();
        if (level != null) {
            settings.put(LOG_LEVEL, level.name().toLowerCase(Locale.ROOT));
        }
        maxConcurrentOps().ifPresent(requests -> settings.put(MAX_CONCURRENT_OPS, requests));
        return settings;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PluginConfig that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "PluginConfig" + values.toString().substring("Values".length());
    }
}
