package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.turnstile.testing.ChildJvm;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Promises 6 and 7 for callers of a plugin at the end of their stack: whatever they use there first, it works for everybody afterwards. */
@Tag("slow")
class StackEndTest {
    @Test
    void plugin_thatWasUsedAtTheEndOfAStackFirst_worksAfterwards() throws Exception {
        ChildJvm.Result result = ChildJvm.run(List.of(), StackEndProgram.class);

        List<String> expected = new ArrayList<>();
        expected.add("overflows: true");
        for (JsonEntry entry : JsonEntry.values()) {
            expected.add(entry + ": {message=hi, length=2}");
        }
        for (RawEntry entry : RawEntry.values()) {
            expected.add("RAW_" + entry + ": 1");
        }
        String failure = "dev.turnstile.plugin.PluginException: fail: handler error (7): failed as asked";
        expected.add("FAILING_CALL: " + failure);
        expected.add("FAILING_SUBMIT: java.util.concurrent.ExecutionException: " + failure);
        expected.add("FORK: {\"message\":\"hi\",\"length\":2}");
        expected.add("CANCEL: true");
        expected.add("STATS: 100");
        expected.add("STATE: active");
        expected.add("LEVEL: set");
        expected.add("REJECTED: 0");
        expected.add("running: 0");
        expected.add("closed: CLOSED");
        assertEquals(
                expected,
                result.output().lines().filter(line -> line.matches("\\w+: .*")).toList(),
                result.output());
    }
}
