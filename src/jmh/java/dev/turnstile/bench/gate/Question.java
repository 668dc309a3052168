package dev.turnstile.bench.gate;

/**
 * What a caller asks the plugin and what it must hear. Neighbours ask different things, so that a contestant which mixes up
 * its callers is noticed.
 *
 * @param tag what is called
 * @param request the request
 * @param answer the payload
 */
record Question(String tag, String request, String answer) {
    static final String TAG = "echo";

    private static final Question[] SHORT = new Question[1_000];

    static {
        for (int i = 0; i < SHORT.length; i++) {
            SHORT[i] = of("caller " + (SHORT.length + i));
        }
    }

    /** One of some hundred, all of the same length. */
    static Question ofCaller(int number) {
        return SHORT[number % SHORT.length];
    }

    /** With a message of ASCII characters. */
    static Question of(String message) {
        return new Question(
                TAG,
                "{\"message\":\"" + message + "\"}",
                "{\"message\":\"" + message + "\",\"length\":" + message.length() + "}");
    }

    /** The plugin is to sleep. */
    static Question ofSleep(int millis) {
        return new Question("sleep", "{\"duration_ms\":" + millis + "}", "{\"slept_ms\":" + millis + "}");
    }

    /** The plugin is to keep its processor busy. */
    static Question ofSpin(int micros) {
        return new Question("spin", "{\"duration_us\":" + micros + "}", "{\"spun_us\":" + micros + "}");
    }

    void ask(Entrance entrance) throws Exception {
        check(entrance.call(tag, request));
    }

    void check(String heard) {
        if (!heard.equals(answer)) {
            throw new IllegalStateException("A wrong answer: asked " + request + ", heard " + heard);
        }
    }
}
