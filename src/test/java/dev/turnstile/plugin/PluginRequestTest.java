package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.CallTimeoutException;
import dev.turnstile.JoinPolicy;
import dev.turnstile.Lane;
import dev.turnstile.TurnstileFullException;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.testing.Answer;
import dev.turnstile.testing.ReceivedCall;
import dev.turnstile.testing.ScriptedPlugin;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/** What a request says of a call to a plugin holds, whichever verb makes it; and what goes in and comes back. */
class PluginRequestTest {
    private static final Duration LONG = Duration.ofDays(1);

    record Say(String firstWord) {}

    private final ScriptedPlugin script = new ScriptedPlugin()
            .answer("echo", Answer.computed(request -> request))
            .answer("held", Answer.json("1").held(), Answer.json("2"))
            .answerRaw(7, Answer.body(new byte[] {1, 2}));
    private SynchronizedPlugin plugin = script.open();

    PluginRequestTest() throws InterruptedException {}

    @AfterEach
    void close() {
        script.release("held");
        plugin.close();
        script.close();
    }

    private String sent() {
        return script.calls().getLast().text();
    }

    @Test
    void text_isSentAsItIs_inEveryForm() throws Exception {
        String json = "{ \"first_word\":\"hi\" }";
        assertEquals(json, plugin.call("echo", json));
        assertEquals(new Say("hi"), plugin.call("echo", json, Say.class));
        assertEquals(json, sent());
        assertEquals(new Say("hi"), plugin.request("echo", json).as(Say.class).call());
        assertEquals(json, sent());
        assertEquals(json, plugin.submit("echo", (Object) json).get());
        try (var block = plugin.fanOut(JoinPolicy.ALL_OR_CANCEL, Say.class)) {
            block.fork("echo", json);
            assertEquals(List.of(new Say("hi")), block.join().results());
        }
        assertEquals(json, sent());
    }

    @Test
    void object_isWritten_andItsResponseIsTextUnlessSomethingElseIsSaid() throws Exception {
        String json = "{\"first_word\":\"hi\"}";
        assertEquals(json, plugin.call("echo", new Say("hi")));
        assertEquals(json, plugin.request("echo", new Say("hi")).call());
        assertEquals(
                "hi",
                plugin.request("echo", new Say("hi"))
                        .as(JsonNode.class)
                        .call()
                        .get("first_word")
                        .asString());
        assertEquals(
                Map.of("first_word", "hi"),
                plugin.request("echo", new Say("hi"))
                        .as(new TypeReference<Map<String, String>>() {})
                        .tryCall());
        assertNull(plugin.request("echo", null).as(Say.class).call());
        assertEquals("null", sent());
    }

    @Test
    void rawCall_hasBytes_andNothingElse() throws Exception {
        assertArrayEquals(
                new byte[] {1, 2},
                plugin.requestRaw(7, new byte[] {5}).within(LONG).call());
        assertArrayEquals(new byte[] {5}, script.calls().getLast().bytes());
        IllegalStateException refused = assertThrows(
                IllegalStateException.class,
                () -> plugin.requestRaw(7, new byte[0]).as(Say.class));
        assertTrue(refused.getMessage().contains("bytes"), refused::getMessage);
    }

    @Test
    void laneKeyAndLimit_holdForEachVerb() throws Exception {
        CompletableFuture<String> held = plugin.submit("held", "{}");
        script.awaitStarted("held");
        CompletableFuture<String> low =
                plugin.request("echo", "\"low\"").inLane(Lane.LOW).withKey("k").submit();
        CompletableFuture<String> high = plugin.request("echo", "\"high\"")
                .inLane(Lane.HIGH)
                .within(LONG)
                .trySubmit();
        PluginRequest<String> late = plugin.request("echo", "\"late\"").within(Duration.ZERO);
        assertThrows(CallTimeoutException.class, late::call);
        assertThrows(CallTimeoutException.class, late::tryCall);
        assertThrows(CallTimeoutException.class, late::submit);
        assertThrows(CallTimeoutException.class, late::trySubmit);
        script.release("held");
        CompletableFuture.allOf(held, low, high).get();
        assertEquals(
                List.of("{}", "\"high\"", "\"low\""),
                script.calls().stream().map(ReceivedCall::text).toList());
    }

    @Test
    void tryVerbs_findNoPlaceInAFullLine() throws Exception {
        plugin.close();
        plugin = script.open(
                PluginOptions.defaults().withGate(TurnstileOptions.defaults().withCapacity(1)));
        CompletableFuture<String> held = plugin.submit("held", "{}");
        script.awaitStarted("held");
        CompletableFuture<String> pending = plugin.submit("echo", "{}");
        PluginRequest<String> request = plugin.request("echo", "{}").within(LONG);
        assertThrows(TurnstileFullException.class, request::tryCall);
        assertThrows(TurnstileFullException.class, request::trySubmit);
        script.release("held");
        CompletableFuture.allOf(held, pending).get();
    }

    @Test
    void fork_ofSeveralTypesInOneBlock() throws Exception {
        try (var block = plugin.fanOut(JoinPolicy.ALL_OR_CANCEL, Object.class)) {
            var typed = block.fork(plugin.request("echo", new Say("hi")).as(Say.class));
            var text = block.fork(plugin.request("echo", "{}"));
            var raw = block.fork(plugin.requestRaw(7, new byte[0]));
            block.join();
            assertEquals(new Say("hi"), typed.get());
            assertEquals("{}", text.get());
            assertArrayEquals(new byte[] {1, 2}, raw.get());
            IllegalArgumentException limited = assertThrows(
                    IllegalArgumentException.class,
                    () -> block.fork(plugin.request("echo", "{}").within(LONG)));
            assertTrue(limited.getMessage().contains("fanOut"), limited::getMessage);
        }
    }

    @Test
    void firstOfATypedBlock_isTyped() throws Exception {
        try (var block = plugin.fanOut(JoinPolicy.FIRST_SUCCESS, Say.class, LONG)) {
            block.fork("echo", new Say("hi"));
            Say first = block.join().first().get();
            assertEquals("hi", first.firstWord());
        }
    }

    @Test
    void nullArguments_areNamed() {
        assertNamed("tag", () -> plugin.request(null, "{}"));
        assertNamed("request", () -> plugin.requestRaw(7, null));
        assertNamed("type", () -> plugin.request("echo", "{}").as((Class<Say>) null));
        assertNamed("limit", () -> plugin.request("echo", "{}").within(null));
        assertNamed("lane", () -> plugin.request("echo", "{}").inLane(null));
        assertNamed("key", () -> plugin.request("echo", "{}").withKey(null));
    }

    private static void assertNamed(String name, Runnable call) {
        assertEquals(name, assertThrows(NullPointerException.class, call::run).getMessage());
    }
}
