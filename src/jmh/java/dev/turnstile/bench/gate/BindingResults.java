package dev.turnstile.bench.gate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What JMH and the host in C found out about the binding, as far as they were run. */
final class BindingResults {
    /** The host's lines: {@code c-host,<kind of call>,<nanoseconds>}. */
    static final String HOST_FILE = "c-host.csv";

    /** JMH's own form. */
    static final String JMH_FILE = "binding.json";

    private BindingResults() {}

    static List<Sample> read(Path directory) throws IOException {
        List<Sample> samples = new ArrayList<>();
        Path host = directory.resolve(HOST_FILE);
        if (Files.exists(host)) {
            samples.addAll(host(Files.readAllLines(host)));
        }
        Path jmh = directory.resolve(JMH_FILE);
        if (Files.exists(jmh)) {
            samples.addAll(jmh(Files.readString(jmh)));
        }
        return samples;
    }

    /** The subject is {@code c-host.text}. */
    static List<Sample> host(List<String> lines) {
        List<Sample> samples = new ArrayList<>();
        for (String line : lines) {
            String[] fields = line.split(",", -1);
            if (fields.length != 3 || !fields[0].equals("c-host")) {
                throw new IllegalArgumentException("not a line of the host in C: " + line);
            }
            samples.add(new Sample(
                    fields[0] + "." + fields[1],
                    samples.size(),
                    Measure.BINDING_NANOS,
                    0,
                    Double.parseDouble(fields[2])));
        }
        return samples;
    }

    /** The subject is the class and the method, {@code NativePluginBenchmark.text}; the rounds are JMH's iterations. */
    static List<Sample> jmh(String json) {
        List<Sample> samples = new ArrayList<>();
        for (JsonNode benchmark : JsonMapper.shared().readTree(json)) {
            String name = benchmark.get("benchmark").asString();
            String subject = name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1);
            JsonNode time = benchmark.get("primaryMetric");
            if (!time.get("scoreUnit").asString().equals("ns/op")) {
                throw new IllegalArgumentException(name + " is not in nanoseconds");
            }
            addAll(samples, subject, Measure.BINDING_NANOS, time);
            JsonNode bytes = benchmark.get("secondaryMetrics").get("gc.alloc.rate.norm");
            if (bytes != null) {
                addAll(samples, subject, Measure.BINDING_BYTES, bytes);
            }
        }
        return samples;
    }

    private static void addAll(List<Sample> samples, String subject, Measure measure, JsonNode metric) {
        int round = 0;
        for (JsonNode fork : metric.get("rawData")) {
            for (JsonNode iteration : fork) {
                samples.add(new Sample(subject, round++, measure, 0, iteration.asDouble()));
            }
        }
    }
}
