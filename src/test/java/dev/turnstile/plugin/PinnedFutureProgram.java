package dev.turnstile.plugin;

import dev.turnstile.Turnstile;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.OwnClasses;
import dev.turnstile.testing.TestPlugins;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Run by {@link PinnedFutureTest} in a JVM whose virtual threads have one carrier: prints what comes of futures while that carrier is held, by a class
 * initializer that waits, or by a thread that computes. What hangs is printed as open.
 */
public final class PinnedFutureProgram {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration LONG = Duration.ofDays(1);
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final String BLOCK = "{\"gate\":%d}";

    private static final NativeProbe PROBE = new NativeProbe(TestPlugins.demo());
    private static volatile Callable<Object> inInitializer = () -> "";
    private static volatile Object outcome = "";

    private final SynchronizedPlugin plugin;

    private PinnedFutureProgram(SynchronizedPlugin plugin) {
        this.plugin = plugin;
    }

    public static void main(String[] arguments) throws Exception {
        var program = new PinnedFutureProgram(TestPlugins.loadInPlace(TestPlugins.demo()));
        for (Map.Entry<String, Submission> kind : program.kinds().entrySet()) {
            for (Map.Entry<String, Waiting> way : ways().entrySet()) {
                print(
                        kind.getKey() + " " + way.getKey(),
                        () -> way.getValue().value(kind.getValue().submit()));
            }
        }
        program.waitAtABareGate();
        program.waitForALimit();
        program.waitUpToALimit();
        program.waitWhileTheWorkerIsBusy();
        program.waitForALimitWhileTheCarrierIsBusy();
        Runtime.getRuntime().halt(0);
    }

    interface Submission {
        CompletableFuture<?> submit() throws Exception;
    }

    interface Waiting {
        Object value(CompletableFuture<?> future) throws Exception;
    }

    private Map<String, Submission> kinds() {
        Map<String, Submission> kinds = new LinkedHashMap<>();
        kinds.put("text", () -> plugin.submit("echo", "{\"message\":\"hi\"}"));
        kinds.put(
                "typed",
                () -> plugin.request("echo", Map.of("message", "hi"))
                        .as(Map.class)
                        .trySubmit());
        kinds.put("raw", () -> plugin.requestRaw(1, new byte[] {1}).within(LONG).submit());
        kinds.put("error", () -> plugin.submit("fail", "{\"code\":7}"));
        return kinds;
    }

    private static Map<String, Waiting> ways() {
        Map<String, Waiting> ways = new LinkedHashMap<>();
        ways.put("get", CompletableFuture::get);
        ways.put("get up to", future -> future.get(1, TimeUnit.DAYS));
        ways.put("join", CompletableFuture::join);
        ways.put("look", future -> {
            while (!future.isDone()) {
                Thread.onSpinWait();
            }
            return future.isCompletedExceptionally() ? future.exceptionNow() : future.getNow(null);
        });
        return ways;
    }

    /** What a virtual thread gets that holds the carrier. */
    private static void print(String what, Callable<Object> action) throws Exception {
        finish(what, pin(action));
    }

    private static Thread pin(Callable<Object> action) {
        inInitializer = action;
        return Thread.ofVirtual().start(PinnedFutureProgram::initialize);
    }

    private static void finish(String what, Thread pinned) throws InterruptedException {
        if (!pinned.join(PATIENCE)) {
            System.out.println(what + ": open");
            Runtime.getRuntime().halt(1);
        }
        System.out.println(what + ": " + outcome);
    }

    /** Initializes {@link Pin} once more: of another loader it is another class. */
    private static void initialize() {
        try {
            Class.forName(Pin.class.getName(), true, new OwnClasses(Pin.class));
        } catch (ClassNotFoundException e) {
            throw new LinkageError("not found", e);
        }
    }

    /** Called by the initializer. */
    public static void run() {
        try {
            Object value = inInitializer.call();
            outcome = value instanceof byte[] bytes ? Arrays.toString(bytes) : value;
        } catch (Throwable thrown) {
            outcome = thrown;
        }
    }

    /** Its initializer waits. */
    static final class Pin {
        static {
            run();
        }

        private Pin() {}
    }

    private void waitAtABareGate() throws Exception {
        Turnstile<Object> gate = Turnstile.open(Object::new, resource -> {}, TurnstileOptions.defaults());
        print("gate get", () -> gate.submit(resource -> "hi").get());
        gate.close();
    }

    private void waitForALimit() throws Exception {
        PROBE.closeGate(0);
        print("limit", () -> {
            try {
                return plugin.request("block", BLOCK.formatted(0))
                        .within(SHORT)
                        .submit()
                        .get();
            } catch (ExecutionException expired) {
                return expired.getCause().getClass().getName();
            }
        });
        PROBE.openGate(0);
    }

    private void waitUpToALimit() throws Exception {
        PROBE.closeGate(0);
        print("get up to a limit", () -> {
            CompletableFuture<String> future = plugin.submit("block", BLOCK.formatted(0));
            try {
                return future.get(SHORT.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException passed) {
                PROBE.openGate(0);
                return "too early, then " + future.get();
            }
        });
    }

    /** It ends the call, starts the next one, and has somebody else wake virtual callers, if it can. */
    private void waitWhileTheWorkerIsBusy() throws Exception {
        PROBE.closeGate(0);
        PROBE.closeGate(1);
        CompletableFuture<String> held = plugin.submit("block", BLOCK.formatted(0));
        PROBE.awaitEntered(0, 1);
        CountDownLatch submitted = new CountDownLatch(1);
        Thread pinned = pin(() -> {
            CompletableFuture<String> future = plugin.submit("echo", "{\"message\":\"hi\"}");
            submitted.countDown();
            return future.get();
        });
        submitted.await();
        CompletableFuture<String> next = plugin.submit("block", BLOCK.formatted(1));
        PROBE.openGate(0);
        finish("busy worker", pinned);
        PROBE.openGate(1);
        held.get();
        next.get();
    }

    private void waitForALimitWhileTheCarrierIsBusy() throws Exception {
        PROBE.closeGate(0);
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        Thread computing = Thread.startVirtualThread(() -> {
            busy.countDown();
            while (done.getCount() > 0) {
                Thread.onSpinWait();
            }
        });
        busy.await();
        CompletableFuture<String> future =
                plugin.request("block", BLOCK.formatted(0)).within(SHORT).submit();
        String what = "busy carrier";
        try {
            System.out.println(what + ": " + future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        } catch (ExecutionException expired) {
            System.out.println(what + ": " + expired.getCause().getClass().getName());
        } catch (TimeoutException hangs) {
            System.out.println(what + ": open");
        }
        done.countDown();
        computing.join();
        PROBE.openGate(0);
    }
}
