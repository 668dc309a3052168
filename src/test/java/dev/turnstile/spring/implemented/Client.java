package dev.turnstile.spring.implemented;

import dev.turnstile.plugin.Tag;
import dev.turnstile.spring.PluginClient;

@PluginClient("demo")
public interface Client {
    @Tag("echo")
    Object echo(String request) throws InterruptedException;
}
