package dev.turnstile.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.turnstile.CallTimeoutException;
import dev.turnstile.plugin.ErrorCode;
import dev.turnstile.plugin.PluginException;
import dev.turnstile.plugin.SynchronizedPlugin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever the script, calls end as it says, and the plugin saw what was called. */
class ScriptedPluginProperties {
    /** Even latencies and odd limits: none of two things that fall due at once comes first. */
    @Property(tries = 200)
    void call_expires_ifItsLimitIsShorterThanThePluginTakes(
            @ForAll @Size(min = 1, max = 20) List<@IntRange(max = 10) Integer> latencies,
            @ForAll @IntRange(max = 10) int halfOfTheLimit)
            throws Exception {
        VirtualTime time = new VirtualTime();
        int limit = 2 * halfOfTheLimit + 1;
        try (ScriptedPlugin script = new ScriptedPlugin(time)) {
            SynchronizedPlugin plugin = script.open();
            long passed = 0;
            for (int i = 0; i < latencies.size(); i++) {
                int latency = 2 * latencies.get(i);
                script.answer("tag", Answer.json(Integer.toString(i)).after(Duration.ofHours(latency)));
                Caller<String> caller = Caller.start(() -> plugin.call("tag", "{}", Duration.ofHours(limit)));
                script.awaitStarted("tag", i + 1);
                time.advance(Duration.ofHours(Math.min(latency, limit)));
                if (latency < limit) {
                    assertEquals(Integer.toString(i), caller.result());
                } else {
                    assertInstanceOf(CallTimeoutException.class, caller.failure());
                    time.advance(Duration.ofHours(latency - limit));
                }
                passed += latency;
            }
            assertEquals(Duration.ofHours(passed).toNanos(), time.nanoTime());
            assertEquals(latencies.size(), script.calls().size());
        }
    }

    @Property(tries = 200)
    void answersInARow_areGivenInTheOrderOfTheCalls(
            @ForAll @Size(min = 1, max = 20) List<@IntRange(max = 14) Integer> codes,
            @ForAll @Size(max = 60) List<@IntRange(max = 2) Integer> tags)
            throws Exception {
        try (ScriptedPlugin script = new ScriptedPlugin()) {
            Answer[] answers =
                    codes.stream().map(ScriptedPluginProperties::answer).toArray(Answer[]::new);
            List<Integer> made = new ArrayList<>();
            for (int tag = 0; tag <= 2; tag++) {
                script.answer(
                        "tag" + tag,
                        answers[0],
                        List.of(answers).subList(1, answers.length).toArray(Answer[]::new));
                made.add(0);
            }
            SynchronizedPlugin plugin = script.open();
            for (int tag : tags) {
                int nth = made.set(tag, made.get(tag) + 1);
                int code = codes.get(Math.min(nth, codes.size() - 1));
                assertEquals(code, outcome(plugin, "tag" + tag));
            }
            assertEquals(
                    tags.stream().map(tag -> "tag" + tag).toList(),
                    script.calls().stream().map(ReceivedCall::target).toList());
        }
    }

    private static Answer answer(int code) {
        return code == 0 ? Answer.json("0") : Answer.error(new ErrorCode(code), "error " + code);
    }

    private static int outcome(SynchronizedPlugin plugin, String tag) throws InterruptedException {
        try {
            return Integer.parseInt(plugin.call(tag, "{}"));
        } catch (PluginException error) {
            return Integer.parseInt(error.pluginMessage().substring("error ".length()));
        }
    }
}
