package dev.turnstile.plugin;

import dev.turnstile.internal.Prefetched;
import dev.turnstile.internal.PrefetchingResource;
import dev.turnstile.internal.SafeLog;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A plugin behind a gate, with what its worker does at each call.
 *
 * <p>The log level. Setting it stores it in the {@link Succession} and then tells each running instance. An instance that starts at that
 * moment may miss both. So each instance looks again before each call, at the cost of one field read, and takes a level that it missed.
 *
 * <p>Errors. An error envelope is an error, even if the plugin returned it as a success.
 */
final class BoundPlugin implements ConfinedPlugin, PrefetchingResource {
    private static final SafeLog log = new SafeLog(GuardedPlugin.class);

    private static final byte[] NOTHING = {};

    private final ConfinedPlugin plugin;

    /** The plugin, if it is native. */
    private final @Nullable NativePlugin direct;

    /** The plugin, if it is in a process of its own. */
    private final @Nullable IsolatedPlugin isolated;

    /** An answer that may tell of the plugin's end came while calls were handed over. */
    private boolean isToBeAsked;

    private Set<Capability> capabilities = Set.of();
    private final Vitals vitals;
    private final Succession succession;
    private Succession.@Nullable LevelSetting told;

    BoundPlugin(ConfinedPlugin plugin, Vitals vitals, Succession succession) {
        this.plugin = plugin;
        this.direct = plugin instanceof NativePlugin itself ? itself : null;
        this.isolated = plugin instanceof IsolatedPlugin itself ? itself : null;
        this.vitals = vitals;
        this.succession = succession;
    }

    /** Returns a plugin as the workers of a gate know it. */
    static BoundPlugin of(ConfinedPlugin plugin) {
        return (BoundPlugin) plugin;
    }

    /** Runs just after the start. If it throws, the plugin is not used. */
    void begin() {
        Set<Capability> has = EnumSet.noneOf(Capability.class);
        has.addAll(plugin.capabilities());
        capabilities = Collections.unmodifiableSet(has);
        takeLevelIfItCan();
    }

    ConfinedPlugin plugin() {
        return plugin;
    }

    /** Returns the name of the plugin's library, or of its class if it is not native. */
    String name() {
        if (isolated != null) {
            return isolated.name();
        }
        return direct == null ? plugin.getClass().getSimpleName() : direct.name();
    }

    /** Returns the number of the plugin's own process; empty if it has none. */
    OptionalLong pid() {
        return isolated != null ? OptionalLong.of(isolated.pid()) : OptionalLong.empty();
    }

    /** Says whether a fresh instance is to take over although this one works. */
    boolean isWornOut() {
        return isolated != null && isolated.isWornOut();
    }

    Vitals vitals() {
        return vitals;
    }

    boolean has(Capability capability) {
        return capabilities.contains(capability);
    }

    // ---- the level ----

    /** Tells the plugin the level that was set last, if any was set. */
    void takeLevel() {
        Succession.LevelSetting last = succession.level();
        told = last;
        if (last != null) {
            plugin.setLogLevel(last.level());
        }
    }

    /** The same, if the plugin has {@link Capability#LOG_LEVEL}. */
    void takeLevelIfItCan() {
        if (has(Capability.LOG_LEVEL)) {
            takeLevel();
        }
    }

    /** Takes a missed level. If that fails, the call does not fail with it. */
    private void catchUp() {
        if (told != succession.level()
                && (isolated == null || !isolated.isPrefetched())) { // nothing may come between those
            takeMissedLevel();
        }
    }

    private void takeMissedLevel() {
        try {
            told = succession.level();
            takeLevelIfItCan();
        } catch (RuntimeException refused) {
            log.error("The log level of {} could not be set", plugin, refused);
        }
    }

    // ---- calls ----

    @Override
    public byte[] exchange(String tag, byte[] request) throws ErrorReply {
        catchUp();
        int suspicions = vitals.suspicions();
        byte[] envelope = plugin.exchange(tag, request);
        vitals.succeeded(suspicions);
        Envelope.requireNoError(envelope);
        isToBeAsked = false; // it lives
        return envelope;
    }

    /** Makes a JSON call with a short request; returns the payload's text, or the envelope's bytes if the envelope is long or not plain. */
    Object exchangeShort(String tag, String json, JsonCodec codec) throws ErrorReply {
        catchUp();
        int suspicions = vitals.suspicions();
        Object reply = direct != null ? direct.call(tag, json, codec) : plugin.exchange(tag, shortRequest(json));
        vitals.succeeded(suspicions);
        if (reply instanceof byte[] envelope) {
            Envelope.requireNoError(envelope);
        }
        isToBeAsked = false; // it lives
        return reply;
    }

    /** Encodes a request, unless that was done when it was handed over: then the plugin asks for the outcome alone. */
    private byte[] shortRequest(String json) {
        return isolated != null && isolated.isPrefetched() ? NOTHING : Utf8.request(json);
    }

    @Override
    public byte[] exchangeRaw(int messageId, byte[] request) throws ErrorReply {
        catchUp();
        int suspicions = vitals.suspicions();
        byte[] response = plugin.exchangeRaw(messageId, request);
        vitals.succeeded(suspicions);
        return response;
    }

    // ---- calls before their turn ----

    @Override
    public boolean prefetches() {
        return isolated != null;
    }

    /** Hands a JSON call over before its turn, if there is room; after a missed level, the next call is made first. */
    @Nullable
    Prefetched prefetch(String tag, byte[] request, long notAfter) {
        return mayPrefetch() ? Objects.requireNonNull(isolated).prefetch(tag, request, notAfter) : null;
    }

    /** The same for a raw call. */
    @Nullable
    Prefetched prefetchRaw(int messageId, byte[] request, long notAfter) {
        return mayPrefetch() ? Objects.requireNonNull(isolated).prefetchRaw(messageId, request, notAfter) : null;
    }

    /** Says whether calls were handed over whose outcomes nobody has asked for. Its process goes on with them. */
    boolean hasPrefetched() {
        return isolated != null && isolated.hasPrefetched();
    }

    /** Its state is to be asked for: no call is handed over before. */
    void isToBeAsked() {
        isToBeAsked = true;
    }

    /** Its state is asked for now. */
    void isAsked() {
        isToBeAsked = false;
    }

    private boolean mayPrefetch() {
        return isolated != null && told == succession.level() && !isToBeAsked;
    }

    // ---- the rest ----

    @Override
    public Set<Capability> capabilities() {
        return capabilities;
    }

    @Override
    public void setLogLevel(LogLevel level) {
        plugin.setLogLevel(level);
    }

    @Override
    public PluginState state() {
        return plugin.state();
    }

    @Override
    public long rejectedCount() {
        return plugin.rejectedCount();
    }

    @Override
    public void close() {
        plugin.close();
    }

    @Override
    public String toString() {
        return plugin.toString();
    }
}
