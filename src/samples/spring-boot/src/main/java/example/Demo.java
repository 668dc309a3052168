package example;

import dev.turnstile.plugin.Tag;
import dev.turnstile.spring.PluginClient;

/** The calls of the plugin. */
@PluginClient("demo")
interface Demo {
    record Say(String message) {}

    record Echo(String message, int length) {}

    record Sleep(long durationMs) {}

    record Slept(long sleptMs) {}

    @Tag("echo")
    Echo echo(Say say) throws InterruptedException;

    @Tag("sleep")
    Slept sleep(Sleep sleep) throws InterruptedException;

    @Tag("panic")
    void panic() throws InterruptedException;
}
