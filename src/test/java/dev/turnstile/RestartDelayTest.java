package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How long a fresh resource is waited for after one was lost. */
class RestartDelayTest {
    private static final Duration FIRST = Duration.ofMinutes(1);

    private final LinkedBlockingQueue<Integer> restarted = new LinkedBlockingQueue<>();

    @Test
    void delay_afterAFreshResourceHasRunACall_isTheFirstOneAgain() throws Exception {
        VirtualTime time = new VirtualTime();
        TurnstileOptions options = TurnstileOptions.defaults()
                .withTimeSource(time)
                .withStuckAfter(Duration.ZERO)
                .withListeners(new CallListener() {
                    @Override
                    public void onRestarted(int instance) {
                        restarted.add(instance);
                    }
                })
                .withRestarts(RestartPolicy.limited(10, Duration.ofDays(1)).withDelays(FIRST, FIRST.multipliedBy(60)));
        try (Turnstile<Object> gate = Turnstile.open(new Fragile(), options)) {
            for (int i = 0; i < 3; i++) {
                assertThrows(
                        IllegalStateException.class,
                        () -> gate.call(resource -> {
                            throw new IllegalStateException("it breaks");
                        }));
                time.awaitParked(1);
                time.advance(FIRST);
                assertEquals(1, Eventually.next("a fresh resource", restarted));
                gate.call(Object::hashCode);
            }
        }
    }

    /** Lost by every failure. */
    private static final class Fragile implements ResourceSource<Object, RuntimeException> {
        @Override
        public Object open() {
            return new Object();
        }

        @Override
        public boolean isLost(Object resource, Throwable failure) {
            return true;
        }

        @Override
        public void close(Object resource) {}
    }

    /** The second attempt came after the longest delay. */
    @Test
    void delays_afterNone_growFromATenthOfASecond() {
        RestartPolicy policy = RestartPolicy.limited(10, FIRST).withDelays(Duration.ZERO, Duration.ofMillis(500));

        assertEquals(
                List.of(0L, 100L, 200L, 400L, 500L, 500L),
                IntStream.rangeClosed(1, 6)
                        .mapToObj(attempt -> policy.delayBefore(attempt).toMillis())
                        .toList());
    }
}
