package dev.turnstile.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.turnstile.RestartPolicy;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.plugin.Isolation;
import dev.turnstile.plugin.LogLevel;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginOptions;
import java.io.StringReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertiesPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import tools.jackson.databind.json.JsonMapper;

/** Each property has its setting. */
@Tag("any-java")
class PluginSettingsTest {
    private static TurnstileProperties.Plugin bound(String lines) throws Exception {
        Properties properties = new Properties();
        properties.load(new StringReader(lines));
        return bound(new PropertiesPropertySource("test", properties));
    }

    private static TurnstileProperties.Plugin bound(PropertySource<?> source) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(source);
        return PluginRegistrar.bind(environment).plugins().get("demo");
    }

    @Test
    void nothingSet_allIsAsTheLibraryHasIt() throws Exception {
        TurnstileProperties.Plugin plugin = bound("turnstile.plugins.demo.bundle=x");

        TurnstileOptions named = TurnstileOptions.defaults().withWorkerName("turnstile-demo");
        assertEquals(PluginOptions.defaults().withGate(named), PluginSettings.options("demo", plugin));
        assertEquals(PluginConfig.defaults(), PluginSettings.config(plugin));
    }

    @Test
    void everySetting_isSet() throws Exception {
        TurnstileProperties.Plugin plugin = bound("""
            turnstile.plugins.demo.variant=debug
            turnstile.plugins.demo.capacity=7
            turnstile.plugins.demo.reserved-places=2
            turnstile.plugins.demo.overtakes=3
            turnstile.plugins.demo.close-limit=4s
            turnstile.plugins.demo.stuck-after=5m
            turnstile.plugins.demo.log-level=warn
            turnstile.plugins.demo.restarts.attempts=2
            turnstile.plugins.demo.restarts.within=3m
            turnstile.plugins.demo.restarts.first-delay=4ms
            turnstile.plugins.demo.restarts.longest-delay=5s
            turnstile.plugins.demo.restarts.refuse-while-down=true
            turnstile.plugins.demo.isolation.process=true
            turnstile.plugins.demo.isolation.kill-after=6s
            turnstile.plugins.demo.isolation.jvm-arguments=-Xmx64m,-Xss1m
            turnstile.plugins.demo.isolation.native-host=/opt/turnstile-host
            turnstile.plugins.demo.isolation.spare-process=true
            turnstile.plugins.demo.isolation.memory-limit=64MB
            turnstile.plugins.demo.isolation.recycle-after-calls=1000
            turnstile.plugins.demo.isolation.recycle-after-rest=1h
            turnstile.plugins.demo.isolation.recycle-above-memory=1GB
            """);

        assertEquals(
                PluginOptions.defaults()
                        .withVariant("debug")
                        .withIsolation(Isolation.process()
                                .withKillAfter(Duration.ofSeconds(6))
                                .withJvmArguments("-Xmx64m", "-Xss1m")
                                .withNativeHost(Path.of("/opt/turnstile-host"))
                                .withSpareProcess(true)
                                .withMemoryLimit(64 << 20)
                                .withRecycleAfterCalls(1000)
                                .withRecycleAfterRest(Duration.ofHours(1))
                                .withRecycleAboveMemory(1 << 30))
                        .withGate(TurnstileOptions.defaults()
                                .withWorkerName("turnstile-demo")
                                .withCapacity(7)
                                .withReservedPlaces(2)
                                .withOvertakes(3)
                                .withCloseLimit(Duration.ofSeconds(4))
                                .withStuckAfter(Duration.ofMinutes(5))
                                .withRestarts(RestartPolicy.limited(2, Duration.ofMinutes(3))
                                        .withDelays(Duration.ofMillis(4), Duration.ofSeconds(5))
                                        .refusingWhileDown())),
                PluginSettings.options("demo", plugin));
        assertEquals(PluginConfig.defaults().withLogLevel(LogLevel.WARN), PluginSettings.config(plugin));
    }

    @Test
    void isolationWithoutProcess_isOff() throws Exception {
        TurnstileProperties.Plugin plugin = bound("""
            turnstile.plugins.demo.isolation.process=false
            turnstile.plugins.demo.isolation.kill-after=6s
            """);
        assertFalse(PluginSettings.options("demo", plugin).isolation().isProcess());
    }

    /** As YAML comes: with numbers, and lists flattened. */
    @Test
    void configurationOfThePlugin_hasItsNamesNestingAndLists() {
        Map<String, Object> yaml = new LinkedHashMap<>();
        yaml.put("turnstile.plugins.demo.config.max_items", 5);
        yaml.put("turnstile.plugins.demo.config.camelCase", true);
        yaml.put("turnstile.plugins.demo.config.limits.soft_ms", 1.5);
        yaml.put("turnstile.plugins.demo.config.names[0]", "a");
        yaml.put("turnstile.plugins.demo.config.names[1]", "b");
        yaml.put("turnstile.plugins.demo.config.rules[0].from", "x");

        assertEquals(
                Map.of(
                        "max_items",
                        5,
                        "camelCase",
                        true,
                        "limits",
                        Map.of("soft_ms", 1.5),
                        "names",
                        List.of("a", "b"),
                        "rules",
                        List.of(Map.of("from", "x"))),
                PluginSettings.config(bound(new MapPropertySource("yaml", yaml)))
                        .dataMembers());
    }

    @Test
    void elementOfAList_canBeReplaced() {
        StandardEnvironment environment = new StandardEnvironment();
        Map<String, Object> yaml = new LinkedHashMap<>();
        for (int i = 0; i < 12; i++) {
            yaml.put("turnstile.plugins.demo.config.names[" + i + "]", i);
        }
        environment.getPropertySources().addFirst(new MapPropertySource("yaml", yaml));
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource("higher", Map.of("turnstile.plugins.demo.config.names[1]", "X")));
        TurnstileProperties.Plugin plugin =
                PluginRegistrar.bind(environment).plugins().get("demo");
        assertEquals(
                Map.of("names", List.of(0, "X", 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)),
                PluginSettings.config(plugin).dataMembers());
    }

    /** Its name can be read as that of two properties. */
    @Test
    void environmentVariableWithJson_isTheConfiguration() throws Exception {
        TurnstileProperties.Plugin plugin = bound(new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                Map.of("TURNSTILE_PLUGINS_DEMO_CONFIG_JSON", "{\"a\": 1}")));
        assertEquals(
                PluginConfig.defaults().withData(new JsonMapper().readTree("{\"a\": 1}")),
                PluginSettings.config(plugin));
    }

    @Test
    void configurationAsJson_isTheBaseOfTheMembers() throws Exception {
        TurnstileProperties.Plugin plugin = bound("""
            turnstile.plugins.demo.config-json={"max_items": 5}
            turnstile.plugins.demo.config.name=x
            """);
        assertEquals(
                PluginConfig.defaults()
                        .withData(new JsonMapper().readTree("{\"max_items\": 5}"))
                        .withData("name", "x"),
                PluginSettings.config(plugin));
    }
}
