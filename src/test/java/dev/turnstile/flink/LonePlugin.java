package dev.turnstile.flink;

import dev.turnstile.plugin.ConfinedPlugin;
import java.nio.charset.StandardCharsets;

/** A plugin in Java whose class needs no other of the tests, so that a job can have its own. */
public final class LonePlugin implements ConfinedPlugin {
    @Override
    public byte[] exchange(String tag, byte[] request) {
        return "{\"status\":\"success\",\"payload\":1}".getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {}
}
