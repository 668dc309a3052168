package dev.turnstile.bench.binding;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.turnstile.testing.TestPlugins;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What the calls of {@link NativePluginBenchmark} cost through a binding like rustbridge's own. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RustbridgeBenchmark {
    private final Requests.Echo echo = new Requests.Echo("hello, turnstile");
    private RustbridgeBinding plugin;
    private MemorySegment bytes;

    @Setup
    public void load() {
        plugin = new RustbridgeBinding(TestPlugins.demo());
        byte[] request = Requests.JSON.getBytes(UTF_8);
        bytes = Arena.ofAuto().allocate(request.length);
        MemorySegment.copy(request, 0, bytes, ValueLayout.JAVA_BYTE, 0, request.length);
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
}
