package dev.turnstile.plugin;

import dev.turnstile.CallListener;
import dev.turnstile.CallReport;
import dev.turnstile.CloseReport;
import dev.turnstile.StuckCall;
import dev.turnstile.TurnstileOptions;

/** Passes on the gate's reports, with a plugin's errors decoded as callers get them: the worker does not decode them. */
record PluginCallListener(CallListener listener, JsonCodec codec) implements CallListener {
    static TurnstileOptions translateFor(TurnstileOptions options, JsonCodec codec) {
        return options.withListeners(options.listeners().stream()
                .map(listener -> new PluginCallListener(listener, codec))
                .toArray(CallListener[]::new));
    }

    @Override
    public void onEnd(CallReport report) {
        String target = report.tag();
        if (report.failure() instanceof ErrorReply reply && target != null) {
            listener.onEnd(report.withFailure(error(target, reply, codec)));
        } else {
            listener.onEnd(report);
        }
    }

    @Override
    public void onStuck(StuckCall call) {
        listener.onStuck(call);
    }

    @Override
    public void onLost(int instance, Throwable cause) {
        listener.onLost(instance, lostBy(instance, cause, codec));
    }

    /** The report of the call's end says which call it was. */
    static Throwable lostBy(int instance, Throwable cause, JsonCodec codec) {
        return cause instanceof ErrorReply reply ? error("instance " + instance, reply, codec) : cause;
    }

    private static PluginException error(String target, ErrorReply reply, JsonCodec codec) {
        return reply.isRaw() ? JsonCodec.rawError(target, reply) : codec.error(target, reply);
    }

    @Override
    public void onRestarted(int instance) {
        listener.onRestarted(instance);
    }

    @Override
    public void onSwapped(int instance) {
        listener.onSwapped(instance);
    }

    @Override
    public void onRenewed(int instance) {
        listener.onRenewed(instance);
    }

    @Override
    public void onDropped(long count) {
        listener.onDropped(count);
    }

    @Override
    public void onClosed(CloseReport report) {
        listener.onClosed(report);
    }

    @Override
    public String toString() {
        return listener.toString();
    }
}
