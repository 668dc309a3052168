package dev.turnstile.flink;

import dev.turnstile.CallTimeoutException;
import dev.turnstile.TurnstileClosedException;
import dev.turnstile.TurnstileFullException;
import dev.turnstile.plugin.PluginCalls;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;

/** The snippet of the guide for gRPC: the method of a service, with text in place of generated messages. */
final class GrpcEchoes {
    private final PluginCalls plugin;

    GrpcEchoes(PluginCalls plugin) {
        this.plugin = plugin;
    }

    /** It holds up none of the server's threads: a full line is refused, so that the load balancer tries another server. */
    public void echo(String request, StreamObserver<String> observer) {
        try {
            var unused = plugin.request("echo", request)
                    .within(Duration.ofSeconds(2))
                    .trySubmit()
                    .whenComplete((response, failure) -> {
                        if (failure == null) {
                            observer.onNext(response);
                            observer.onCompleted();
                        } else {
                            observer.onError(status(failure).asRuntimeException());
                        }
                    });
        } catch (TurnstileFullException | TurnstileClosedException refused) {
            observer.onError(status(refused).asRuntimeException());
        }
    }

    private static Status status(Throwable failure) {
        return switch (failure) {
            case TurnstileFullException full -> Status.RESOURCE_EXHAUSTED.withCause(full);
            case TurnstileClosedException closed -> Status.UNAVAILABLE.withCause(closed);
            case CallTimeoutException late -> Status.DEADLINE_EXCEEDED.withCause(late);
            default -> Status.INTERNAL.withCause(failure);
        };
    }
}
