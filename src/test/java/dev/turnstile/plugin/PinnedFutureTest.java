package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.turnstile.testing.ChildJvm;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who waits for a future needs no other thread but the worker and the timer: seen where no virtual thread can run. */
class PinnedFutureTest {
    private static final String TEXT = "{\"message\":\"hi\",\"length\":2}";
    private static final String TYPED = "{message=hi, length=2}";
    private static final String ERROR =
            "dev.turnstile.plugin.PluginException: fail: handler error (7): failed as asked";
    private static final String EXPIRED = "dev.turnstile.CallTimeoutException";

    @Test
    void future_whileNoVirtualThreadCanRun_endsForThoseWhoWait() throws Exception {
        ChildJvm.Result result = ChildJvm.run(
                List.of(
                        "-XX:ActiveProcessorCount=1",
                        "-Djdk.virtualThreadScheduler.parallelism=1",
                        "-Djdk.virtualThreadScheduler.maxPoolSize=1"),
                PinnedFutureProgram.class);

        assertEquals(
                List.of(
                        "text get: " + TEXT,
                        "text get up to: " + TEXT,
                        "text join: " + TEXT,
                        "text look: " + TEXT,
                        "typed get: " + TYPED,
                        "typed get up to: " + TYPED,
                        "typed join: " + TYPED,
                        "typed look: " + TYPED,
                        "raw get: [1]",
                        "raw get up to: [1]",
                        "raw join: [1]",
                        "raw look: [1]",
                        "error get: java.util.concurrent.ExecutionException: " + ERROR,
                        "error get up to: java.util.concurrent.ExecutionException: " + ERROR,
                        "error join: java.util.concurrent.CompletionException: " + ERROR,
                        "error look: " + ERROR,
                        "gate get: hi",
                        "limit: " + EXPIRED,
                        "get up to a limit: too early, then {\"gate\":0}",
                        "busy worker: " + TEXT,
                        "busy carrier: " + EXPIRED),
                result.output()
                        .lines()
                        .filter(line -> line.matches("(text|typed|raw|error|gate|limit|get|busy)[^:]*: .*"))
                        .toList(),
                result.output());
    }
}
