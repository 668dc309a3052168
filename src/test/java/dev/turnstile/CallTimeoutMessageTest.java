package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A passed limit says how long it was and for which call, wherever it was set and whoever saw it pass. */
class CallTimeoutMessageTest {
    private static final Duration LIMIT = Duration.ofMillis(200);
    private static final String NEVER_STARTED =
            "The time limit of PT0.2S passed before the call \"price\" was started; it never reached the resource";

    @RegisterExtension
    final Audit audit = new Audit();

    private final VirtualTime time = new VirtualTime();
    private final CountDownLatch entered = new CountDownLatch(1);
    private Turnstile<Object> gate;

    @BeforeEach
    void openWithALongCall() throws InterruptedException {
        gate = audit.watch(Turnstile.open(
                Object::new, resource -> {}, TurnstileOptions.defaults().withTimeSource(time)));
        CountDownLatch latch = audit.latch();
        audit.watch(gate.submit(resource -> {
            entered.countDown();
            latch.await();
            return "done";
        }));
        entered.await();
    }

    /** A call with a tag, or with none. */
    private record Tagged(@Nullable String name) implements Action<Object, String, RuntimeException> {
        @Override
        public String run(Object resource) {
            return "done";
        }

        @Override
        public @Nullable String tag() {
            return name;
        }
    }

    private String messageOf(Caller<CallTimeoutException> caller) throws Exception {
        time.awaitParked(1);
        time.advance(LIMIT);
        return caller.result().getMessage();
    }

    @Test
    void callWithALimit_namesBoth() throws Exception {
        assertEquals(
                NEVER_STARTED,
                messageOf(Caller.start(
                        () -> assertThrows(CallTimeoutException.class, () -> gate.call(new Tagged("price"), LIMIT)))));
    }

    @Test
    void limitOfTheCodeAround_isNamedAsItWasSet() throws Exception {
        assertEquals(
                NEVER_STARTED.replace("PT0.2S", "PT0S"),
                assertThrows(
                                CallTimeoutException.class,
                                () -> TimeLimit.within(Duration.ZERO, () -> gate.call(new Tagged("price"))))
                        .getMessage());
    }

    @Test
    void future_namesBoth() throws Exception {
        CompletableFuture<String> future = audit.watch(gate.submit(new Tagged("price"), LIMIT));
        time.awaitParked(1);
        time.advance(LIMIT);

        assertEquals(
                NEVER_STARTED,
                assertThrows(CompletionException.class, future::join).getCause().getMessage());
    }

    @Test
    void callWithoutATag_isTheCall() throws Exception {
        assertEquals(
                NEVER_STARTED.replace(" \"price\"", ""),
                messageOf(Caller.start(
                        () -> assertThrows(CallTimeoutException.class, () -> gate.call(new Tagged(null), LIMIT)))));
    }
}
