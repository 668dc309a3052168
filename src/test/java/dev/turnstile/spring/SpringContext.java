package dev.turnstile.spring;

import dev.turnstile.testing.TestPlugins;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** A small application with the auto-configuration, in this JVM; without what Spring Boot does to the logging of a whole program. */
final class SpringContext {
    private final Map<String, Object> properties = new HashMap<>();
    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

    /** With the demo plugin, and whom to trust. */
    static SpringContext withDemo() {
        return new SpringContext()
                .with("turnstile.plugins.demo.bundle", TestPlugins.bundle())
                .with("turnstile.plugins.demo.trust.keys", key());
    }

    static Path key() {
        return TestPlugins.bundle().resolveSibling("demo.pub");
    }

    SpringContext with(String property, Object value) {
        properties.put(property, value.toString());
        return this;
    }

    SpringContext without(String property) {
        properties.remove(property);
        return this;
    }

    SpringContext scanning(String packageName) {
        AutoConfigurationPackages.register(context, packageName);
        return this;
    }

    SpringContext and(Consumer<AnnotationConfigApplicationContext> more) {
        more.accept(context);
        return this;
    }

    AnnotationConfigApplicationContext open() {
        context.getEnvironment().setConversionService(new ApplicationConversionService()); // as Spring Boot does
        context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", properties));
        ImportCandidates.load(AutoConfiguration.class, SpringContext.class.getClassLoader()).getCandidates().stream()
                .filter(name -> name.startsWith("dev.turnstile."))
                .map(SpringContext::load)
                .forEach(context::register);
        boolean isOpen = false;
        try {
            context.refresh();
            isOpen = true;
            return context;
        } finally {
            if (!isOpen) {
                context.close();
            }
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException missing) {
            throw new AssertionError(missing);
        }
    }

    /** Opens what must be refused, and returns why. */
    <X extends Throwable> X refusedBy(Class<X> type) {
        try {
            open().close();
        } catch (RuntimeException refused) {
            for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
                if (type.isInstance(cause)) {
                    return type.cast(cause);
                }
            }
            throw new AssertionError("another reason", refused);
        }
        throw new AssertionError(
                "not refused: " + Arrays.toString(properties.keySet().toArray()));
    }
}
