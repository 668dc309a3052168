package dev.turnstile.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.turnstile.testing.Eventually;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * A plugin in Java, of which each instance keeps its own log level and answers each call with it. An instance can be held where it is asked for
 * its state, which is the last thing before it takes its place, and where it is told its level.
 */
final class LeveledPlugin implements ConfinedPlugin {
    /** What all instances of a test follow. */
    static final class Script {
        private final List<LeveledPlugin> started = new CopyOnWriteArrayList<>();
        private final BlockingQueue<Hold> heldAtState = new LinkedBlockingQueue<>();
        private final BlockingQueue<Hold> heldAtLevel = new LinkedBlockingQueue<>();
        private volatile Consumer<LogLevel> onLevel = level -> {};
        private volatile RuntimeException atCapabilities;

        LeveledPlugin start(Consumer<PluginLogLine> unused) {
            LeveledPlugin plugin = new LeveledPlugin(this);
            started.add(plugin);
            return plugin;
        }

        void failAtCapabilities(RuntimeException failure) {
            atCapabilities = failure;
        }

        /** Returns those that were started, in order. */
        List<LeveledPlugin> started() {
            return started;
        }

        /** Holds the next instance that is asked for its state. */
        Hold holdAtState() {
            return hold(heldAtState);
        }

        /** Holds the next instance that is told its level; it has it when it is let go. */
        Hold holdAtLevel() {
            return hold(heldAtLevel);
        }

        private static Hold hold(BlockingQueue<Hold> where) {
            Hold hold = new Hold();
            where.add(hold);
            return hold;
        }

        /** Has each instance do something before it takes a level. */
        void onLevel(Consumer<LogLevel> action) {
            onLevel = action;
        }
    }

    /** Where one instance stops until it is let go. */
    static final class Hold {
        private final CountDownLatch come = new CountDownLatch(1);
        private final CountDownLatch letGo = new CountDownLatch(1);

        void await() {
            Eventually.isTrue("an instance has come here", () -> come.getCount() == 0);
        }

        void release() {
            letGo.countDown();
        }

        private static void pass(BlockingQueue<Hold> where) {
            Hold hold = where.poll();
            if (hold != null) {
                hold.come.countDown();
                Eventually.isTrue("let go", () -> hold.letGo.getCount() == 0);
            }
        }
    }

    private final Script script;
    private volatile LogLevel level = LogLevel.INFO;
    private volatile boolean closed;

    private LeveledPlugin(Script script) {
        this.script = script;
    }

    LogLevel level() {
        return level;
    }

    boolean isClosed() {
        return closed;
    }

    /** Answers with the level; the tag {@code die} is a panic. */
    @Override
    public byte[] exchange(String tag, byte[] request) throws ErrorReply {
        if (tag.equals("die")) {
            closed = true; // its state says so
            throw new ErrorReply(ErrorCode.INTERNAL, "panic".getBytes(UTF_8));
        }
        return ("{\"status\":\"success\",\"payload\":\"" + level + "\"}").getBytes(UTF_8);
    }

    @Override
    public byte[] exchangeRaw(int messageId, byte[] request) {
        return level.name().getBytes(UTF_8);
    }

    @Override
    public Set<Capability> capabilities() {
        RuntimeException failure = script.atCapabilities;
        if (failure != null) {
            throw failure;
        }
        return EnumSet.allOf(Capability.class);
    }

    @Override
    public void setLogLevel(LogLevel newLevel) {
        Hold.pass(script.heldAtLevel);
        script.onLevel.accept(newLevel);
        level = newLevel;
    }

    @Override
    public PluginState state() {
        Hold.pass(script.heldAtState);
        return closed ? PluginState.FAILED : PluginState.ACTIVE;
    }

    @Override
    public long rejectedCount() {
        return 1;
    }

    @Override
    public void close() {
        closed = true;
    }
}
