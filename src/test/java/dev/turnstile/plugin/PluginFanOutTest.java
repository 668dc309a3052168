package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.CallTimeoutException;
import dev.turnstile.Fork;
import dev.turnstile.JoinPolicy;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.TestPlugins;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.type.TypeReference;

/** A block of a plugin's calls: decoded, and failed as a single call is. */
@ParameterizedClass
@MethodSource("dev.turnstile.plugin.Host#contract")
class PluginFanOutTest {
    @Parameter
    Host host;

    private record Echo(String message, int length) {}

    @RegisterExtension
    final Audit audit = new Audit();

    private SynchronizedPlugin plugin;

    @BeforeEach
    void load() throws InterruptedException {
        plugin = audit.watch(SynchronizedPlugin.load(TestPlugins.demo(), PluginConfig.defaults(), host.options()));
    }

    @Test
    void forksOfEachKind_areDecoded() throws Exception {
        try (PluginFanOut<Object> block = plugin.fanOut(JoinPolicy.ALL_OR_CANCEL, Object.class)) {
            Fork<String> text = block.fork(plugin.request("echo", "{\"message\":\"hi\"}"));
            Fork<Echo> typed =
                    block.fork(plugin.request("echo", Map.of("message", "hi")).as(Echo.class));
            Fork<Map<String, Object>> generic =
                    block.fork(plugin.request("echo", Map.of("message", "hi")).as(new TypeReference<>() {}));
            Fork<byte[]> raw = block.fork(plugin.requestRaw(2, new byte[] {1}));
            assertSame(block, block.join());
            assertEquals("{\"message\":\"hi\",\"length\":2}", text.get());
            assertEquals(new Echo("hi", 2), typed.get());
            assertEquals(Map.of("message", "hi", "length", 2), generic.get());
            assertArrayEquals(plugin.callRaw(2, new byte[] {1}), raw.get());
        }
    }

    @Test
    void errorOfThePlugin_isTheCause() throws Exception {
        try (PluginFanOut<String> block = plugin.fanOut(JoinPolicy.ALL_OR_CANCEL)) {
            block.fork("echo", "{\"message\":\"hi\"}");
            Fork<String> failing = block.fork("no such tag", "{}");
            ExecutionException thrown = assertThrows(ExecutionException.class, block::join);
            PluginException error = assertInstanceOf(PluginException.class, thrown.getCause());
            assertEquals("Fork 2 (no such tag) of 2 failed: " + error.getMessage(), thrown.getMessage());
            assertEquals(
                    assertThrows(PluginException.class, () -> plugin.call("no such tag", "{}"))
                            .getMessage(),
                    error.getMessage());
            assertInstanceOf(PluginException.class, failing.failure());
            assertInstanceOf(
                    PluginException.class,
                    assertThrows(IllegalStateException.class, failing::get).getCause());
        }
    }

    @Test
    void responseThatCannotBeRead_failsItsOwnGet() throws Exception {
        try (PluginFanOut<Object> block = plugin.fanOut(JoinPolicy.ALL_OR_CANCEL, Object.class)) {
            Fork<Integer> unreadable =
                    block.fork(plugin.request("echo", Map.of("message", "hi")).as(Integer.class));
            Fork<String> other = block.fork(plugin.request("echo", "{\"message\":\"hi\"}"));
            block.join();
            assertTrue(assertThrows(CodecException.class, unreadable::get).pluginRan());
            assertEquals("{\"message\":\"hi\",\"length\":2}", other.get());
        }
    }

    @Test
    void firstSuccess_isOneOfItsForks() throws Exception {
        try (PluginFanOut<String> block = plugin.fanOut(JoinPolicy.FIRST_SUCCESS)) {
            block.fork("no such tag", "{}");
            Fork<String> second = block.fork("echo", "{\"message\":\"hi\"}");
            assertSame(second, block.join().first());
        }
    }

    @Test
    void requestThatCannotBeWritten_isRefusedWhereItIsForked() throws Exception {
        try (PluginFanOut<String> block = plugin.fanOut(JoinPolicy.ALL_OR_CANCEL)) {
            assertThrows(CodecException.class, () -> block.fork("echo", "\ud83d"));
            assertThrows(IllegalArgumentException.class, () -> block.fork("", "{}"));
            block.join();
        }
    }

    @Test
    void limit_isTheBlocks() throws Exception {
        try (PluginFanOut<String> block = plugin.fanOut(JoinPolicy.ALL_OUTCOMES, Duration.ZERO)) {
            List<Fork<String>> forks = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                forks.add(block.fork("echo", "{\"message\":\"hi\"}"));
            }
            assertThrows(CallTimeoutException.class, block::join);
            forks.forEach(fork -> assertEquals(Fork.State.CANCELLED, fork.state()));
        }
    }
}
