package dev.turnstile.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.turnstile.plugin.ErrorCode;
import dev.turnstile.plugin.ErrorReply;
import dev.turnstile.plugin.PluginLogLine;
import dev.turnstile.plugin.PluginOptions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.json.JsonMapper;

/**
 * How a {@link ScriptedPlugin} answers a call, and after how long; immutable. JSON goes into an envelope, and errors have a code and a
 * body, as a real plugin sends them; the answer to a raw call is the bare text.
 */
public final class Answer {
    private final Body body;
    private final Duration latency;
    private final boolean held;
    private final boolean panic;
    private final List<PluginLogLine> logLines;

    private Answer(Body body, Duration latency, boolean held, boolean panic, List<PluginLogLine> logLines) {
        this.body = body;
        this.latency = latency;
        this.held = held;
        this.panic = panic;
        this.logLines = logLines;
    }

    private static Answer of(Body body) {
        return new Answer(body, Duration.ZERO, false, false, List.of());
    }

    /** Makes the bytes of a response, on the worker. */
    @FunctionalInterface
    private interface Body {
        byte[] write(byte[] request, boolean raw, JsonMapper mapper) throws ErrorReply;
    }

    // ---- what ----

    /**
     * Answers with a payload.
     *
     * @param payload JSON text, sent as it is; its numbers may be of any size
     * @return the answer
     * @throws IllegalArgumentException if the text is not JSON, or too deep or too long to be checked, see {@link #computed}
     */
    public static Answer json(String payload) {
        Objects.requireNonNull(payload, "payload");
        boolean isJson;
        try {
            isJson = isOneValue(payload);
        } catch (StreamConstraintsException tooLarge) {
            throw new IllegalArgumentException(
                    "The payload is too large to be checked: " + tooLarge.getOriginalMessage()
                            + "; Answer.computed takes it unchecked",
                    tooLarge);
        } catch (JacksonException malformed) {
            throw notJson(payload, malformed);
        }
        if (!isJson) {
            throw notJson(payload, null);
        }
        return computed(request -> payload);
    }

    /** Looks at the text alone: a number may be one that no Java type holds. */
    private static boolean isOneValue(String payload) {
        try (JsonParser tokens = PluginOptions.defaults().mapper().createParser(payload)) {
            boolean isThere = tokens.nextToken() != null;
            tokens.skipChildren();
            return isThere && tokens.nextToken() == null;
        }
    }

    private static IllegalArgumentException notJson(String payload, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "The payload is not JSON: " + payload + "; for a malformed response use Answer.body", cause);
    }

    /**
     * Answers with a payload that the {@linkplain PluginOptions#mapper() mapper} of the options writes at each call.
     *
     * @param payload anything that Jackson can write
     * @return the answer
     */
    public static Answer object(@Nullable Object payload) {
        return of((request, raw, mapper) -> success(mapper.writeValueAsString(payload), raw));
    }

    /**
     * Answers with what a function makes of the request. The caller gets what the function throws, as from a binding that fails; it
     * fails that call only.
     *
     * @param payload turns the request's text into JSON text; run on the worker
     * @return the answer
     */
    public static Answer computed(Function<String, String> payload) {
        Objects.requireNonNull(payload, "payload");
        return of((request, raw, mapper) -> success(payload.apply(new String(request, UTF_8)), raw));
    }

    /**
     * Answers with an error.
     *
     * @param code what went wrong
     * @param message the plugin's message
     * @return the answer
     */
    public static Answer error(ErrorCode code, String message) {
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(message, "message");
        return of((request, raw, mapper) -> {
            throw new ErrorReply(code, raw ? rawError(message) : errorEnvelope(code, message));
        });
    }

    /**
     * Answers as a plugin whose handler panics: with {@link ErrorCode#INTERNAL}. The plugin has failed: until it is opened again, it
     * answers every call with {@link ErrorCode#INVALID_STATE}.
     *
     * @param message the plugin's message
     * @return the answer
     */
    public static Answer panic(String message) {
        Objects.requireNonNull(message, "message");
        Body body = (request, raw, mapper) -> {
            throw new ErrorReply(ErrorCode.INTERNAL, raw ? rawError(message) : message.getBytes(UTF_8));
        };
        return new Answer(body, Duration.ZERO, false, true, List.of());
    }

    /**
     * Answers with a whole response as it is, for a raw call or for a malformed envelope.
     *
     * @param response the bytes, copied
     * @return the answer
     */
    public static Answer body(byte[] response) {
        Objects.requireNonNull(response, "response");
        byte[] copy = response.clone();
        return of((request, raw, mapper) -> copy.clone());
    }

    /**
     * Answers with a whole response as it is.
     *
     * @param response the text, sent in UTF-8
     * @return the answer
     */
    public static Answer body(String response) {
        Objects.requireNonNull(response, "response");
        return body(response.getBytes(UTF_8));
    }

    // ---- and how ----

    /**
     * Changes how long the plugin takes.
     *
     * @param time how long the worker waits, from the beginning of the call in the plugin, by the {@linkplain
     *     dev.turnstile.TurnstileOptions#timeSource() clock} of the gate
     * @return the changed answer
     * @throws IllegalArgumentException if the time is negative
     */
    public Answer after(Duration time) {
        Objects.requireNonNull(time, "time");
        if (time.isNegative()) {
            throw new IllegalArgumentException("time is " + time + ", but must be 0 or more");
        }
        return new Answer(body, time, held, panic, logLines);
    }

    /**
     * Makes the plugin hang until the test {@linkplain ScriptedPlugin#release releases} the call.
     *
     * @return the changed answer
     */
    public Answer held() {
        return new Answer(body, latency, true, panic, logLines);
    }

    /**
     * Makes the plugin log, on the worker, when the call begins. The tag of the lines is the target of the call.
     *
     * @param lines in order
     * @return the changed answer
     */
    public Answer logging(PluginLogLine... lines) {
        Objects.requireNonNull(lines, "lines");
        return new Answer(body, latency, held, panic, List.of(lines));
    }

    // ---- for the plugin ----

    Duration latency() {
        return latency;
    }

    boolean isHeld() {
        return held;
    }

    boolean isPanic() {
        return panic;
    }

    List<PluginLogLine> logLines() {
        return logLines;
    }

    byte[] write(byte[] request, boolean raw, JsonMapper mapper) throws ErrorReply {
        return body.write(request, raw, mapper);
    }

    private static byte[] success(String payload, boolean raw) {
        return (raw ? payload : "{\"status\":\"success\",\"payload\":" + payload + "}").getBytes(UTF_8);
    }

    private static byte[] errorEnvelope(ErrorCode code, String message) {
        String text = PluginOptions.defaults().mapper().writeValueAsString(message);
        return ("{\"status\":\"error\",\"error_code\":" + code.value() + ",\"error_message\":" + text + "}")
                .getBytes(UTF_8);
    }

    private static byte[] rawError(String message) {
        return (message + "\0").getBytes(UTF_8);
    }
}
