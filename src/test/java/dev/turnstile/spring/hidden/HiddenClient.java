package dev.turnstile.spring.hidden;

import dev.turnstile.plugin.Tag;
import dev.turnstile.spring.PluginClient;

/** As in the guide: for its own package alone. */
@PluginClient("demo")
interface HiddenClient {
    record Say(String message) {}

    record Echo(String message, int length) {}

    @Tag("echo")
    Echo echo(Say say) throws InterruptedException;

    default int lengthOf(String message) throws InterruptedException {
        return echo(new Say(message)).length();
    }
}
