package dev.turnstile.flink;

import dev.turnstile.RestartPolicy;
import dev.turnstile.bundle.BundleTrust;
import dev.turnstile.plugin.ConfinedPlugin;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginOptions;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.flink.util.function.SerializableFunction;
import org.apache.flink.util.function.SerializableSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where a plugin is and how it is opened, for Flink to send to the subtasks; immutable. Begin with {@link #bundle}, {@link #resource} or {@link #javaPlugin}. Nothing is looked at before a
 * subtask opens the plugin.
 *
 * {@snippet :
 * PluginDescription pricing = PluginDescription.bundle("s3://plugins/pricing.rbp")
 *         .signedBy("RWQf6LRCGA9i5…")
 *         .withInstances(4)
 *         .withOptions(options -> options.withIsolation(Isolation.process()));
 * }
 *
 * <p>Each subtask opens the plugin for itself and closes it when it ends, unless it {@linkplain #sharedInProcess is shared}. The lambdas are sent as well: they must be serializable, as each function of a job.
 */
@SuppressWarnings("exports") // of Flink, whose jars cannot be modules
public final class PluginDescription implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The most instances that a pool may have. */
    private static final int MOST_INSTANCES = 1000;

    /** By how much calls of a job that ends may hold up its end. */
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

    /** What kind of place {@link #location} names. */
    public enum Kind {
        /** A bundle in a file system that Flink knows. */
        BUNDLE,
        /** A bundle among the resources of the job. */
        RESOURCE,
        /** A class that is the plugin. */
        JAVA_PLUGIN
    }

    private final Values values;

    private PluginDescription(Values values) {
        this.values = values;
    }

    record Values(
            Kind kind,
            String location,
            List<String> trustedKeys,
            boolean unsigned,
            @Nullable String expectedName,
            @Nullable String leastVersion,
            int instances,
            @Nullable SerializableSupplier<PluginConfig> config,
            @Nullable SerializableFunction<PluginOptions, PluginOptions> options,
            @Nullable String poolName,
            Duration linger)
            implements Serializable {
        private static final long serialVersionUID = 1L;
    }

    /** A mutable copy, in which one value is changed. */
    private static final class Draft {
        Kind kind;
        String location;
        List<String> trustedKeys = List.of();
        boolean unsigned;

        @Nullable
        String expectedName;

        @Nullable
        String leastVersion;

        int instances = 1;

        @Nullable
        SerializableSupplier<PluginConfig> config;

        @Nullable
        SerializableFunction<PluginOptions, PluginOptions> options;

        @Nullable
        String poolName;

        Duration linger = Duration.ZERO;

        Draft(Kind kind, String location) {
            this.kind = kind;
            this.location = location;
        }

        PluginDescription description() {
            return new PluginDescription(new Values(
                    kind,
                    location,
                    trustedKeys,
                    unsigned,
                    expectedName,
                    leastVersion,
                    instances,
                    config,
                    options,
                    poolName,
                    linger));
        }
    }

    private PluginDescription with(Consumer<Draft> change) {
        Draft draft = new Draft(kind(), location());
        draft.trustedKeys = trustedKeys();
        draft.unsigned = unsigned();
        draft.expectedName = expectedName();
        draft.leastVersion = leastVersion();
        draft.instances = instances();
        draft.config = config();
        draft.options = options();
        draft.poolName = poolName();
        draft.linger = linger();
        change.accept(draft);
        return draft.description();
    }

    /**
     * Describes a bundle in a file system that Flink knows. Each TaskManager reads it when a subtask opens the plugin. Say whom to believe, too: {@link #signedBy} or {@link #withUnsigned}.
     *
     * @param location such as {@code s3://plugins/pricing.rbp}, {@code hdfs://…}, or a path that each TaskManager has
     * @return the description
     */
    public static PluginDescription bundle(String location) {
        return new Draft(Kind.BUNDLE, Objects.requireNonNull(location, "location")).description();
    }

    /**
     * Describes a bundle that lies in the job's jar, or beside Flink on the class path. Say whom to believe, too: {@link #signedBy} or {@link #withUnsigned}.
     *
     * @param name the name of the resource, without a slash in front, such as {@code pricing.rbp}
     * @return the description
     */
    public static PluginDescription resource(String name) {
        return new Draft(Kind.RESOURCE, Objects.requireNonNull(name, "name")).description();
    }

    /**
     * Describes a plugin that is written in Java, such as a few lines over a library with native code.
     *
     * @param plugin as {@link dev.turnstile.plugin.SynchronizedPlugin#open(Class, PluginOptions)} wants it
     * @return the description
     */
    public static PluginDescription javaPlugin(Class<? extends ConfinedPlugin> plugin) {
        return new Draft(
                        Kind.JAVA_PLUGIN,
                        Objects.requireNonNull(plugin, "plugin").getName())
                .description();
    }

    /** {@return what kind of place the plugin lies in} */
    public Kind kind() {
        return values.kind();
    }

    /** {@return where it lies: the location of the bundle, or the name of the resource or the class} */
    public String location() {
        return values.location();
    }

    /** {@return the minisign public keys of which one must have signed the bundle; by default none} */
    public List<String> trustedKeys() {
        return values.trustedKeys();
    }

    /** {@return whether every undamaged bundle is trusted; by default not} */
    public boolean unsigned() {
        return values.unsigned();
    }

    /** {@return the name that the plugin must have; {@code null}, the default, for any} */
    public @Nullable String expectedName() {
        return values.expectedName();
    }

    /** {@return the version that the plugin must have at least; {@code null}, the default, for any} */
    public @Nullable String leastVersion() {
        return values.leastVersion();
    }

    /** {@return how many instances each pool has; by default 1} */
    public int instances() {
        return values.instances();
    }

    /** {@return makes the configuration of the plugin; {@code null}, the default, for its own} */
    public @Nullable SerializableSupplier<PluginConfig> config() {
        return values.config();
    }

    /** {@return changes the settings; {@code null}, the default, for none} */
    public @Nullable SerializableFunction<PluginOptions, PluginOptions> options() {
        return values.options();
    }

    /** {@return the name of the pool that the subtasks of a process share; {@code null}, the default, if each has its own} */
    public @Nullable String poolName() {
        return values.poolName();
    }

    /** {@return how long a shared pool stays open without users; by default it does not} */
    public Duration linger() {
        return values.linger();
    }

    /**
     * Trusts bundles that one of the keys signed.
     *
     * @param key a minisign public key as base64 ({@code RW…}), or all of a {@code .pub} file
     * @param more further keys, for instance the next one during a change of keys
     * @return the changed description
     */
    public PluginDescription signedBy(String key, String... more) {
        List<String> keys = new ArrayList<>();
        keys.add(Objects.requireNonNull(key, "key"));
        Objects.requireNonNull(more, "more");
        for (int i = 0; i < more.length; i++) {
            keys.add(Objects.requireNonNull(more[i], "more[" + i + "]"));
        }
        List<String> all = List.copyOf(keys);
        return with(draft -> {
            draft.trustedKeys = all;
            draft.unsigned = false;
        });
    }

    /**
     * Trusts every undamaged bundle, whoever made it: right for one that you have built, or that came over a protected channel.
     *
     * @return the changed description
     */
    public PluginDescription withUnsigned() {
        return with(draft -> {
            draft.trustedKeys = List.of();
            draft.unsigned = true;
        });
    }

    /**
     * Refuses every plugin but the one of this name.
     *
     * @param name the name that the bundle's manifest must have
     * @return the changed description
     */
    public PluginDescription expectingName(String name) {
        Objects.requireNonNull(name, "name");
        return with(draft -> draft.expectedName = name);
    }

    /**
     * Refuses older versions.
     *
     * @param version a semantic version
     * @return the changed description
     */
    public PluginDescription atLeastVersion(String version) {
        Objects.requireNonNull(version, "version");
        return with(draft -> draft.leastVersion = version);
    }

    /**
     * Sets how many instances each pool has: as many calls of one subtask, or of all that share the pool, run at once.
     *
     * @param count 1 to 1,000
     * @return the changed description
     * @throws IllegalArgumentException if the number is out of range
     */
    public PluginDescription withInstances(int count) {
        if (count < 1 || count > MOST_INSTANCES) {
            throw new IllegalArgumentException("instances is " + count + ", but must be 1 to " + MOST_INSTANCES);
        }
        return with(draft -> draft.instances = count);
    }

    /**
     * Sets the configuration that the plugin is started with.
     *
     * @param supplier called where the plugin is opened
     * @return the changed description
     */
    public PluginDescription withConfig(SerializableSupplier<PluginConfig> supplier) {
        Objects.requireNonNull(supplier, "config");
        return with(draft -> draft.config = supplier);
    }

    /**
     * Changes the settings on the Java side: the capacity, restarts, isolation, a mapper, listeners. They begin with a limit for closing of 10 seconds, ten restarts a minute, and else the defaults. The limit for closing
     * must be shorter than the 180 seconds that Flink gives a task to end.
     *
     * <p>What the settings of a {@linkplain #sharedInProcess shared} plugin refer to is kept while it is open: a listener of the job keeps the job's class loader.
     *
     * @param change called where the plugin is opened
     * @return the changed description
     */
    public PluginDescription withOptions(SerializableFunction<PluginOptions, PluginOptions> change) {
        Objects.requireNonNull(change, "options");
        return with(draft -> draft.options = change);
    }

    /**
     * Has the subtasks of a TaskManager share one plugin, instead of one for each subtask: the first one opens it, the last one closes it. If the library lies in Flink's {@code lib/}, those of all jobs share it; if it lies in the job's
     * jar, those of this job.
     *
     * @param name the plugin's name within the process; a job that describes another plugin by the same name fails while others use it
     * @param stays how long the plugin stays open when its last user has gone, for instance until the job has been restarted; zero: not at all
     * @return the changed description
     * @throws IllegalArgumentException if the time is negative
     */
    public PluginDescription sharedInProcess(String name, Duration stays) {
        Objects.requireNonNull(name, "name");
        if (Objects.requireNonNull(stays, "stays").isNegative()) {
            throw new IllegalArgumentException("stays is " + stays + ", but must be 0 or more");
        }
        return with(draft -> {
            draft.poolName = name;
            draft.linger = stays;
        });
    }

    // ---- where it is opened ----

    PluginConfig configMade() {
        SerializableSupplier<PluginConfig> supplier = config();
        return supplier == null
                ? PluginConfig.defaults()
                : Objects.requireNonNull(supplier.get(), "withConfig's supplier returned null");
    }

    PluginOptions optionsMade() {
        PluginOptions options = PluginOptions.defaults();
        options = options.withGate(options.gate()
                .withCloseLimit(CLOSE_LIMIT)
                .withRestarts(RestartPolicy.limited(10, Duration.ofMinutes(1))));
        SerializableFunction<PluginOptions, PluginOptions> change = options();
        return change == null
                ? options
                : Objects.requireNonNull(change.apply(options), "withOptions' function returned null");
    }

    BundleTrust trust() {
        if (trustedKeys().isEmpty() && !unsigned()) {
            throw new IllegalArgumentException("Nothing says whose bundle " + location()
                    + " may be: use signedBy with the minisign public key of its maker, or withUnsigned");
        }
        BundleTrust trust = unsigned()
                ? BundleTrust.checksumsOnly()
                : BundleTrust.signedBy(
                        trustedKeys().getFirst(),
                        trustedKeys().subList(1, trustedKeys().size()).toArray(String[]::new));
        String name = expectedName();
        String version = leastVersion();
        trust = name == null ? trust : trust.expectingName(name);
        return version == null ? trust : trust.atLeastVersion(version);
    }

    /** {@return the name of the shared plugin, if it is shared} */
    Optional<String> shared() {
        return Optional.ofNullable(poolName());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PluginDescription that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "PluginDescription" + values.toString().substring("Values".length());
    }
}
