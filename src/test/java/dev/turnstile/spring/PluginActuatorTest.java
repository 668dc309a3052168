package dev.turnstile.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.plugin.GuardedPlugin;
import dev.turnstile.plugin.SynchronizedPlugin;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.ExtractionPlace;
import dev.turnstile.testing.TestPlugins;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** Health, metrics and the endpoint of the plugins. */
@Tag("any-java")
class PluginActuatorTest {
    private static final String ECHO = "{\"message\":\"hi\"}";
    private static final String[] EXPOSED = {"management.endpoints.web.exposure.include", "turnstile"};
    private static final String ACCESS = "management.endpoint.turnstile.access";

    @RegisterExtension
    final ExtractionPlace place = new ExtractionPlace();

    @TempDir
    Path directory;

    private static Health health(AnnotationConfigApplicationContext context) {
        CompositeHealthContributor all =
                context.getBean("turnstileHealthContributor", CompositeHealthContributor.class);
        return ((HealthIndicator) all.getContributor("demo")).health();
    }

    private static void panic(GuardedPlugin plugin) throws InterruptedException {
        plugin.request("panic", "{}").submit().exceptionally(panicked -> "").join();
    }

    @Test
    void health_isThatOfThePlugin_withItsReason() throws Exception {
        try (AnnotationConfigApplicationContext context =
                SpringContext.withDemo().open()) {
            assertEquals(Status.UP, health(context).getStatus());
            assertEquals("1 of 1 instances work", health(context).getDetails().get("reason"));
            panic(context.getBean(SynchronizedPlugin.class));
            Eventually.isTrue("down", () -> health(context).getStatus().equals(Status.DOWN));
            String reason = health(context).getDetails().get("reason").toString();
            assertTrue(reason.contains("no restart is left"), reason);
        }
    }

    @Test
    void childContext_hasThePluginOfItsParent_andOpensNone() throws Exception {
        try (AnnotationConfigApplicationContext parent =
                SpringContext.withDemo().open()) {
            SpringContext inner = SpringContext.withDemo()
                    .and(context -> context.setParent(parent))
                    .with(EXPOSED[0], EXPOSED[1])
                    .with(ACCESS, "unrestricted");
            try (AnnotationConfigApplicationContext child = inner.open()) {
                assertFalse(child.containsLocalBean("demo"));
                assertEquals(Status.UP, health(child).getStatus());
                TurnstileEndpoint endpoint = child.getBean(TurnstileEndpoint.class);
                assertEquals(Set.of("demo"), endpoint.plugins().keySet());
                assertEquals(200, endpoint.swap("demo").getStatus());
                assertEquals(404, endpoint.swap("nobody").getStatus());
            }
            String unused = parent.getBean(SynchronizedPlugin.class).call("echo", ECHO); // it is open
        }
    }

    @Test
    void degradedPool_isUp_andSaysThatItIsDegraded() throws Exception {
        SpringContext application = SpringContext.withDemo().with("turnstile.plugins.demo.instances", 2);
        try (AnnotationConfigApplicationContext context = application.open()) {
            panic(context.getBean(GuardedPlugin.class));
            Eventually.isTrue(
                    "degraded",
                    () -> "DEGRADED".equals(health(context).getDetails().get("condition")));
            assertEquals(Status.UP, health(context).getStatus());
        }
    }

    @Test
    void health_canBeSwitchedOff() {
        SpringContext application = SpringContext.withDemo().with("management.health.turnstile.enabled", false);
        try (AnnotationConfigApplicationContext context = application.open()) {
            assertFalse(context.containsBean("turnstileHealthContributor"));
        }
    }

    /** Here with Spring Boot 4; its own condition and that for Spring Boot 3.5 say the same. */
    @Test
    void defaultOfHealth_holdsUnlessItsOwnSettingSaysOtherwise() {
        String byDefault = "management.health.defaults.enabled";
        String own = "management.health.turnstile.enabled";
        for (Map<String, Object> settings : List.<Map<String, Object>>of(
                Map.of(), Map.of(byDefault, false), Map.of(byDefault, false, own, true), Map.of(own, false))) {
            boolean isExpected = !settings.containsValue(false) || settings.containsValue(true);
            StandardEnvironment environment = new StandardEnvironment();
            environment.getPropertySources().addFirst(new MapPropertySource("test", settings));
            assertEquals(isExpected, ActuatorHealthAutoConfiguration.Enabled.isEnabled(environment));
            SpringContext application = SpringContext.withDemo();
            settings.forEach(application::with);
            try (AnnotationConfigApplicationContext context = application.open()) {
                assertEquals(isExpected, context.containsBean("turnstileHealthContributor"));
            }
        }
    }

    @Test
    void withoutPlugins_thereIsNoHealth() {
        try (AnnotationConfigApplicationContext context = new SpringContext().open()) {
            assertFalse(context.containsBean("turnstileHealthContributor"));
        }
    }

    @Test
    void metrics_countFromTheFirstCall() throws Exception {
        SpringContext application = SpringContext.withDemo()
                .with("turnstile.plugins.demo.timers", true)
                .and(context -> context.registerBean(MeterRegistry.class, SimpleMeterRegistry::new));
        try (AnnotationConfigApplicationContext context = application.open()) {
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertEquals(
                    100,
                    registry.get("turnstile.capacity")
                            .tag("gate", "demo")
                            .gauge()
                            .value());
            assertEquals(
                    0,
                    registry.get("turnstile.restarts")
                            .tag("gate", "demo")
                            .counter()
                            .count());
            String unused = context.getBean(SynchronizedPlugin.class).call("echo", ECHO);
            assertEquals(
                    1,
                    registry.get("turnstile.calls")
                            .tag("outcome", "completed")
                            .functionCounter()
                            .count());
        }
    }

    @Test
    void endpoint_isThereOnlyIfItIsExposedAndAllowed() {
        for (SpringContext application : new SpringContext[] {
            SpringContext.withDemo(),
            SpringContext.withDemo().with(EXPOSED[0], EXPOSED[1]),
            SpringContext.withDemo().with(ACCESS, "unrestricted").with(EXPOSED[0], "health")
        }) {
            try (AnnotationConfigApplicationContext context = application.open()) {
                assertEquals(0, context.getBeanNamesForType(TurnstileEndpoint.class).length);
            }
        }
    }

    @Test
    void swap_takesWhatTheFileHasNow_orLeavesThePluginAsItIs() throws Exception {
        Path bundle = Files.copy(TestPlugins.bundle(), directory.resolve("demo.rbp"));
        SpringContext application = SpringContext.withDemo()
                .with("turnstile.plugins.demo.bundle", bundle)
                .with(EXPOSED[0], EXPOSED[1])
                .with(ACCESS, "unrestricted");
        try (AnnotationConfigApplicationContext context = application.open()) {
            TurnstileEndpoint endpoint = context.getBean(TurnstileEndpoint.class);
            SynchronizedPlugin plugin = context.getBean(SynchronizedPlugin.class);
            panic(plugin);

            var swapped = endpoint.swap("demo");
            assertEquals(200, swapped.getStatus());
            assertEquals(1, swapped.getBody().get("switched"));
            assertEquals("{\"message\":\"hi\",\"length\":2}", plugin.call("echo", ECHO));
            assertEquals(
                    "{demo={condition=UP, reason=1 of 1 instances work, capacity=100, pending=0, waiting=0,"
                            + " completed=1, failed=1, instances=1}}",
                    endpoint.plugins().toString());

            Files.copy(TestPlugins.demo(), bundle, StandardCopyOption.REPLACE_EXISTING);
            var refused = endpoint.swap("demo");
            assertEquals(409, refused.getStatus());
            String why = refused.getBody().get("error").toString();
            assertTrue(why.contains("demo.rbp"), why);
            assertEquals("{\"message\":\"hi\",\"length\":2}", plugin.call("echo", ECHO));

            Files.delete(bundle);
            assertEquals(409, endpoint.swap("demo").getStatus());
            assertEquals(404, endpoint.swap("nobody").getStatus());
        }
    }
}
