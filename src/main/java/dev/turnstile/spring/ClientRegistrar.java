package dev.turnstile.spring;

import dev.turnstile.plugin.GuardedPlugin;
import dev.turnstile.plugin.PluginCalls;
import java.util.Objects;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;

/** Registers a bean for each {@link PluginClient} in the packages of the application, named by its class. */
final class ClientRegistrar implements ImportBeanDefinitionRegistrar {
    static final String CLIENTS = "turnstileClients";

    private final BeanFactory beans;
    private final Environment environment;
    private final ResourceLoader resources;
    private final ClassLoader classes;

    ClientRegistrar(BeanFactory beans, Environment environment, ResourceLoader resources, ClassLoader classes) {
        this.beans = beans;
        this.environment = environment;
        this.resources = resources;
        this.classes = classes;
    }

    @Override
    public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
        if (!AutoConfigurationPackages.has(beans)) {
            return;
        }
        ClassPathScanningCandidateComponentProvider scan = scan();
        for (String packageName : AutoConfigurationPackages.get(beans)) {
            for (BeanDefinition found : scan.findCandidateComponents(packageName)) {
                register(found, registry);
            }
        }
    }

    private ClassPathScanningCandidateComponentProvider scan() {
        ClassPathScanningCandidateComponentProvider scan =
                new ClassPathScanningCandidateComponentProvider(false, environment) {
                    @Override
                    protected boolean isCandidateComponent(AnnotatedBeanDefinition found) {
                        return found.getMetadata().isIndependent();
                    }
                };
        scan.setResourceLoader(resources);
        scan.addIncludeFilter(new AnnotationTypeFilter(PluginClient.class, false));
        return scan;
    }

    private void register(BeanDefinition found, BeanDefinitionRegistry registry) {
        String name = String.valueOf(found.getBeanClassName());
        if (registry.containsBeanDefinition(name)) {
            return; // two packages of the application, one within the other
        }
        Class<?> type = ClassUtils.resolveClassName(name, classes);
        RootBeanDefinition bean = new RootBeanDefinition();
        bean.setFactoryBeanName(CLIENTS);
        bean.setFactoryMethodName("client");
        bean.getConstructorArgumentValues().addIndexedArgumentValue(0, type);
        bean.setTargetType(type);
        bean.setResourceDescription("@PluginClient " + name);
        registry.registerBeanDefinition(name, bean);
    }

    /** Makes the clients. */
    static final class Clients {
        private final BeanFactory beans;
        private final TurnstileProperties properties;

        Clients(BeanFactory beans, TurnstileProperties properties) {
            this.beans = beans;
            this.properties = properties;
        }

        /** The factory method of their beans. */
        Object client(Class<?> type) {
            PluginClient annotation = Objects.requireNonNull(type.getAnnotation(PluginClient.class));
            String name = annotation.value();
            if (!beans.containsBean(name) || !beans.isTypeMatch(name, GuardedPlugin.class)) {
                throw new RefusedConfigurationException(
                        "The interface " + type.getName() + " is a @PluginClient of \"" + name
                                + "\", and there is no plugin of that name; configured are "
                                + properties.plugins().keySet() + ".",
                        "Name one of those in the annotation, or set turnstile.plugins." + name + ".bundle.",
                        null);
            }
            PluginCalls calls = beans.getBean(name, GuardedPlugin.class).inLane(annotation.lane());
            if (calls == null) { // whatever its type says: a mock answers so
                throw new RefusedConfigurationException(
                        "The interface " + type.getName() + " is a @PluginClient of \"" + name
                                + "\", and the bean of that name is a mock, which has no lanes.",
                        "Mock the interface instead of the plugin, or both.",
                        null);
            }
            try {
                Object view = calls.as(type);
                TurnstileProperties.Plugin limits = properties.plugins().get(name);
                return limits == null || limits.callTimeout() == null
                        ? view
                        : LimitedClient.of(type, view, limits.callTimeout());
            } catch (IllegalArgumentException unusable) {
                throw new RefusedConfigurationException(
                        "The interface " + type.getName() + " cannot be a @PluginClient: " + unusable.getMessage()
                                + ".",
                        "Each of its abstract methods needs a @Tag with the name of a call, at most one request and one"
                                + " Duration as parameters, and \"throws InterruptedException\".",
                        unusable);
            }
        }
    }
}
