package dev.turnstile.testing;

import java.nio.charset.StandardCharsets;

/** A call as a {@link ScriptedPlugin} received it. */
public final class ReceivedCall {
    private final String target;
    private final byte[] request;

    ReceivedCall(String target, byte[] request) {
        this.target = target;
        this.request = request;
    }

    /**
     * Returns what was called.
     *
     * @return the type tag, or "message" and the id of a raw call
     */
    public String target() {
        return target;
    }

    /**
     * Returns the request as text.
     *
     * @return the JSON text, of a raw call its bytes read as UTF-8
     */
    public String text() {
        return new String(request, StandardCharsets.UTF_8);
    }

    /**
     * Returns the request as it came.
     *
     * @return the bytes, in an array of its own
     */
    public byte[] bytes() {
        return request.clone();
    }

    /** Returns what was called and with which text. */
    @Override
    public String toString() {
        return target + " " + text();
    }
}
