package dev.turnstile.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.turnstile.CallTimeoutException;
import dev.turnstile.Refusals;
import dev.turnstile.TurnstileClosedException;
import dev.turnstile.TurnstileDownException;
import dev.turnstile.TurnstileFullException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.method.annotation.ExceptionHandlerMethodResolver;
import org.springframework.web.server.ResponseStatusException;

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
    void retryAfter_isInWholeSeconds_andNoLessThanOne() throws Exception {
        for (var expected : List.of(Map.entry(Duration.ofMillis(10), "1"), Map.entry(Duration.ofMinutes(1), "60"))) {
            ResponseEntity<?> answer = new RefusedCalls(expected.getKey()).unavailable(Refusals.byADeadWorker());
            assertEquals(503, answer.getStatusCode().value());
            assertEquals(expected.getValue(), answer.getHeaders().getFirst("Retry-After"));
        }
    }

    /** An exception thrown once more is left to Spring's other handlers. */
    @Test
    void exceptionOfTheApplication_isLeftToOthers_whateverItsCause() {
        RefusedCalls answers = new RefusedCalls(Duration.ofSeconds(1));
        for (Exception own : List.of(
                new ResponseStatusException(HttpStatus.CONFLICT, "ours", Refusals.byADeadWorker()),
                new IllegalStateException(Refusals.byADeadWorker()),
                new CompletionException(new IllegalStateException(Refusals.byADeadWorker())))) {
            assertSame(own, assertThrows(Exception.class, () -> answers.unavailable(own)));
            assertSame(own, assertThrows(Exception.class, () -> answers.timedOut(own)));
        }
    }

    @Test
    void refusalOfAFuture_isAnswered() throws Exception {
        RefusedCalls answers = new RefusedCalls(Duration.ofSeconds(1));
        TurnstileClosedException down = Refusals.byADeadWorker();
        for (Exception wrapped : List.of(
                new CompletionException(down),
                new ExecutionException(down),
                new CompletionException(new ExecutionException(down)))) {
            assertEquals(503, answers.unavailable(wrapped).getStatusCode().value());
            assertEquals("unavailable", handlers.resolveMethod(wrapped).getName());
        }
    }
}
