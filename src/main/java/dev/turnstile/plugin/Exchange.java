package dev.turnstile.plugin;

import dev.turnstile.Action;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way through the gate: encoded before it enters, decoded after it left. Only {@code action} runs on the
 * worker.
 *
 * @param action the native call and the copy of the bytes, nothing else
 * @param reader turns the bytes of a success into what the caller gets
 * @param error turns the bytes of an error into what the caller gets
 */
record Exchange<T extends @Nullable Object>(
        Action<NativePlugin, byte[], ErrorReply> action,
        Function<byte[], T> reader,
        Function<ErrorReply, PluginException> error)
        implements DecodedFuture.Decoder<T> {

    @Override
    public T decode(byte @Nullable [] body, @Nullable Throwable failure) throws Throwable {
        if (failure instanceof ErrorReply reply) {
            throw error.apply(reply);
        }
        if (failure != null || body == null) {
            throw failure == null ? new IllegalStateException("A call ended without an outcome") : failure;
        }
        return reader.apply(body);
    }
}
