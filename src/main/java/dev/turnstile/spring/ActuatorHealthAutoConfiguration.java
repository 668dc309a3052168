package dev.turnstile.spring;

import dev.turnstile.plugin.GuardedPlugin;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.PropertyResolver;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.ClassUtils;

/**
 * The health of the plugins, for Spring Boot 3.5, whose types have other names than those of Spring Boot 4. This code is compiled without them, and so finds them by
 * their names.
 */
@AutoConfiguration(after = TurnstileAutoConfiguration.class)
@ConditionalOnClass(name = ActuatorHealthAutoConfiguration.PACKAGE + "CompositeHealthContributor")
@ConditionalOnBean(GuardedPlugin.class)
@Conditional(ActuatorHealthAutoConfiguration.Enabled.class)
@Import(ActuatorHealthAutoConfiguration.Registrar.class)
class ActuatorHealthAutoConfiguration {
    static final String PACKAGE = "org.springframework.boot.actuate.health.";

    private static final String MAKER = "turnstileHealthMaker";

    @Bean(MAKER)
    static Maker maker(ListableBeanFactory beans) {
        return new Maker(beans);
    }

    /** What Spring Boot's own condition says, whose name has changed. */
    static final class Enabled implements Condition {
        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return isEnabled(context.getEnvironment());
        }

        static boolean isEnabled(PropertyResolver properties) {
            boolean isDefault = properties.getProperty("management.health.defaults.enabled", Boolean.class, true);
            return properties.getProperty("management.health.turnstile.enabled", Boolean.class, isDefault);
        }
    }

    /** Says of which type the bean is. */
    static final class Registrar implements ImportBeanDefinitionRegistrar {
        private final ClassLoader classes;

        Registrar(ClassLoader classes) {
            this.classes = classes;
        }

        @Override
        public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
            RootBeanDefinition bean = new RootBeanDefinition();
            bean.setFactoryBeanName(MAKER);
            bean.setFactoryMethodName("contributor");
            bean.setTargetType(ClassUtils.resolveClassName(PACKAGE + "CompositeHealthContributor", classes));
            registry.registerBeanDefinition("turnstileHealthContributor", bean);
        }
    }

    /** Makes the component with one component for each plugin. */
    static final class Maker {
        private final ListableBeanFactory beans;

        Maker(ListableBeanFactory beans) {
            this.beans = beans;
        }

        /** The factory method of the bean. */
        Object contributor() throws ReflectiveOperationException {
            Map<String, Object> indicators = new LinkedHashMap<>();
            for (Map.Entry<String, GuardedPlugin> plugin :
                    PluginHealth.all(beans).entrySet()) {
                Class<?> type = type("HealthIndicator");
                indicators.put(
                        plugin.getKey(),
                        Proxy.newProxyInstance(
                                type.getClassLoader(), new Class<?>[] {type}, new Indicator(plugin.getValue())));
            }
            return Objects.requireNonNull(type("CompositeHealthContributor")
                    .getMethod("fromMap", Map.class)
                    .invoke(null, indicators));
        }
    }

    /** Answers the one abstract method, {@code health()}. */
    private record Indicator(GuardedPlugin plugin) implements InvocationHandler {
        @Override
        public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
            if (method.getDeclaringClass() == Object.class) {
                return method.invoke(this, arguments);
            }
            if (!Modifier.isAbstract(method.getModifiers())) {
                return InvocationHandler.invokeDefault(proxy, method, arguments);
            }
            return healthOf(plugin);
        }

        private static @Nullable Object healthOf(GuardedPlugin plugin) throws ReflectiveOperationException {
            PluginHealth health = PluginHealth.of(plugin);
            Object builder =
                    type("Health").getMethod(health.isUp() ? "up" : "down").invoke(null);
            Class<?> type = type("Health$Builder");
            Object detailed = type.getMethod("withDetails", Map.class).invoke(builder, health.details());
            return type.getMethod("build").invoke(detailed);
        }
    }

    private static Class<?> type(String name) throws ClassNotFoundException {
        return ClassUtils.forName(PACKAGE + name, ClassUtils.getDefaultClassLoader());
    }
}
