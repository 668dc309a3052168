package example;

import dev.turnstile.plugin.SynchronizedPlugin;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Requests that are calls. */
@RestController
class EchoController {
    private final Demo demo;
    private final SynchronizedPlugin plugin;

    EchoController(Demo demo, @Qualifier("demo") SynchronizedPlugin plugin) {
        this.demo = demo;
        this.plugin = plugin;
    }

    @GetMapping("/echo/{message}")
    Demo.Echo echo(@PathVariable String message) throws InterruptedException {
        return demo.echo(new Demo.Say(message));
    }

    @GetMapping("/sleep/{millis}")
    Demo.Slept sleep(@PathVariable long millis) throws InterruptedException {
        return demo.sleep(new Demo.Sleep(millis));
    }

    /** Waits for no place in the line: 503 if it is full. */
    @GetMapping("/try/{message}")
    Demo.Echo tryEcho(@PathVariable String message) throws InterruptedException {
        return plugin.request("echo", new Demo.Say(message)).as(Demo.Echo.class).tryCall();
    }

    @PostMapping("/panic")
    void panic() throws InterruptedException {
        demo.panic();
    }
}
