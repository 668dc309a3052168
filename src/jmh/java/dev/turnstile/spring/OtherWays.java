package dev.turnstile.spring;

import dev.turnstile.plugin.UnconfinedPlugin;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** The same requests without Turnstile, in the same application, and one that needs no plugin. Without bounds, limits and order. */
@RestController
public class OtherWays {
    private final UnconfinedPlugin plugin =
            UnconfinedPlugin.load(Path.of(System.getProperty("turnstile.native.dir"), "libturnstile_demo.so"));

    private final ExecutorService executor =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
    private final ReentrantLock lock = new ReentrantLock();
    private final JsonMapper json = new JsonMapper();

    private Object call(String tag, Object request) {
        return json.readValue(plugin.call(tag, json.writeValueAsString(request)), Map.class);
    }

    private Object callByExecutor(String tag, Object request) throws InterruptedException, ExecutionException {
        return executor.submit(() -> call(tag, request)).get();
    }

    /** A native call of a virtual thread keeps its carrier. */
    private Object callUnderLock(String tag, Object request) {
        lock.lock();
        try {
            return call(tag, request);
        } finally {
            lock.unlock();
        }
    }

    @GetMapping("/executor/echo/{message}")
    public Object echoByExecutor(@PathVariable("message") String message) throws Exception {
        return callByExecutor("echo", Map.of("message", message));
    }

    @GetMapping("/executor/sleep/{millis}")
    public Object sleepByExecutor(@PathVariable("millis") long millis) throws Exception {
        return callByExecutor("sleep", Map.of("duration_ms", millis));
    }

    @GetMapping("/lock/echo/{message}")
    public Object echoUnderLock(@PathVariable("message") String message) {
        return callUnderLock("echo", Map.of("message", message));
    }

    @GetMapping("/lock/sleep/{millis}")
    public Object sleepUnderLock(@PathVariable("millis") long millis) {
        return callUnderLock("sleep", Map.of("duration_ms", millis));
    }

    @GetMapping("/ping")
    public Object ping() {
        return "pong";
    }
}
