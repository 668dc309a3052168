package dev.turnstile.spring;

import dev.turnstile.Health;
import dev.turnstile.TurnstileStats;
import dev.turnstile.plugin.GuardedPlugin;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;

/**
 * What the health of a plugin says, whichever Spring Boot asks. A degraded plugin is up: it runs calls, and Spring Boot would pass over a status that it does not know. Its
 * details say that it is degraded.
 */
record PluginHealth(boolean isUp, Map<String, Object> details) {
    static PluginHealth of(GuardedPlugin plugin) {
        Health health = plugin.health();
        TurnstileStats stats = plugin.stats();
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("condition", health.status().name());
        details.put("reason", health.reason());
        details.put("capacity", stats.capacity());
        details.put("pending", stats.pending());
        details.put("waiting", stats.waiting());
        return new PluginHealth(health.isReady(), details);
    }

    /** Returns all plugins of an application, those included that it makes itself, and those of the parents of its context. */
    static Map<String, GuardedPlugin> all(ListableBeanFactory beans) {
        return BeanFactoryUtils.beansOfTypeIncludingAncestors(beans, GuardedPlugin.class);
    }
}
