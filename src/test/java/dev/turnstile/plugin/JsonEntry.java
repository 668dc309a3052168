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
    Object call(PluginCalls plugin, String tag, Object request) throws Throwable {
        String json = name().startsWith("TEXT") ? SerdeMapper.shared().writeValueAsString(request) : "";
        return switch (this) {
            case TEXT_CALL -> read(plugin.call(tag, json));
            case TEXT_TIMED_CALL -> read(plugin.call(tag, json, LONG));
            case TEXT_TRY_CALL -> read(plugin.request(tag, json).tryCall());
            case TEXT_SUBMIT -> read(outcome(plugin.submit(tag, json)));
            case TEXT_TIMED_SUBMIT ->
                read(outcome(plugin.request(tag, json).within(LONG).submit()));
            case TEXT_TRY_SUBMIT -> read(outcome(plugin.request(tag, json).trySubmit()));
            case CLASS_CALL -> plugin.call(tag, request, Object.class);
            case CLASS_TIMED_CALL -> plugin.call(tag, request, Object.class, LONG);
            case CLASS_TRY_CALL -> plugin.request(tag, request).as(Object.class).tryCall();
            case CLASS_SUBMIT -> outcome(plugin.submit(tag, request, Object.class));
            case CLASS_TIMED_SUBMIT ->
                outcome(plugin.request(tag, request)
                        .as(Object.class)
                        .within(LONG)
                        .submit());
            case CLASS_TRY_SUBMIT ->
                outcome(plugin.request(tag, request).as(Object.class).trySubmit());
            case TYPE_CALL -> plugin.request(tag, request).as(MAP).call();
            case TYPE_TIMED_CALL ->
                plugin.request(tag, request).as(MAP).within(LONG).call();
            case TYPE_TRY_CALL -> plugin.request(tag, request).as(MAP).tryCall();
            case TYPE_SUBMIT -> outcome(plugin.request(tag, request).as(MAP).submit());
            case TYPE_TIMED_SUBMIT ->
                outcome(plugin.request(tag, request).as(MAP).within(LONG).submit());
            case TYPE_TRY_SUBMIT -> outcome(plugin.request(tag, request).as(MAP).trySubmit());
        };
    }

    private static Object read(String payload) {
        return SerdeMapper.shared().readValue(payload, Object.class);
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
