/**
 * Uses a single-threaded native resource from any number of threads: the gate, the rustbridge plugin behind it, and a scripted plugin
 * for the tests of those who use them.
 *
 * <p>Code on the module path needs {@code --enable-native-access=dev.turnstile} to load plugins without a warning.
 */
@SuppressWarnings(
        "requires-automatic") // Micrometer, Resilience4j, OpenTelemetry and Spring have no descriptor, but a name
module dev.turnstile {
    requires transitive tools.jackson.databind;
    requires org.slf4j;
    requires jdk.jfr;
    requires static transitive org.jspecify;
    // For the command line alone.
    requires static info.picocli;
    // For keys that a password protects.
    requires static org.bouncycastle.provider;
    // For those who use the metrics.
    requires static micrometer.core;
    // For those who have a caller's context follow its calls.
    requires static context.propagation;
    // For those who trace their calls.
    requires static io.opentelemetry.api;
    requires static io.opentelemetry.common;
    requires static io.opentelemetry.context;
    // For those who put a circuit breaker or a retry round their calls.
    requires static io.github.resilience4j.circuitbreaker;
    requires static io.github.resilience4j.retry;
    // For applications with Spring Boot.
    requires static spring.beans;
    requires static spring.boot;
    requires static spring.boot.actuator;
    requires static spring.boot.actuator.autoconfigure;
    requires static spring.boot.autoconfigure;
    requires static spring.boot.health;
    requires static spring.context;
    requires static spring.core;
    requires static spring.web;
    // Nothing for jobs of Flink: its jars have packages in common, so they are on the class path, as is this library
    // then.

    exports dev.turnstile;
    exports dev.turnstile.bundle;
    exports dev.turnstile.context;
    exports dev.turnstile.flink;
    exports dev.turnstile.micrometer;
    exports dev.turnstile.opentelemetry;
    exports dev.turnstile.plugin;
    exports dev.turnstile.resilience4j;
    exports dev.turnstile.spring;
    exports dev.turnstile.testing;

    opens dev.turnstile.cli to
            info.picocli;
    opens dev.turnstile.spring to
            spring.beans,
            spring.boot,
            spring.boot.actuator,
            spring.context,
            spring.core,
            spring.web,
            tools.jackson.databind;
}
