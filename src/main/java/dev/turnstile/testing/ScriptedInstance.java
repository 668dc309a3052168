package dev.turnstile.testing;

import dev.turnstile.TimeSource;
import dev.turnstile.plugin.Capability;
import dev.turnstile.plugin.ConfinedPlugin;
import dev.turnstile.plugin.ErrorReply;
import dev.turnstile.plugin.LogLevel;
import dev.turnstile.plugin.PluginLogLine;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.PluginState;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;

/** One instance of a {@link ScriptedPlugin}, which the worker calls. */
final class ScriptedInstance implements ConfinedPlugin {
    private final ScriptedPlugin script;
    private final Set<Capability> capabilities;
    private final TimeSource time;
    private final JsonMapper mapper;
    private final Consumer<PluginLogLine> log;
    private final AtomicInteger inside = new AtomicInteger();
    private boolean panicked;

    ScriptedInstance(
            ScriptedPlugin script, Set<Capability> capabilities, PluginOptions options, Consumer<PluginLogLine> log) {
        this.script = script;
        this.capabilities = capabilities;
        this.time = options.gate().timeSource();
        this.mapper = options.mapper();
        this.log = log;
    }

    @Override
    public byte[] exchange(String tag, byte[] request) throws ErrorReply {
        return answer(tag, request, false);
    }

    @Override
    public byte[] exchangeRaw(int messageId, byte[] request) throws ErrorReply {
        require(Capability.RAW_CALLS);
        return answer(ConfinedPlugin.target(messageId), request, true);
    }

    private byte[] answer(String target, byte[] request, boolean raw) throws ErrorReply {
        long begin = time.nanoTime(); // before the test learns of the call
        Answer answer =
                script.begin(new ReceivedCall(target, request.clone()), raw, panicked, inside.incrementAndGet());
        try {
            answer.logLines().forEach(line -> send(line, target));
            if (answer.isHeld()) {
                script.awaitRelease(target);
            }
            script.sleepUntil(begin + answer.latency().toNanos(), time);
            panicked |= answer.isPanic();
            return answer.write(request, raw, mapper);
        } finally {
            inside.decrementAndGet();
        }
    }

    /** Sends a line as if the plugin's own thread logged it during the call. */
    private void send(PluginLogLine line, String target) {
        if (line.level().code() >= script.logLevel().code()) {
            log.accept(line.withTag(target));
        }
    }

    @Override
    public Set<Capability> capabilities() {
        return capabilities;
    }

    @Override
    public void setLogLevel(LogLevel level) {
        require(Capability.LOG_LEVEL);
        script.setLogLevel(level);
    }

    @Override
    public PluginState state() {
        require(Capability.STATE);
        return panicked ? PluginState.FAILED : script.scriptedState();
    }

    @Override
    public long rejectedCount() {
        require(Capability.REJECTED_COUNT);
        return script.scriptedRejectedCount();
    }

    @Override
    public void close() {
        long begin = time.nanoTime();
        Duration takes = script.beginShutdown();
        script.sleepUntil(begin + takes.toNanos(), time);
        script.endShutdown();
    }

    private void require(Capability capability) {
        if (!capabilities.contains(capability)) {
            throw new UnsupportedOperationException("The scripted plugin lacks " + capability);
        }
    }
}
