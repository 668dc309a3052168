package dev.turnstile.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.turnstile.testing.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Log lines that a slow listener leaves no room for are counted, and the count is logged: slf4j-simple writes it here. */
class DroppedLinesTest {
    private static final PluginLogLine LINE = PluginLogLine.of(LogLevel.INFO, "storm", "a line");

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final LogDelivery relay = new LogDelivery(this::hold);
    private PrintStream err;

    @BeforeEach
    void captureTheErrorStream() {
        err = System.err;
        System.setErr(new PrintStream(written, true, UTF_8));
    }

    @AfterEach
    void giveTheErrorStreamBack() {
        release.countDown();
        System.setErr(err);
    }

    private void hold(PluginLogLine line) {
        entered.countDown();
        try {
            release.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void offer(int lines) {
        for (int i = 0; i < lines; i++) {
            relay.offer(LINE, null);
        }
    }

    private void awaitSaid(int lines) {
        Eventually.isTrue(
                lines + " lines are said to be dropped",
                () -> written.toString(UTF_8).contains(" - " + lines + " log lines of a plugin were dropped"));
    }

    @Test
    void linesBeyondTheCapacity_areCountedAndTheCountIsLogged() throws Exception {
        offer(1);
        entered.await(); // this one is with the listener, and leaves its place to another
        offer(LogDelivery.CAPACITY + 17);
        release.countDown();
        awaitSaid(17);
    }
}
