package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Uninterruptibly;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** To submit a call is not to wait for its decoder, however fast the reply is. */
class DecodedFutureTest {
    @Test
    void replyFasterThanItsSubmitter_isDecodedOnAnotherThread() throws Exception {
        CountDownLatch mayDecode = new CountDownLatch(1);
        var future =
                new DecodedFuture<byte[], Thread>(CompletableFuture.completedFuture(new byte[0]), (body, failure) -> {
                    Uninterruptibly.await(mayDecode);
                    return Thread.currentThread();
                });
        assertFalse(future.isDone());
        mayDecode.countDown();
        Thread decoder = future.get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertEquals("turnstile-completion", decoder.getName());
    }
}
