package dev.turnstile.spring;

import dev.turnstile.CallTimeoutException;
import dev.turnstile.TurnstileClosedException;
import dev.turnstile.TurnstileDownException;
import dev.turnstile.TurnstileFullException;
import java.time.Duration;
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
    ResponseEntity<ProblemDetail> unavailable() {
        return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
                .header(HttpHeaders.RETRY_AFTER, retryAfter)
                .body(ProblemDetail.forStatusAndDetail(
                        HttpStatus.SERVICE_UNAVAILABLE, "The service cannot take this request at the moment."));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> timedOut(CallTimeoutException passed) {
        return ResponseEntity.status(HttpStatus.GATEWAY_TIMEOUT)
                .body(ProblemDetail.forStatusAndDetail(
                        HttpStatus.GATEWAY_TIMEOUT, "The request could not be answered in time."));
    }
}
