package dev.turnstile.spring.wrong;

import dev.turnstile.spring.PluginClient;

@PluginClient("demo")
public interface WrongClient {
    String untagged(String request) throws InterruptedException;
}
