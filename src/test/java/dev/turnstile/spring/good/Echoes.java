package dev.turnstile.spring.good;

import dev.turnstile.Lane;
import dev.turnstile.plugin.Tag;
import dev.turnstile.spring.PluginClient;
import java.util.concurrent.CompletableFuture;

@PluginClient(value = "demo", lane = Lane.HIGH)
public interface Echoes {
    record Say(String message) {}

    record Echo(String message, int length) {}

    record Sleep(long durationMs) {}

    @Tag("echo")
    Echo echo(Say say) throws InterruptedException;

    @Tag("echo")
    CompletableFuture<Echo> echoLater(Say say) throws InterruptedException;

    @Tag("sleep")
    void sleep(Sleep sleep) throws InterruptedException;

    @Tag("fail")
    void fail(Object how) throws InterruptedException;

    default int lengthOf(String message) throws InterruptedException {
        return echo(new Say(message)).length();
    }
}
