package dev.turnstile.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.TurnstileOptions;
import dev.turnstile.plugin.Isolation;
import dev.turnstile.plugin.PluginConfig;
import dev.turnstile.plugin.PluginException;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.PluginPool;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.TestPlugins;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The dashboard and the alerts ask for what Prometheus sees of a plugin pool that has traffic, and leave nothing out. */
@Tag("any-java")
class DashboardTest {
    private static final Path SITE = Path.of(System.getProperty("turnstile.basedir", "."), "src/site");
    private static final Pattern SAMPLE = Pattern.compile("(?m)^(turnstile_\\w+)\\{(.*)\\} \\S+$");
    private static final Pattern LABEL = Pattern.compile("(\\w+)(=~|=)\"([^\"]*)\"");
    private static final Pattern SELECTED = Pattern.compile("\\b(turnstile_\\w+)(?:\\{([^}]*)\\})?");
    private static final Pattern GROUPED = Pattern.compile("\\bby \\(([^)]*)\\)");

    @RegisterExtension
    final Audit audit = new Audit();

    /** The values of each label of each name. */
    private final Map<String, Map<String, Set<String>>> seen = new HashMap<>();

    @BeforeEach
    void scrapeAPoolWithTraffic() throws Exception {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        registry.config().meterFilter(new MeterFilter() {
            @Override
            public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
                return DistributionStatisticConfig.builder()
                        .percentilesHistogram(id.getName().startsWith("turnstile.call."))
                        .build()
                        .merge(config);
            }
        });
        PluginPool pool = audit.watch(PluginPool.load(
                TestPlugins.demo(),
                2,
                PluginConfig.defaults(),
                PluginOptions.defaults()
                        .withIsolation(Isolation.process())
                        .withGate(
                                TurnstileOptions.defaults().withListeners(TurnstileMetrics.timers(registry, "demo")))));
        TurnstileMetrics.of(pool, "demo").bindTo(registry);
        pool.call("echo", "{\"message\":\"hi\"}");
        assertThrows(PluginException.class, () -> pool.call("unknown", "{}"));
        Eventually.isTrue(
                "both are timed",
                () -> registry.find("turnstile.call.run").timers().size() == 2);
        Matcher samples = SAMPLE.matcher(registry.scrape());
        while (samples.find()) {
            Map<String, Set<String>> labels = seen.computeIfAbsent(samples.group(1), name -> new HashMap<>());
            for (MatchResult label : LABEL.matcher(samples.group(2)).results().toList()) {
                labels.computeIfAbsent(label.group(1), name -> new HashSet<>()).add(label.group(3));
            }
        }
    }

    private static JsonNode dashboard() throws IOException {
        return JsonMapper.shared().readTree(Files.readString(SITE.resolve("resources/grafana/turnstile.json")));
    }

    private static List<String> queriesOfTheDashboard() throws IOException {
        List<String> queries = new ArrayList<>();
        dashboard().findValues("expr").forEach(query -> queries.add(query.stringValue()));
        return queries;
    }

    private static List<String> queriesOfTheGuide() throws IOException {
        String guide = Files.readString(SITE.resolve("markdown/guides/dashboards-and-alerts.md"));
        return Pattern.compile("(?m)^ +expr: (.*)$|`(turnstile_[^`]*)`")
                .matcher(guide)
                .results()
                .map(found -> found.group(1) == null ? found.group(2) : found.group(1))
                .toList();
    }

    /** What a query asks for that is not to be seen. */
    private List<String> unseen(String query) {
        List<String> unseen = new ArrayList<>();
        for (MatchResult selected : SELECTED.matcher(query).results().toList()) {
            String name = selected.group(1);
            Map<String, Set<String>> labels = seen.get(name);
            if (labels == null) {
                unseen.add(name);
                continue;
            }
            String conditions = selected.group(2) == null ? "" : selected.group(2);
            for (MatchResult condition : LABEL.matcher(conditions).results().toList()) {
                String value = condition.group(3);
                if (!labels.getOrDefault(condition.group(1), Set.of()).contains(value) && !value.equals("$gate")) {
                    unseen.add(name + "{" + condition.group() + "}");
                }
            }
            for (MatchResult grouped : GROUPED.matcher(query).results().toList()) {
                for (String label : grouped.group(1).split(", ", -1)) {
                    if (!labels.containsKey(label)) {
                        unseen.add(name + " by " + label);
                    }
                }
            }
        }
        return unseen;
    }

    @Test
    void queries_nameMetersAndLabelsThatAreThere() throws Exception {
        for (List<String> queries : List.of(queriesOfTheDashboard(), queriesOfTheGuide())) {
            assertTrue(queries.size() > 10, queries::toString);
            for (String query : queries) {
                assertEquals(List.of(), unseen(query), query);
                assertTrue(SELECTED.matcher(query).find(), query);
            }
        }
        assertFalse(
                unseen("sum by (gate, tag) (turnstile_pending{gates=\"x\"})").isEmpty(), "it would be noticed");
    }

    @Test
    void meters_areAllInTheDashboard() throws Exception {
        Set<String> published = new TreeSet<>();
        seen.keySet().forEach(name -> published.add(family(name)));
        Set<String> shown = new TreeSet<>();
        for (String query : queriesOfTheDashboard()) {
            SELECTED.matcher(query).results().forEach(selected -> shown.add(family(selected.group(1))));
        }
        assertEquals(published, shown);
        assertTrue(published.size() > 15, published::toString);
    }

    private static String family(String name) {
        return name.replaceFirst("_(total|bucket|count|sum|max)$", "");
    }

    @Test
    void panels_haveTheirOwnNumbersAndPlaces_andTheChosenSource() throws Exception {
        Set<Integer> numbers = new HashSet<>();
        Set<List<Integer>> places = new HashSet<>();
        for (JsonNode panel : dashboard().get("panels")) {
            assertTrue(numbers.add(panel.get("id").intValue()), panel::toString);
            JsonNode at = panel.get("gridPos");
            for (int x = 0; x < at.get("w").intValue(); x++) {
                for (int y = 0; y < at.get("h").intValue(); y++) {
                    assertTrue(
                            places.add(Arrays.asList(
                                    at.get("x").intValue() + x, at.get("y").intValue() + y)),
                            panel::toString);
                }
            }
        }
        dashboard().findValues("datasource").stream()
                .filter(JsonNode::isObject)
                .forEach(source ->
                        assertEquals("${datasource}", source.get("uid").stringValue()));
    }
}
