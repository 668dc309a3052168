package dev.turnstile.plugin;

import dev.turnstile.TurnstileOptions;
import dev.turnstile.bundle.BundleManifest;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.databind.json.JsonMapper;

/**
 * The settings of a {@link SynchronizedPlugin} or a {@link PluginPool} on the Java side; immutable. The plugin's own configuration is its
 * {@link PluginConfig}.
 */
public final class PluginOptions {
    private static final PluginOptions DEFAULTS = new PluginOptions(new Draft().values());

    private final Values values;

    private PluginOptions(Values values) {
        this.values = values;
    }

    record Values(
            TurnstileOptions gate,
            @Nullable JsonMapper mapper,
            PluginLogListener logListener,
            String variant,
            boolean libraryInPlace,
            boolean uniqueSymbolsAllowed,
            Isolation isolation) {
        Values {
            Objects.requireNonNull(gate, "gate");
            Objects.requireNonNull(logListener, "logListener");
            Objects.requireNonNull(variant, "variant");
            Objects.requireNonNull(isolation, "isolation");
        }
    }

    /** A mutable copy of the defaults or of other settings, in which one value is changed. */
    private static final class Draft {
        TurnstileOptions gate = TurnstileOptions.defaults();
        /** {@code null} for the default one, which is made when it is asked for. */
        @Nullable
        JsonMapper mapper;

        PluginLogListener logListener = PluginLogListener.slf4j();
        String variant = BundleManifest.RELEASE;
        boolean libraryInPlace;
        boolean uniqueSymbolsAllowed;
        Isolation isolation = Isolation.none();

        Values values() {
            return new Values(gate, mapper, logListener, variant, libraryInPlace, uniqueSymbolsAllowed, isolation);
        }
    }

    private PluginOptions with(Consumer<Draft> change) {
        Draft draft = new Draft();
        draft.gate = gate();
        draft.mapper = values.mapper();
        draft.logListener = logListener();
        draft.variant = variant();
        draft.libraryInPlace = libraryInPlace();
        draft.uniqueSymbolsAllowed = uniqueSymbolsAllowed();
        draft.isolation = isolation();
        change.accept(draft);
        return new PluginOptions(draft.values());
    }

    /** {@return the settings of the gate: capacity, worker, limit for closing} */
    public TurnstileOptions gate() {
        return values.gate();
    }

    /**
     * {@return the mapper that writes requests and reads responses of typed calls}
     *
     * <p>The default one writes and reads as Rust's serde does. Members and enum constants have {@code snake_case} names. NaN and infinities
     * are refused. Nothing is turned into another kind of value, cut off, or made up: a constructor's parameter needs its member, unless it is
     * an {@code Optional} or {@code @Nullable}. Members that the class lacks are dropped. Its {@code rebuild()} changes a single thing.
     */
    public JsonMapper mapper() {
        JsonMapper mapper = values.mapper();
        return mapper == null ? SerdeMapper.shared() : mapper;
    }

    /** Makes what writes requests and reads responses with the mapper. */
    JsonCodec codec() {
        return JsonCodec.of(values.mapper());
    }

    /** {@return the listener for the plugin's log lines, by default {@link PluginLogListener#slf4j()}} */
    public PluginLogListener logListener() {
        return values.logListener();
    }

    /** {@return the build of the library that is taken from a bundle, by default {@link BundleManifest#RELEASE}} */
    public String variant() {
        return values.variant();
    }

    /** {@return whether the file of a bare library is loaded itself, instead of a private copy; by default it is not} */
    public boolean libraryInPlace() {
        return values.libraryInPlace();
    }

    /** {@return whether a library may be loaded whose copies share state; by default it is refused} */
    public boolean uniqueSymbolsAllowed() {
        return values.uniqueSymbolsAllowed();
    }

    /** {@return where the plugin runs; by default in this process} */
    public Isolation isolation() {
        return values.isolation();
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
     * @throws IllegalArgumentException if {@code places} is less than 1
     */
    public PluginOptions withCapacity(int places) {
        return withGate(gate().withCapacity(places));
    }

    /**
     * Sets the settings of the gate.
     *
     * @param options capacity, worker, limit for closing
     * @return the changed settings
     */
    public PluginOptions withGate(TurnstileOptions options) {
        return with(draft -> draft.gate = options);
    }

    /**
     * Sets the mapper that writes requests and reads responses of typed calls. It is as strict or as lenient as it is built: one that is
     * not made from the default {@link #mapper()} has Jackson's own rules.
     *
     * @param jsonMapper called on callers' threads and on virtual threads, never on the worker
     * @return the changed settings
     */
    public PluginOptions withMapper(JsonMapper jsonMapper) {
        Objects.requireNonNull(jsonMapper, "mapper");
        return with(draft -> draft.mapper = SerdeMapper.isShared(jsonMapper) ? null : jsonMapper);
    }

    /**
     * Sets how deep and how long the JSON may be that the default mapper reads, for typed calls. Text calls have no such limits, unless
     * these limit a whole document or its tokens. It takes the default mapper with these limits, in place of any that was set.
     *
     * @param limits by default nesting may be 500 deep, a number may have 1,000 characters, a name 50,000 and a string 100 million
     * @return the changed settings
     */
    public PluginOptions withReadLimits(StreamReadConstraints limits) {
        return withMapper(SerdeMapper.create(Objects.requireNonNull(limits, "limits")));
    }

    /**
     * Sets the listener for the plugin's log lines.
     *
     * @param listener never called on the worker
     * @return the changed settings
     */
    public PluginOptions withLogListener(PluginLogListener listener) {
        return with(draft -> draft.logListener = listener);
    }

    /**
     * Sets which build of the library is taken from a bundle.
     *
     * @param name such as {@code debug}
     * @return the changed settings
     */
    public PluginOptions withVariant(String name) {
        return with(draft -> draft.variant = name);
    }

    /**
     * Sets whether the file of a bare library is loaded itself, instead of a private copy of it.
     *
     * <p>Two dangers come with that. All loads of one file in this process share one set of globals: two plugins from it overlap, use each
     * other's state, and the shutdown of one takes log callback and handlers from the other. And a file that is overwritten in place,
     * instead of being replaced by a move, ends the JVM. A file that was replaced by a move cannot be loaded from the same path in the same
     * JVM: the system's loader would find the old one, which stays loaded, so it is refused. That is noticed for files that this class has
     * loaded; not for those that others have, such as {@link System#load}, and not for a file that was overwritten in place. What it is for: a library that looks beside its own file for more than the
     * dependencies that it declares, and one that is too large to copy.
     *
     * <p>It is for {@link SynchronizedPlugin#load(java.nio.file.Path, PluginConfig, PluginOptions) a plugin of one instance} and for {@link
     * PluginPool#loadShared(java.nio.file.Path, int, PluginConfig, PluginOptions) one that several workers share}, without restarts: an
     * instance that replaces another one needs a file of its own. A library of a bundle is extracted anyway, and that of a {@linkplain
     * GuardedPlugin#swap(java.nio.file.Path, PluginConfig, PluginWarmUp, java.time.Duration) swap} copied.
     *
     * @param inPlace whether to load the file itself
     * @return the changed settings
     */
    public PluginOptions withLibraryInPlace(boolean inPlace) {
        return with(draft -> draft.libraryInPlace = inPlace);
    }

    /**
     * Sets whether a library may be loaded whose copies share state. GNU compilers bind the state of C++ templates and inline functions as
     * {@code STB_GNU_UNIQUE}: Linux's loader keeps it once for the whole process, however many copies of the library there are. Such a
     * library is refused for a pool, for restarts, and while another load with the same symbols is open. Compiled with {@code
     * -fno-gnu-unique} it has none.
     *
     * <p>Allow it if you know that what is shared may be used by several threads at once, and may have been used before.
     *
     * @param allowed whether to load it nevertheless
     * @return the changed settings
     */
    public PluginOptions withUniqueSymbolsAllowed(boolean allowed) {
        return with(draft -> draft.uniqueSymbolsAllowed = allowed);
    }

    /**
     * Sets where the plugin runs: in this process, or in one of its own, whose crash is one failed call.
     *
     * <p>After a crash nothing works without {@linkplain TurnstileOptions#withRestarts restarts}: a log line says so at the load. It is not for {@link
     * PluginPool#loadShared(java.nio.file.Path, int, PluginConfig, PluginOptions) an instance that several workers share}: a process serves one worker.
     *
     * @param isolation for instance {@link Isolation#process()}
     * @return the changed settings
     */
    public PluginOptions withIsolation(Isolation isolation) {
        return with(draft -> draft.isolation = isolation);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PluginOptions that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "PluginOptions"
                + values.toString().substring("Values".length()).replace("mapper=null", "mapper=default");
    }
}
