package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.turnstile.testing.Answer;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.ScriptedPlugin;
import dev.turnstile.testing.TestPlugins;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** To a caller a scripted plugin is as a native one: the same calls have the same outcome, whichever way they are made. */
class ScriptedLikeNativeTest {
    private static final String ODD = "{\"error_code\":7,\"status\":\"error\",\"error_message\":\"odd\"}";

    @RegisterExtension
    final Audit audit = new Audit();

    @TempDir
    Path directory;

    private SynchronizedPlugin nativePlugin() throws InterruptedException {
        return audit.watch(SynchronizedPlugin.load(TestPlugins.privateCopy("turnstile_demo", directory)));
    }

    /** As the demo plugin, as far as it is asked here. */
    private SynchronizedPlugin scriptedPlugin() throws InterruptedException {
        ScriptedPlugin script = new ScriptedPlugin()
                .answer("echo", Answer.json("{\"message\":\"h\u00e9\",\"length\":3}"))
                .answer("fail", Answer.error(ErrorCode.RUNTIME, "Kein \"\u00d6l\""))
                .answer("envelope", Answer.body(ODD), Answer.body("{"))
                .answer("null", Answer.body("{\"status\":\"success\"}"))
                .answer("nothing", Answer.body(""))
                .answer("panic", Answer.panic("panic in handler: as asked"))
                .answerRaw(1, Answer.body(new byte[] {1, 0, -1}))
                .answerRaw(2, Answer.body(""))
                .answerRaw(3, Answer.error(ErrorCode.HANDLER, "failed as asked"))
                .answerRaw(5, Answer.panic("panic in handler: as asked"));
        return audit.watch(script.open());
    }

    @ParameterizedTest
    @EnumSource
    void jsonCalls_haveTheSameOutcome(JsonEntry entry) throws Exception {
        assertEquals(outcomes(entry, nativePlugin()), outcomes(entry, scriptedPlugin()));
    }

    private static List<String> outcomes(JsonEntry entry, SynchronizedPlugin plugin) throws Exception {
        List<String> outcomes = new ArrayList<>();
        outcomes.add(outcome(() -> entry.call(plugin, "echo", Map.of("message", "h\u00e9"))));
        outcomes.add(outcome(() -> entry.call(plugin, "fail", Map.of("code", 8, "message", "Kein \"\u00d6l\""))));
        outcomes.add(outcome(() -> entry.call(plugin, "envelope", Map.of("raw", ODD))));
        outcomes.add(outcome(() -> entry.call(plugin, "envelope", Map.of("raw", "{"))));
        outcomes.add(outcome(() -> entry.call(plugin, "null", Map.of())));
        outcomes.add(outcome(() -> entry.call(plugin, "nothing", Map.of())));
        outcomes.add(outcome(() -> entry.call(plugin, "no.such", Map.of())));
        outcomes.add(outcome(() -> entry.call(plugin, "panic", Map.of())));
        outcomes.add(outcome(() -> entry.call(plugin, "echo", Map.of("message", "h\u00e9"))));
        outcomes.add(plugin.state().toString());
        return outcomes;
    }

    @ParameterizedTest
    @EnumSource
    void rawCalls_haveTheSameOutcome(RawEntry entry) throws Exception {
        assertEquals(outcomes(entry, nativePlugin()), outcomes(entry, scriptedPlugin()));
    }

    private static List<String> outcomes(RawEntry entry, SynchronizedPlugin plugin) throws Exception {
        List<String> outcomes = new ArrayList<>();
        for (int messageId : new int[] {1, 2, 3, 4711, 5, 1}) {
            outcomes.add(outcome(() -> List.of(entry.call(plugin, messageId, new byte[] {1, 0, -1}).length)));
        }
        return outcomes;
    }

    @Test
    void otherThings_areTheSame() throws Exception {
        SynchronizedPlugin one = nativePlugin();
        SynchronizedPlugin other = scriptedPlugin();
        assertEquals(one.capabilities(), other.capabilities());
        assertEquals(one.state(), other.state());
        assertEquals(one.rejectedCount(), other.rejectedCount());
    }

    private interface Attempt {
        Object make() throws Throwable;
    }

    private static String outcome(Attempt attempt) {
        try {
            return "returned " + attempt.make();
        } catch (Throwable thrown) {
            return thrown.toString();
        }
    }
}
