package dev.turnstile.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.DefaultValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What editors are told, and what the guide says, is what there is. */
@Tag("any-java")
class ConfigurationMetadataTest {
    private static final Path GUIDE =
            Path.of(System.getProperty("turnstile.basedir", "."), "src/site/markdown/guides/spring-boot.md");

    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /** The names below a record, with the types of the values. */
    private static Map<String, Class<?>> properties(String prefix, Class<?> type) {
        Map<String, Class<?>> all = new TreeMap<>();
        for (RecordComponent component : type.getRecordComponents()) {
            String name = prefix + kebab(component.getName());
            if (component.getType().isRecord()) {
                all.putAll(properties(name + ".", component.getType()));
            } else {
                all.put(name, component.getType());
            }
        }
        return all;
    }

    private static JsonNode metadata() throws Exception {
        try (InputStream file =
                TurnstileProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            return new JsonMapper().readTree(file);
        }
    }

    @Test
    void metadata_hasEachPropertyWithItsType() throws Exception {
        Map<String, String> expected = new TreeMap<>();
        properties("turnstile.", TurnstileProperties.class)
                .forEach((name, type) ->
                        expected.put(name, type == boolean.class ? "java.lang.Boolean" : type.getName()));
        Map<String, String> found = new TreeMap<>();
        for (JsonNode property : metadata().get("properties")) {
            String type = property.get("type").asString();
            if (property.get("name").asString().startsWith("turnstile.")) {
                found.put(property.get("name").asString(), type.replaceAll("<.*", ""));
            }
            assertFalse(property.get("description").asString().isBlank());
        }
        assertEquals(expected, found);
    }

    /** Editors look for the properties of a plugin in its class. */
    @Test
    void metadata_namesClassesThatThereAre() throws Exception {
        Pattern ours = Pattern.compile("dev\\.turnstile\\.spring\\.[\\w$]+");
        Set<String> named = new TreeSet<>();
        ours.matcher(metadata().toString()).results().map(MatchResult::group).forEach(named::add);
        assertEquals(4, named.size(), named::toString);
        for (String name : named) {
            Class<?> unused = Class.forName(name);
        }
    }

    @Test
    void metadata_hasTheDefaultsOfTheClass() throws Exception {
        Map<String, String> defaults = new TreeMap<>();
        for (JsonNode property : metadata().get("properties")) {
            if (property.has("defaultValue") && property.get("name").asString().startsWith("turnstile.")) {
                defaults.put(
                        property.get("name").asString(),
                        property.get("defaultValue").asString());
            }
        }
        Map<String, String> expected = new TreeMap<>();
        expected.put("turnstile.enabled", defaultOf(TurnstileProperties.class, "enabled"));
        expected.put("turnstile.web.exception-handler", defaultOf(TurnstileProperties.Web.class, "exceptionHandler"));
        expected.put("turnstile.web.retry-after", defaultOf(TurnstileProperties.Web.class, "retryAfter"));
        assertEquals(expected, defaults);
    }

    private static String defaultOf(Class<?> type, String name) {
        for (var parameter : type.getDeclaredConstructors()[0].getParameters()) {
            if (parameter.getName().equals(name)) {
                return parameter.getAnnotation(DefaultValue.class).value()[0];
            }
        }
        throw new AssertionError(name);
    }

    @Test
    void guide_hasEachProperty() throws Exception {
        Set<String> expected = new TreeSet<>(
                properties("turnstile.", TurnstileProperties.class).keySet());
        expected.remove("turnstile.plugins");
        expected.addAll(properties("", TurnstileProperties.Plugin.class).keySet());
        Set<String> found = new TreeSet<>();
        Pattern.compile("(?m)^\\| `([a-z.-]+)(?:\\.\\*)?` \\|")
                .matcher(Files.readString(GUIDE))
                .results()
                .map(row -> row.group(1))
                .forEach(found::add);
        assertEquals(expected, found);
    }
}
