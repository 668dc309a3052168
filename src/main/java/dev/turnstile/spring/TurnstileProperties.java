package dev.turnstile.spring;

import dev.turnstile.bundle.BundleManifest;
import dev.turnstile.plugin.LogLevel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What an application may configure. What is {@code null} keeps the library's own default.
 *
 * @param enabled whether there are plugins at all
 * @param web how web requests are answered whose calls were refused
 * @param plugins by the names of their beans
 */
@ConfigurationProperties("turnstile")
record TurnstileProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue Web web,
        @DefaultValue Map<String, Plugin> plugins) {

    /**
     * How web requests are answered whose calls were refused.
     *
     * @param exceptionHandler whether they are answered with 503 and 504
     * @param retryAfter what the header of a 503 says, in whole seconds
     */
    record Web(
            @DefaultValue("true") boolean exceptionHandler,
            @DefaultValue("1s") Duration retryAfter) {}

    /**
     * A plugin.
     *
     * @param bundle where its bundle is
     * @param library where its library is, instead of a bundle
     * @param variant which build of the library is taken from the bundle
     * @param trust whose bundle it may be
     * @param capacity how many calls may be pending
     * @param reservedPlaces how many of the places only calls of the lane CONTROL may take
     * @param overtakes how often a waiting lane may be passed over
     * @param instances of a pool; without, it is a plugin of one instance
     * @param shared whether the instances of the pool are workers of one instance, which is thread-safe
     * @param callTimeout the limit of each call that is made through a client interface
     * @param closeLimit how long calls in the line may run when the application stops
     * @param swapLimit how long a swap by the endpoint may take
     * @param stuckAfter how long a call may take before it is reported
     * @param logLevel of the lines that the plugin sends
     * @param timers whether each call is timed, for percentiles
     * @param restarts whether it is replaced when it is lost
     * @param isolation in a process of its own
     * @param config the plugin's own configuration
     * @param configJson the same, as JSON text
     */
    record Plugin(
            @Nullable String bundle,
            @Nullable String library,
            @DefaultValue(BundleManifest.RELEASE) String variant,
            @DefaultValue Trust trust,
            @Nullable Integer capacity,
            @Nullable Integer reservedPlaces,
            @Nullable Integer overtakes,
            @Nullable Integer instances,
            @DefaultValue("false") boolean shared,
            @Nullable Duration callTimeout,
            @DefaultValue("30s") Duration closeLimit,
            @DefaultValue("30s") Duration swapLimit,
            @Nullable Duration stuckAfter,
            @Nullable LogLevel logLevel,
            @DefaultValue("false") boolean timers,
            @DefaultValue Restarts restarts,
            @DefaultValue Isolated isolation,
            @DefaultValue Map<String, Object> config,
            @Nullable String configJson) {}

    /**
     * Whose bundle it may be. One of {@code keys} and {@code unsigned} must be given.
     *
     * @param keys minisign public keys, each as text or as the place of a file
     * @param unsigned whether every undamaged bundle is trusted
     * @param name the name that the plugin must have
     * @param leastVersion the version that it must have at least
     * @param legacySignatures whether minisign's legacy signatures are accepted
     */
    record Trust(
            @DefaultValue List<String> keys,
            @DefaultValue("false") boolean unsigned,
            @Nullable String name,
            @Nullable String leastVersion,
            @DefaultValue("false") boolean legacySignatures) {

        static final Trust NOTHING_SET = new Trust(List.of(), false, null, null, false);
    }

    /**
     * Whether it is replaced when it is lost.
     *
     * @param attempts how many, 0 for never
     * @param within the period for which attempts count
     * @param firstDelay before the first attempt
     * @param longestDelay before any attempt
     * @param refuseWhileDown whether callers are refused meanwhile
     */
    record Restarts(
            @DefaultValue("0") int attempts,
            @DefaultValue("1m") Duration within,
            @Nullable Duration firstDelay,
            @Nullable Duration longestDelay,
            @DefaultValue("false") boolean refuseWhileDown) {}

    /**
     * In a process of its own.
     *
     * @param process whether it has one; {@code false} switches the other values off, which are refused without it
     * @param killAfter how long a call may run before the process is killed
     * @param jvmArguments further arguments of the process's JVM
     * @param nativeHost the program that is the process, instead of a JVM
     * @param spareProcess whether a spare process is kept ready
     * @param memoryLimit how much memory it may take for the plugin
     * @param recycleAfterCalls after how many calls a fresh process takes over
     * @param recycleAfterRest after how long a time without a call
     * @param recycleAboveMemory with how much memory in use
     */
    record Isolated(
            @Nullable Boolean process,
            @Nullable Duration killAfter,
            @DefaultValue List<String> jvmArguments,
            @Nullable Path nativeHost,
            @DefaultValue("false") boolean spareProcess,
            @Nullable DataSize memoryLimit,
            @Nullable Long recycleAfterCalls,
            @Nullable Duration recycleAfterRest,
            @Nullable DataSize recycleAboveMemory) {

        static final Isolated NOTHING_SET = new Isolated(null, null, List.of(), null, false, null, null, null, null);
    }
}
