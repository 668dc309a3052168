package dev.turnstile.spring;

import dev.turnstile.CallTimeoutException;
import dev.turnstile.TurnstileClosedException;
import dev.turnstile.TurnstileDownException;
import dev.turnstile.TurnstileFullException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Answers web requests whose calls were refused or took too long. What the application handles itself comes first. */
@RestControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
class RefusedCalls {
    private final String retryAfter;

    RefusedCalls(Duration retryAfter) {
        this.retryAfter = Long.toString(Math.max(1, retryAfter.toSeconds()));
    }

    @ExceptionHandler({TurnstileFullException.class, TurnstileClosedException.class, TurnstileDownException.class})
    ResponseEntity<ProblemDetail> unavailable(Exception thrown) throws Exception {
        requireRefusal(thrown);
        return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
                .header(HttpHeaders.RETRY_AFTER, retryAfter)
                .body(ProblemDetail.forStatusAndDetail(
                        HttpStatus.SERVICE_UNAVAILABLE, "The service cannot take this request at the moment."));
    }

    @ExceptionHandler(CallTimeoutException.class)
    ResponseEntity<ProblemDetail> timedOut(Exception thrown) throws Exception {
        requireRefusal(thrown);
        return ResponseEntity.status(HttpStatus.GATEWAY_TIMEOUT)
                .body(ProblemDetail.forStatusAndDetail(
                        HttpStatus.GATEWAY_TIMEOUT, "The request could not be answered in time."));
    }

    /**
     * Spring asks for an exception with such a cause, too. Then the application has said something itself, by {@code ResponseStatusException} for example: it is thrown once more,
     * and Spring goes on with its other ways to handle it. What merely carries the result of a future says nothing.
     */
    private static void requireRefusal(Exception thrown) throws Exception {
        Throwable refusal = thrown;
        while (refusal instanceof CompletionException || refusal instanceof ExecutionException) {
            refusal = refusal.getCause();
        }
        if (!(refusal instanceof TurnstileFullException
                || refusal instanceof TurnstileClosedException
                || refusal instanceof TurnstileDownException
                || refusal instanceof CallTimeoutException)) {
            throw thrown;
        }
    }
}
