package dev.turnstile.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.turnstile.CallTimeoutException;
import dev.turnstile.TurnstileClosedException;
import dev.turnstile.TurnstileDownException;
import dev.turnstile.TurnstileFullException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.http.ResponseEntity;
import org.springframework.web.method.annotation.ExceptionHandlerMethodResolver;

/** Which answer a refused call gives; {@code SpringBootSampleTest} has it over HTTP. */
@Tag("any-java")
class RefusedCallsTest {
    private final ExceptionHandlerMethodResolver handlers = new ExceptionHandlerMethodResolver(RefusedCalls.class);

    @Test
    void refusals_have503_andPassedLimits504() {
        for (Class<? extends Exception> refusal :
                List.of(TurnstileFullException.class, TurnstileClosedException.class, TurnstileDownException.class)) {
            assertEquals(
                    "unavailable",
                    handlers.resolveMethodByExceptionType(refusal).getName());
        }
        assertEquals(
                "timedOut",
                handlers.resolveMethodByExceptionType(CallTimeoutException.class)
                        .getName());
        assertNull(handlers.resolveMethodByExceptionType(IllegalStateException.class));
    }

    @Test
    void retryAfter_isInWholeSeconds_andNoLessThanOne() {
        for (var expected : List.of(Map.entry(Duration.ofMillis(10), "1"), Map.entry(Duration.ofMinutes(1), "60"))) {
            ResponseEntity<?> answer = new RefusedCalls(expected.getKey()).unavailable();
            assertEquals(503, answer.getStatusCode().value());
            assertEquals(expected.getValue(), answer.getHeaders().getFirst("Retry-After"));
        }
    }
}
