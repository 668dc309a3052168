package dev.turnstile.spring;

import dev.turnstile.SwapException;
import dev.turnstile.SwapReport;
import dev.turnstile.internal.SafeLog;
import dev.turnstile.plugin.GuardedPlugin;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

/**
 * Shows the plugins, and puts the present content of its file in the place of a plugin. Nobody may use it unless the configuration says so. A request names a plugin, and nothing else: the
 * file, and whom to believe, are those of the configuration.
 */
@WebEndpoint(id = "turnstile", defaultAccess = Access.NONE)
final class TurnstileEndpoint {
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private static final SafeLog log = new SafeLog(TurnstileEndpoint.class);

    private final OpenedPlugins plugins;

    TurnstileEndpoint(OpenedPlugins plugins) {
        this.plugins = plugins;
    }

    @ReadOperation
    Map<String, Object> plugins() {
        Map<String, Object> all = new TreeMap<>();
        plugins.all().forEach((name, plugin) -> all.put(name, description(plugin)));
        return all;
    }

    private static Map<String, Object> description(GuardedPlugin plugin) {
        Map<String, Object> description =
                new LinkedHashMap<>(PluginHealth.of(plugin).details());
        description.put("completed", plugin.stats().completed());
        description.put("failed", plugin.stats().failed());
        description.put("instances", plugin.instances().size());
        return description;
    }

    @WriteOperation
    WebEndpointResponse<Map<String, Object>> swap(@Selector String name) {
        try {
            SwapReport report = plugins.swap(name);
            if (report == null) {
                return new WebEndpointResponse<>(Map.of("error", "There is no plugin of that name"), NOT_FOUND);
            }
            log.info("The plugin {} was swapped: {}", name, report);
            return new WebEndpointResponse<>(Map.of(
                    "switched",
                    report.switched(),
                    "waiting",
                    report.waiting(),
                    "elapsedMs",
                    report.elapsed().toMillis()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return refused(name, interrupted);
        } catch (SwapException | RuntimeException refused) {
            return refused(name, refused);
        }
    }

    private static WebEndpointResponse<Map<String, Object>> refused(String name, Exception why) {
        log.warn("The plugin {} was not swapped, and goes on as it was", name, why);
        return new WebEndpointResponse<>(Map.of("error", String.valueOf(why.getMessage())), CONFLICT);
    }
}
