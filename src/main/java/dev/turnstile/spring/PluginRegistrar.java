package dev.turnstile.spring;

import dev.turnstile.plugin.PluginPool;
import dev.turnstile.plugin.SynchronizedPlugin;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/** Registers a bean for each plugin that the properties describe. */
final class PluginRegistrar implements ImportBeanDefinitionRegistrar {
    static final String PROPERTIES = "turnstileProperties";
    static final String PLUGINS = "turnstilePlugins";

    private final Environment environment;

    PluginRegistrar(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
        bind(environment).plugins().forEach((name, plugin) -> {
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

    /** A property that is misspelt is refused. */
    static TurnstileProperties bind(Environment environment) {
        BindHandler strict = new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter());
        return Binder.get(environment).bindOrCreate("turnstile", Bindable.of(TurnstileProperties.class), strict);
    }
}
