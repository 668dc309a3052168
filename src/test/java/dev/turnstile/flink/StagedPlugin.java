package dev.turnstile.flink;

import dev.turnstile.plugin.Capability;
import dev.turnstile.plugin.ConfinedPlugin;
import dev.turnstile.plugin.ErrorCode;
import dev.turnstile.plugin.ErrorReply;
import dev.turnstile.plugin.PluginState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** A plugin in Java, as a description names it; what it does is up to the {@link Stage} that the test has set. */
public final class StagedPlugin implements ConfinedPlugin {
    static volatile Stage stage = new Stage();

    /** What instances do, and what was seen of them. */
    static final class Stage {
        final Queue<String> requests = new ConcurrentLinkedQueue<>();
        final AtomicInteger opened = new AtomicInteger();
        final AtomicInteger closed = new AtomicInteger();
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch opening = new CountDownLatch(1);
        volatile CountDownLatch openings = new CountDownLatch(0);
        volatile CountDownLatch held = new CountDownLatch(0);
        volatile RuntimeException refusal;
    }

    private final Stage mine = stage;
    private boolean isDead;

    public StagedPlugin() {
        RuntimeException refusal = mine.refusal;
        if (refusal != null) {
            throw refusal;
        }
        mine.opening.countDown();
        await(mine.openings);
        mine.opened.incrementAndGet();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.of(Capability.STATE);
    }

    @Override
    public PluginState state() {
        return isDead ? PluginState.FAILED : PluginState.ACTIVE;
    }

    @Override
    public byte[] exchange(String tag, byte[] request) throws ErrorReply {
        mine.begun.countDown();
        await(mine.held);
        mine.requests.add(new String(request, StandardCharsets.UTF_8));
        if (isDead) {
            throw error(ErrorCode.INVALID_STATE);
        }
        return switch (tag) {
            case "fail" -> throw error(ErrorCode.HANDLER);
            case "throw" -> throw new NumberFormatException("as asked");
            case "reject" -> throw new RejectedExecutionException("as asked");
            case "cancel" -> throw new CancellationException("as asked");
            case "complete" -> throw new CompletionException("as asked", new IOException("as asked"));
            case "dies" -> {
                isDead = true; // between calls: the next one finds it so
                yield envelope("1");
            }
            case "panic" -> {
                isDead = true;
                throw error(ErrorCode.INTERNAL);
            }
            case "null" -> envelope("null");
            case "odd" -> envelope("{}");
            default -> envelope(new String(request, StandardCharsets.UTF_8));
        };
    }

    private static ErrorReply error(ErrorCode code) {
        return new ErrorReply(code, "as asked".getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] envelope(String payload) {
        return ("{\"status\":\"success\",\"payload\":" + payload + "}").getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        mine.closed.incrementAndGet();
    }
}
