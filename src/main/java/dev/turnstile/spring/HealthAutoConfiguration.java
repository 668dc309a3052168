package dev.turnstile.spring;

import dev.turnstile.plugin.GuardedPlugin;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** The health of the plugins, for Spring Boot 4: the component {@code turnstile} with one component for each. */
@AutoConfiguration(after = TurnstileAutoConfiguration.class)
@ConditionalOnClass({HealthContributor.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(GuardedPlugin.class)
@ConditionalOnEnabledHealthIndicator("turnstile")
class HealthAutoConfiguration {
    @Bean("turnstileHealthContributor")
    static HealthContributor health(ListableBeanFactory beans) {
        return CompositeHealthContributor.fromMap(PluginHealth.all(beans), HealthAutoConfiguration::indicator);
    }

    private static HealthIndicator indicator(GuardedPlugin plugin) {
        return () -> {
            PluginHealth health = PluginHealth.of(plugin);
            Health.Builder builder = health.isUp() ? Health.up() : Health.down();
            return builder.withDetails(health.details()).build();
        };
    }
}
