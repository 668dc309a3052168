package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.turnstile.CallListener;
import dev.turnstile.CallOutcome;
import dev.turnstile.CallReport;
import dev.turnstile.RestartPolicy;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.TestPlugins;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What listeners learn of a plugin's calls: tags, sizes and errors as their callers know them. */
@ParameterizedClass
@MethodSource("dev.turnstile.plugin.Host#contract")
class PluginReportsTest {
    @Parameter
    Host host;

    @RegisterExtension
    final Audit audit = new Audit();

    private final LinkedBlockingQueue<CallReport> reports = new LinkedBlockingQueue<>();
    private SynchronizedPlugin plugin;

    @BeforeEach
    void load() throws InterruptedException {
        CallListener listener = new CallListener() {
            @Override
            public void onEnd(CallReport report) {
                reports.add(report);
            }
        };
        plugin = audit.watch(SynchronizedPlugin.load(
                TestPlugins.demo(),
                PluginConfig.defaults(),
                host.options().withGate(TurnstileOptions.defaults().withListeners(listener))));
    }

    private CallReport next() {
        return Eventually.next("the end of a call", reports);
    }

    private void assertReported(String tag, long requestSize, long responseSize) throws InterruptedException {
        CallReport report = next();
        assertEquals(tag, report.tag());
        assertEquals(CallOutcome.COMPLETED, report.outcome());
        assertEquals(requestSize, report.requestSize());
        assertEquals(responseSize, report.responseSize());
    }

    @Test
    void text_isReportedWithItsTagAndSizes() throws Exception {
        String envelope = "{\"status\":\"success\",\"payload\":}";
        for (String message : new String[] {"short", "größer 🎟", "long".repeat(100)}) {
            String request = "{\"message\":\"" + message + "\"}";
            String payload = plugin.call("echo", request);
            CallReport report = next();
            assertEquals("echo", report.tag());
            assertEquals(Utf8.request(request).length, report.requestSize());
            // Of a short plain response in this process the payload alone is handed over, of any other the envelope.
            boolean whole = host != Host.THIS_PROCESS
                    || Utf8.request(payload).length + envelope.length() > Exchange.SHORT
                    || !Utf8.isAscii(request);
            long size = Utf8.request(payload).length;
            assertEquals(
                    true, report.responseSize() == size || (whole && report.responseSize() > size), report::toString);
        }
    }

    @Test
    void typedCall_isReportedWithItsTagAndSizes() throws Exception {
        plugin.call("echo", Map.of("message", "hi"), Map.class);
        CallReport report = next();
        assertEquals("echo", report.tag());
        assertEquals("{\"message\":\"hi\"}".length(), report.requestSize());
    }

    @Test
    void rawCall_isReportedByItsNumber() throws Exception {
        byte[] response = plugin.callRaw(1, new byte[] {1, 2, 3});
        assertReported("message 1", 3, response.length);
    }

    @Test
    void error_isReportedAsItsCallerGotIt() throws Exception {
        PluginException thrown =
                assertThrows(PluginException.class, () -> plugin.call("fail", Map.of("code", 6), Map.class));
        CallReport report = next();
        assertEquals(CallOutcome.FAILED, report.outcome());
        PluginException reported = assertInstanceOf(PluginException.class, report.failure());
        assertEquals(thrown.toString(), reported.toString());

        PluginException raw = assertThrows(PluginException.class, () -> plugin.callRaw(99, new byte[0]));
        assertEquals(
                raw.toString(),
                assertInstanceOf(PluginException.class, next().failure()).toString());
    }

    @Test
    void instance_thatIsLostAndReplaced_isReportedWithItsPanic() throws Exception {
        LinkedBlockingQueue<Object> lost = new LinkedBlockingQueue<>();
        LinkedBlockingQueue<Integer> restarted = new LinkedBlockingQueue<>();
        CallListener listener = new CallListener() {
            @Override
            public void onLost(int instance, Throwable cause) {
                lost.add(cause);
            }

            @Override
            public void onRestarted(int instance) {
                restarted.add(instance);
            }
        };
        TurnstileOptions gate = TurnstileOptions.defaults()
                .withListeners(listener)
                .withRestarts(RestartPolicy.limited(1, Duration.ofMinutes(1)).withDelays(Duration.ZERO, Duration.ZERO));
        try (SynchronizedPlugin healing = SynchronizedPlugin.load(
                TestPlugins.demo(), PluginConfig.defaults(), host.options().withGate(gate))) {
            assertThrows(PluginException.class, () -> healing.call("panic", "{}"));

            PluginException cause = assertInstanceOf(PluginException.class, Eventually.next("the loss", lost));
            assertEquals("panic in handler: as asked", cause.pluginMessage());
            assertEquals(1, Eventually.next("the fresh one", restarted));
        }
    }
}
