package dev.turnstile.spring.unknown;

import dev.turnstile.plugin.Tag;
import dev.turnstile.spring.PluginClient;

@PluginClient("nobody")
public interface NobodysClient {
    @Tag("echo")
    String echo(String request) throws InterruptedException;
}
