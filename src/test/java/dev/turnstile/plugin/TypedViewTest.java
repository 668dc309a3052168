package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.CallTimeoutException;
import dev.turnstile.testing.Answer;
import dev.turnstile.testing.ScriptedPlugin;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A user's interface over a plugin: what its methods call, and what is wrong with others, said when the view is made. */
class TypedViewTest {
    record Say(String firstWord) {}

    interface Demo {
        @Tag("echo")
        Say echo(Say say) throws InterruptedException;

        @Tag("echo")
        Say echoWithin(Duration limit, Say say) throws InterruptedException;

        @Tag("echo")
        CompletableFuture<List<Map<String, Integer>>> later(List<Map<String, Integer>> request, Duration limit)
                throws InterruptedException;

        @Tag("echo")
        CompletionStage<Void> fire(Say say) throws InterruptedException;

        @Tag("echo")
        void forget(Say say) throws Exception;

        @Tag("nothing")
        String ping() throws InterruptedException;

        @Tag("number")
        int number(String json) throws InterruptedException;

        default String twice(Say say) throws InterruptedException {
            return echo(say).firstWord() + echo(say).firstWord();
        }

        @Override
        String toString();
    }

    private final ScriptedPlugin script = new ScriptedPlugin()
            .answer("echo", Answer.computed(request -> request))
            .answer("nothing", Answer.json("\"pong\""))
            .answer("number", Answer.json("42"), Answer.json("null"));
    private final SynchronizedPlugin plugin = script.open();
    private final Demo demo = plugin.as(Demo.class);

    TypedViewTest() throws InterruptedException {}

    @AfterEach
    void close() {
        plugin.close();
        script.close();
    }

    private String sent() {
        return script.calls().getLast().text();
    }

    @Test
    void methods_makeTheCallsTheyName() throws Exception {
        assertEquals(new Say("hi"), demo.echo(new Say("hi")));
        assertEquals("{\"first_word\":\"hi\"}", sent());
        assertEquals(new Say("hi"), demo.echoWithin(Duration.ofDays(1), new Say("hi")));
        assertEquals(
                List.of(Map.of("a", 1)),
                demo.later(List.of(Map.of("a", 1)), Duration.ofDays(1)).get());
        assertEquals(null, demo.fire(new Say("hi")).toCompletableFuture().get());
        demo.forget(new Say("gone"));
        assertEquals("{\"first_word\":\"gone\"}", sent());
        assertEquals("pong", demo.ping());
        assertEquals("{}", sent());
        assertEquals("hihi", demo.twice(new Say("hi")));
    }

    @Test
    void textAsARequest_isJson() throws Exception {
        assertEquals(42, demo.number("[1,2]"));
        assertEquals("[1,2]", sent());
    }

    @Test
    void nullWhereAPrimitiveIsReturned_isRefused() throws Exception {
        assertEquals(42, demo.number("1"));
        CodecException none = assertThrows(CodecException.class, () -> demo.number("1"));
        assertTrue(none.getMessage().startsWith("The response of number cannot be read as int"), none::getMessage);
    }

    @Test
    void limit_holds() {
        assertThrows(CallTimeoutException.class, () -> demo.echoWithin(Duration.ZERO, new Say("late")));
        assertThrows(CallTimeoutException.class, () -> demo.later(List.of(), Duration.ofDays(-1)));
    }

    @Test
    void futureOfAView_givesItsCallUp() throws Exception {
        script.answer("held", Answer.json("1").held());
        CompletableFuture<String> held = plugin.submit("held", "{}");
        script.awaitStarted("held");
        CompletableFuture<?> pending = demo.later(List.of(), Duration.ofDays(1));
        assertEquals(1, plugin.pendingCount());
        pending.cancel(true);
        assertEquals(0, plugin.pendingCount());
        script.release("held");
        held.get();
    }

    @Test
    void view_isItselfAndNoOther() {
        assertEquals(demo, demo);
        assertNotEquals(demo, plugin.as(Demo.class));
        assertEquals(demo.hashCode(), demo.hashCode());
        assertTrue(demo.toString().contains("Demo"), demo::toString);
    }

    // ---- what is no view ----

    interface NoTag {
        String call(Say say) throws InterruptedException;
    }

    interface EmptyTag {
        @Tag("")
        String call(Say say) throws InterruptedException;
    }

    interface TwoRequests {
        @Tag("echo")
        String call(Say one, Say other) throws InterruptedException;
    }

    interface TwoLimits {
        @Tag("echo")
        String call(Duration one, Duration other) throws InterruptedException;
    }

    interface Uninterrupted {
        @Tag("echo")
        String call(Say say) throws IOException;
    }

    @SuppressWarnings("rawtypes")
    interface RawFuture {
        @Tag("echo")
        CompletableFuture call(Say say) throws InterruptedException;
    }

    interface Inherits extends NoTag {}

    private static final Map<String, Class<?>> WRONG = Map.of(
            "has no @Tag", NoTag.class,
            "the tag is empty", EmptyTag.class,
            "two requests, the parameters 1 and 2", TwoRequests.class,
            "two limits", TwoLimits.class,
            "InterruptedException", Uninterrupted.class,
            "does not say of what", RawFuture.class,
            "call(Say) has no @Tag", Inherits.class,
            "not an interface", String.class);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "has no @Tag",
                "the tag is empty",
                "two requests, the parameters 1 and 2",
                "two limits",
                "InterruptedException",
                "does not say of what",
                "call(Say) has no @Tag",
                "not an interface"
            })
    void viewThatCannotBe_isRefusedWithWhatIsWrong(String what) {
        Class<?> view = WRONG.get(what);
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> plugin.as(view));
        String text = refused.getMessage().toLowerCase(java.util.Locale.ROOT);
        assertTrue(
                text.contains(
                        what.equals("the tag is empty") ? "tag is empty" : what.toLowerCase(java.util.Locale.ROOT)),
                refused::getMessage);
    }
}
