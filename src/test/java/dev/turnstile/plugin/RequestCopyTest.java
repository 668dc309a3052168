package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A request is what it was when the call was made: the caller may use its array or object again at once. */
@ParameterizedClass
@MethodSource("dev.turnstile.plugin.Host#contract")
class RequestCopyTest {
    @Parameter
    Host host;

    private static final int GATE = 3;

    @RegisterExtension
    final Audit audit = new Audit();

    private NativeProbe probe;
    private SynchronizedPlugin plugin;
    private CompletableFuture<String> held;

    /** Loads the plugin and holds its worker: there is one place. */
    @BeforeEach
    void holdTheWorker(@TempDir Path directory) throws Exception {
        Path library = TestPlugins.privateCopy("turnstile_demo", directory);
        probe = host.probe(library);
        plugin = audit.watch(SynchronizedPlugin.load(
                library, PluginConfig.defaults(), host.inPlace(library).withCapacity(1)));
        held = audit.watch(plugin.submit("block", "{\"gate\":" + GATE + "}"));
        probe.awaitEntered(GATE, 1);
    }

    private void release() {
        probe.openGate(GATE);
        held.join();
    }

    @ParameterizedTest
    @EnumSource
    void rawRequest_changedWhileInTheLine_isSentAsItWas(RawEntry entry) {
        byte[] request = {1, 2, 3};
        Caller<byte[]> caller = start(entry, request);
        Eventually.isTrue("in the line", () -> plugin.pendingCount() == 1);
        Arrays.fill(request, (byte) 9);
        release();

        assertArrayEquals(new byte[] {1, 2, 3}, caller.result());
    }

    @ParameterizedTest
    @EnumSource(names = {"CALL", "TIMED_CALL", "SUBMIT", "TIMED_SUBMIT"})
    void rawRequest_changedWhileItsCallerWaitsOutside_isSentAsItWas(RawEntry entry) throws Exception {
        CompletableFuture<String> filler = audit.watch(plugin.submit("null", "{}"));
        byte[] request = {1, 2, 3};
        Caller<byte[]> caller = start(entry, request);
        Eventually.isTrue("outside", () -> plugin.waitingCount() == 1);
        Arrays.fill(request, (byte) 9);
        release();

        assertArrayEquals(new byte[] {1, 2, 3}, caller.result());
        assertEquals("null", filler.join());
    }

    @Test
    void typedRequest_changedAfterItsSubmit_isSentAsItWas() throws Exception {
        Map<String, String> request = new HashMap<>(Map.of("message", "before"));
        var future = audit.watch(plugin.submit("echo", request, Map.class));
        request.put("message", "after");
        release();

        assertEquals("before", future.join().get("message"));
    }

    @Test
    void rawResponse_changedByItsCaller_isNobodyElses() throws Exception {
        release();
        byte[] first = plugin.callRaw(1, new byte[] {1, 2});
        Arrays.fill(first, (byte) 9);
        assertArrayEquals(new byte[] {1, 2}, plugin.callRaw(1, new byte[] {1, 2}));
        byte[] none = plugin.callRaw(2, new byte[0]);
        assertEquals(0, none.length);
    }

    private Caller<byte[]> start(RawEntry entry, byte[] request) {
        return Caller.start(() -> {
            try {
                return entry.call(plugin, 1, request);
            } catch (Exception | Error thrown) {
                throw thrown;
            } catch (Throwable impossible) {
                throw new AssertionError(impossible);
            }
        });
    }
}
