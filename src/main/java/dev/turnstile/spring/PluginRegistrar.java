package dev.turnstile.spring;

import dev.turnstile.plugin.GuardedPlugin;
import dev.turnstile.plugin.PluginPool;
import dev.turnstile.plugin.SynchronizedPlugin;
import java.util.stream.Collectors;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.HierarchicalBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/** Registers a bean for each plugin that the properties describe. */
final class PluginRegistrar implements ImportBeanDefinitionRegistrar {
    static final String PROPERTIES = "turnstileProperties";
    static final String PLUGINS = "turnstilePlugins";

    /** Where "config" is in the name turnstile.plugins.NAME.config. */
    private static final int CONFIG = 3;

    private final Environment environment;
    private final BeanFactory beans;

    PluginRegistrar(Environment environment, BeanFactory beans) {
        this.environment = environment;
        this.beans = beans;
    }

    @Override
    public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
        bind(environment).plugins().forEach((name, plugin) -> {
            if (isOfAnAncestor(name)) {
                return;
            }
            boolean isPool = plugin.instances() != null;
            RootBeanDefinition bean = new RootBeanDefinition();
            bean.setFactoryBeanName(PLUGINS);
            bean.setFactoryMethodName(isPool ? "openPool" : "openSingle");
            bean.setDestroyMethodName("shutdown"); // which waits for nothing: the factory does that
            bean.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
            bean.setTargetType(isPool ? PluginPool.class : SynchronizedPlugin.class);
            bean.setResourceDescription("turnstile.plugins." + name);
            registry.registerBeanDefinition(name, bean);
        });
    }

    /** A child context has the properties of its parent, too; the plugin is opened once. */
    private boolean isOfAnAncestor(String name) {
        BeanFactory parent =
                beans instanceof HierarchicalBeanFactory hierarchical ? hierarchical.getParentBeanFactory() : null;
        return parent != null && parent.containsBean(name) && parent.isTypeMatch(name, GuardedPlugin.class);
    }

    /** A property that is misspelt is refused. Other names below {@code turnstile} belong to others. */
    static TurnstileProperties bind(Environment environment) {
        BindHandler strict = new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter());
        Binder binder = Binder.get(environment);
        try {
            var unusedPlugins = binder.bind(
                    "turnstile.plugins", Bindable.mapOf(String.class, TurnstileProperties.Plugin.class), strict);
            var unusedWeb = binder.bind("turnstile.web", Bindable.of(TurnstileProperties.Web.class), strict);
        } catch (BindException refused) {
            throw withoutValues(refused);
        }
        return binder.bindOrCreate("turnstile", Bindable.of(TurnstileProperties.class));
    }

    /** Spring Boot would print the values, and those of a plugin's configuration may be secret. */
    private static RuntimeException withoutValues(BindException refused) {
        if (refused.getCause() instanceof UnboundConfigurationPropertiesException unbound) {
            return new RefusedConfigurationException(
                    "There is no setting of this name: "
                            + unbound.getUnboundProperties().stream()
                                    .map(property -> property.getName().toString())
                                    .collect(Collectors.joining(", "))
                            + ".",
                    "Correct the name, or leave it out.",
                    null);
        }
        ConfigurationPropertyName name = refused.getName();
        boolean isOfThePlugin = name.getNumberOfElements() > CONFIG
                && name.getElement(CONFIG, ConfigurationPropertyName.Form.UNIFORM)
                        .startsWith("config");
        return isOfThePlugin
                ? new RefusedConfigurationException(
                        "The value of " + name + " cannot be used.",
                        "Give single members below config, or one JSON text as config-json.",
                        null)
                : refused;
    }
}
