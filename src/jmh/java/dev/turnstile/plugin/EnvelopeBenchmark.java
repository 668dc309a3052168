package dev.turnstile.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.turnstile.bench.binding.Requests;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.databind.JsonNode;

/** What it costs to find the payload in an envelope, without any call. In this package, whose parts it measures. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EnvelopeBenchmark {
    private final PayloadScan scan = new PayloadScan(SerdeMapper.shared());
    private final TokenStreamFactory envelopes = Envelope.factory(SerdeMapper.shared());
    private final byte[] body = Requests.ENVELOPE.getBytes(UTF_8);

    /** Into a tree. */
    @Benchmark
    public JsonNode tree() {
        return SerdeMapper.shared().readTree(body);
    }

    /** By Jackson's streaming parser. */
    @Benchmark
    public int streaming() {
        return Envelope.parse(envelopes, body, body.length).payloadLength();
    }

    /** By the scan that comes first. */
    @Benchmark
    public long scan() {
        return scan.find(body, body.length);
    }
}
