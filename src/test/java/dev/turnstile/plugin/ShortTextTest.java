package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.TestPlugins;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Short text takes a way of its own through the gate, where nobody can tell the difference. */
@ParameterizedClass
@MethodSource("dev.turnstile.plugin.Host#contract")
class ShortTextTest {
    @Parameter
    Host host;

    @RegisterExtension
    final Audit audit = new Audit();

    /** Lengths on both sides of the limit, of the request and of the response, which is longer than that. */
    @ParameterizedTest
    @ValueSource(strings = {"a", "\u00e4", "\u20ac", "\ud83d\ude00", "\\n", "\\u0000"})
    void textOfEachLength_comesBackAsFromTheBareBinding(String piece) throws Exception {
        SynchronizedPlugin plugin =
                audit.watch(SynchronizedPlugin.load(TestPlugins.demo(), PluginConfig.defaults(), host.options()));
        try (NativePlugin direct = NativePlugin.load(TestPlugins.demo())) {
            for (int pieces = 0; pieces <= Exchange.SHORT + 8; pieces++) {
                String json = "{\"message\":\"" + piece.repeat(pieces) + "\"}";
                assertEquals(direct.call("echo", json), plugin.call("echo", json));
                assertEquals(
                        direct.call("echo", json), plugin.submit("echo", json).get());
            }
        }
    }

    /** The response has few bytes, and none of the forms that the worker takes the payload from. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ \"status\": \"success\", \"payload\": 1 }",
                "{\"status\":\"success\",\"payload\":1,\"more\":2}",
                "{\"payload\":1,\"status\":\"success\",\"more\":{\"payload\":2}}"
            })
    void shortResponse_thatIsUnusual_isReadAllTheSame(String body) throws Exception {
        SynchronizedPlugin plugin =
                audit.watch(SynchronizedPlugin.load(TestPlugins.demo(), PluginConfig.defaults(), host.options()));
        assertEquals("1", plugin.call("envelope", SerdeMapper.shared().writeValueAsString(Map.of("raw", body))));
    }

    @Test
    void shortResponse_thatIsNoEnvelope_isRefusedOnTheCallersThread() throws Exception {
        SynchronizedPlugin plugin =
                audit.watch(SynchronizedPlugin.load(TestPlugins.demo(), PluginConfig.defaults(), host.options()));
        CodecException refused =
                assertThrows(CodecException.class, () -> plugin.call("envelope", "{\"raw\":\"no envelope\"}"));
        assertTrue(Arrays.stream(refused.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(ShortTextTest.class.getName())));
    }
}
