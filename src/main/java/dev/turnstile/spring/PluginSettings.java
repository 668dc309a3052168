package dev.turnstile.spring;

import dev.turnstile.RestartPolicy;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.plugin.Isolation;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Turns the properties of a plugin into the settings of the library, which says itself what it refuses. */
final class PluginSettings {
    private PluginSettings() {}

    static PluginOptions options(String name, TurnstileProperties.Plugin plugin) {
        return PluginOptions.defaults()
                .withVariant(plugin.variant())
                .withIsolation(isolation(plugin.isolation()))
                .withGate(gate(name, plugin));
    }

    private static TurnstileOptions gate(String name, TurnstileProperties.Plugin plugin) {
        TurnstileOptions options = TurnstileOptions.defaults()
                .withWorkerName("turnstile-" + name)
                .withCloseLimit(plugin.closeLimit())
                .withRestarts(restarts(plugin.restarts()));
        options = with(options, plugin.capacity(), TurnstileOptions::withCapacity);
        options = with(options, plugin.reservedPlaces(), TurnstileOptions::withReservedPlaces);
        options = with(options, plugin.overtakes(), TurnstileOptions::withOvertakes);
        return with(options, plugin.stuckAfter(), TurnstileOptions::withStuckAfter);
    }

    private static RestartPolicy restarts(TurnstileProperties.Restarts restarts) {
        RestartPolicy policy = RestartPolicy.limited(restarts.attempts(), restarts.within());
        Duration first = restarts.firstDelay() == null ? policy.firstDelay() : restarts.firstDelay();
        Duration longest = restarts.longestDelay() == null ? policy.longestDelay() : restarts.longestDelay();
        policy = policy.withDelays(first, longest);
        return restarts.refuseWhileDown() ? policy.refusingWhileDown() : policy;
    }

    private static Isolation isolation(TurnstileProperties.Isolated isolated) {
        if (!Boolean.TRUE.equals(isolated.process())) {
            return Isolation.none();
        }
        Isolation isolation = Isolation.process()
                .withJvmArguments(isolated.jvmArguments().toArray(new String[0]))
                .withSpareProcess(isolated.spareProcess());
        isolation = with(isolation, isolated.killAfter(), Isolation::withKillAfter);
        isolation = with(isolation, isolated.nativeHost(), Isolation::withNativeHost);
        isolation = with(isolation, isolated.memoryLimit(), (all, size) -> all.withMemoryLimit(size.toBytes()));
        isolation = with(isolation, isolated.recycleAfterCalls(), Isolation::withRecycleAfterCalls);
        isolation = with(isolation, isolated.recycleAfterRest(), Isolation::withRecycleAfterRest);
        return with(
                isolation, isolated.recycleAboveMemory(), (all, size) -> all.withRecycleAboveMemory(size.toBytes()));
    }

    private static <S, V> S with(S settings, @Nullable V value, BiFunction<S, V, S> change) {
        return value == null ? settings : change.apply(settings, value);
    }

    static PluginConfig config(TurnstileProperties.Plugin plugin) {
        PluginConfig config = PluginConfig.defaults();
        if (plugin.logLevel() != null) {
            config = config.withLogLevel(plugin.logLevel());
        }
        if (plugin.configJson() != null) {
            config = config.withData(json(plugin.configJson()));
        }
        for (Map.Entry<String, Object> member : plugin.config().entrySet()) {
            // The environment variable ..._CONFIG_JSON can be read as config-json and as config.json.
            if (!member.getKey().equals("json") || !member.getValue().equals(plugin.configJson())) {
                config = config.withData(member.getKey(), withLists(member.getValue()));
            }
        }
        return config;
    }

    private static JsonNode json(String text) {
        try {
            return new JsonMapper().readTree(text);
        } catch (JacksonException malformed) {
            TokenStreamLocation where = malformed.getLocation(); // its message may have a part of a secret in it
            throw new IllegalArgumentException(
                    where == null
                            ? "config-json is not JSON"
                            : "config-json is not JSON, see its line " + where.getLineNr() + ", column "
                                    + where.getColumnNr());
        }
    }

    /** A list of the configuration comes as a map from its indices, in any order: a source with higher precedence may have some of them. */
    private static Object withLists(Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            return value;
        }
        Map<String, Object> converted = new LinkedHashMap<>();
        map.forEach((key, member) -> converted.put(String.valueOf(key), withLists(member)));
        List<Object> list = new ArrayList<>();
        for (Object next = converted.get("0"); next != null; next = converted.get(String.valueOf(list.size()))) {
            list.add(next);
        }
        return !list.isEmpty() && list.size() == converted.size() ? list : converted;
    }
}
