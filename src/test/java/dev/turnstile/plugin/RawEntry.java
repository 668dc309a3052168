package dev.turnstile.plugin;

import java.time.Duration;

/** Every way to make a raw call, made alike; what is behind a future is waited for. */
enum RawEntry {
    CALL,
    TIMED_CALL,
    TRY_CALL,
    SUBMIT,
    TIMED_SUBMIT,
    TRY_SUBMIT;

    private static final Duration LONG = Duration.ofHours(1);

    byte[] call(PluginCalls plugin, int messageId, byte[] request) throws Throwable {
        return switch (this) {
            case CALL -> plugin.callRaw(messageId, request);
            case TIMED_CALL ->
                plugin.requestRaw(messageId, request).within(LONG).call();
            case TRY_CALL -> plugin.requestRaw(messageId, request).tryCall();
            case SUBMIT ->
                JsonEntry.outcome(plugin.requestRaw(messageId, request).submit());
            case TIMED_SUBMIT ->
                JsonEntry.outcome(
                        plugin.requestRaw(messageId, request).within(LONG).submit());
            case TRY_SUBMIT ->
                JsonEntry.outcome(plugin.requestRaw(messageId, request).trySubmit());
        };
    }
}
