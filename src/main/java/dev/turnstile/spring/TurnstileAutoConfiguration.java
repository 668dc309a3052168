package dev.turnstile.spring;

import dev.turnstile.plugin.SynchronizedPlugin;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;

/** The plugins, and the interfaces that call them. */
@AutoConfiguration
@ConditionalOnClass(SynchronizedPlugin.class)
@ConditionalOnProperty(name = "turnstile.enabled", matchIfMissing = true)
@Import({PluginRegistrar.class, ClientRegistrar.class})
class TurnstileAutoConfiguration {
    @Bean(PluginRegistrar.PROPERTIES)
    static TurnstileProperties properties(Environment environment) {
        return PluginRegistrar.bind(environment);
    }

    @Bean(PluginRegistrar.PLUGINS)
    static OpenedPlugins plugins(
            TurnstileProperties properties,
            ResourceLoader resources,
            ObjectProvider<PluginObserver> observers,
            ApplicationContext context) {
        ApplicationContext parent = context.getParent();
        return new OpenedPlugins(
                properties,
                resources,
                observers.orderedStream().toList(),
                parent == null
                        ? null
                        : parent.getBeanProvider(OpenedPlugins.class).getIfAvailable());
    }

    @Bean("turnstileLifecycle")
    static PluginLifecycle lifecycle(OpenedPlugins plugins, ApplicationContext context) {
        return new PluginLifecycle(plugins, context);
    }

    @Bean(ClientRegistrar.CLIENTS)
    static ClientRegistrar.Clients clients(BeanFactory beans, TurnstileProperties properties) {
        return new ClientRegistrar.Clients(beans, properties);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterRegistry.class)
    static class Meters {
        @Bean("turnstileMeters")
        static PluginMeters meters(ObjectProvider<MeterRegistry> registries) {
            return new PluginMeters(registries);
        }
    }
}
