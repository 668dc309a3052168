package dev.turnstile.bench.gate;

/** A way to the plugin that any number of threads may use at once. */
@FunctionalInterface
interface Entrance {
    /** Makes a JSON text call and waits for the payload. */
    String call(String tag, String json) throws Exception;
}
