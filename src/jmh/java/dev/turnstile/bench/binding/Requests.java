package dev.turnstile.bench.binding;

/** What all benchmarks of the binding, and the host in C ({@code src/jmh/c/host.c}), ask of the demo plugin. */
public final class Requests {
    /** The type tag of the text and typed calls. */
    public static final String TAG = "echo";

    /** The request of the text calls; its bytes are that of the raw calls. */
    public static final String JSON = "{\"message\":\"hello, turnstile\"}";

    /** The body of the answer to it. */
    public static final String ENVELOPE =
            "{\"status\":\"success\",\"payload\":{\"message\":\"hello, turnstile\",\"length\":16}}";

    /** The number of the raw calls, which get their bytes back. */
    public static final int RAW_ECHO = 1;

    private Requests() {}

    /** The request of the typed calls: the same as {@link #JSON}. */
    public record Echo(String message) {}

    /** The answer to it. */
    public record Echoed(String message, int length) {}
}
