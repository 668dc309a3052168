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
     * Returns the target of the call.
     *
     * @return the type tag, or "message" and the id of a raw call
     */
    public String target() {
        return target;
    }

    /**
     * Returns the request as text.
     *
     * @return the JSON text; for a raw call, its bytes read as UTF-8
     */
    public String text() {
        return new String(request, StandardCharsets.UTF_8);
    }

    /**
     * Returns the request as it came.
     *
     * @return a copy of the bytes
     */
    public byte[] bytes() {
        return request.clone();
    }

    /** Returns the target and the text. */
    @Override
    public String toString() {
        return target + " " + text();
    }
}
