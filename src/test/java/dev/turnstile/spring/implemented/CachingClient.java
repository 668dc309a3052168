package dev.turnstile.spring.implemented;

import org.springframework.context.annotation.Primary;
import org.springframework.stereotype.Component;

/** A component that stands before the client. */
@Component
@Primary
public final class CachingClient implements Client {
    @Override
    public Object echo(String request) {
        return "cached";
    }
}
