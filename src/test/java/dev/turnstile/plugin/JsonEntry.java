package dev.turnstile.plugin;

import dev.turnstile.testing.Audit;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.type.TypeReference;

/** Every way to make a JSON call, made alike: the response as an object; what is behind a future is waited for. */
enum JsonEntry {
    TEXT_CALL,
    TEXT_TIMED_CALL,
    TEXT_TRY_CALL,
    TEXT_SUBMIT,
    TEXT_TIMED_SUBMIT,
    TEXT_TRY_SUBMIT,
    CLASS_CALL,
    CLASS_TIMED_CALL,
    CLASS_TRY_CALL,
    CLASS_SUBMIT,
    CLASS_TIMED_SUBMIT,
    CLASS_TRY_SUBMIT,
    TYPE_CALL,
    TYPE_TIMED_CALL,
    TYPE_TRY_CALL,
    TYPE_SUBMIT,
    TYPE_TIMED_SUBMIT,
    TYPE_TRY_SUBMIT;

    private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};
    private static final Duration LONG = Duration.ofHours(1);

    /** Makes a call and returns its payload as Jackson reads it; throws what the caller, or the future's owner, gets. */
    Object call(SynchronizedPlugin plugin, String tag, Object request) throws Throwable {
        String json = name().startsWith("TEXT") ? JsonCodec.SNAKE_CASE.writeValueAsString(request) : "";
        return switch (this) {
            case TEXT_CALL -> read(plugin.call(tag, json));
            case TEXT_TIMED_CALL -> read(plugin.call(tag, json, LONG));
            case TEXT_TRY_CALL -> read(plugin.tryCall(tag, json));
            case TEXT_SUBMIT -> read(outcome(plugin.submit(tag, json)));
            case TEXT_TIMED_SUBMIT -> read(outcome(plugin.submit(tag, json, LONG)));
            case TEXT_TRY_SUBMIT -> read(outcome(plugin.trySubmit(tag, json)));
            case CLASS_CALL -> plugin.call(tag, request, Object.class);
            case CLASS_TIMED_CALL -> plugin.call(tag, request, Object.class, LONG);
            case CLASS_TRY_CALL -> plugin.tryCall(tag, request, Object.class);
            case CLASS_SUBMIT -> outcome(plugin.submit(tag, request, Object.class));
            case CLASS_TIMED_SUBMIT -> outcome(plugin.submit(tag, request, Object.class, LONG));
            case CLASS_TRY_SUBMIT -> outcome(plugin.trySubmit(tag, request, Object.class));
            case TYPE_CALL -> plugin.call(tag, request, MAP);
            case TYPE_TIMED_CALL -> plugin.call(tag, request, MAP, LONG);
            case TYPE_TRY_CALL -> plugin.tryCall(tag, request, MAP);
            case TYPE_SUBMIT -> outcome(plugin.submit(tag, request, MAP));
            case TYPE_TIMED_SUBMIT -> outcome(plugin.submit(tag, request, MAP, LONG));
            case TYPE_TRY_SUBMIT -> outcome(plugin.trySubmit(tag, request, MAP));
        };
    }

    private static Object read(String payload) {
        return JsonCodec.SNAKE_CASE.readValue(payload, Object.class);
    }

    static <T> T outcome(CompletableFuture<T> future) throws Throwable {
        try {
            return future.get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException
                | CancellationException wrapped) { // the JDK's wrapping says less than what is inside
            throw future.handle((result, thrown) -> thrown).join();
        }
    }
}
