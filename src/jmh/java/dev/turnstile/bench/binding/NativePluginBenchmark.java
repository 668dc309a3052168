package dev.turnstile.bench.binding;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.turnstile.plugin.NativePlugin;
import dev.turnstile.plugin.RawReader;
import dev.turnstile.plugin.RawReply;
import dev.turnstile.testing.TestPlugins;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What one call of the demo plugin costs through {@link NativePlugin}, on one thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class NativePluginBenchmark {
    private final byte[] bytes = Requests.JSON.getBytes(UTF_8);
    private final Requests.Echo echo = new Requests.Echo("hello, turnstile");
    private final RawReader<Object> reader = this::read;
    private NativePlugin plugin;

    /** The benchmark's own thread loads the plugin, and is then the only one that may call it. */
    @Setup
    public void load() {
        plugin = NativePlugin.load(TestPlugins.demo());
    }

    @TearDown
    public void close() {
        plugin.close();
    }

    @Benchmark
    public String text() {
        return plugin.call(Requests.TAG, Requests.JSON);
    }

    @Benchmark
    public Requests.Echoed typed() {
        return plugin.call(Requests.TAG, echo, Requests.Echoed.class);
    }

    @Benchmark
    public byte[] rawToArray() {
        return plugin.callRaw(Requests.RAW_ECHO, bytes);
    }

    @Benchmark
    public Object rawInPlace() {
        return plugin.callRaw(Requests.RAW_ECHO, bytes, reader);
    }

    /** Looks at both ends, and makes no object. */
    private Object read(RawReply reply) {
        return reply.getLong(0) == reply.getByte(reply.byteSize() - 1) ? reader : bytes;
    }
}
