package dev.turnstile.testing;

import dev.turnstile.TimeSource;
import dev.turnstile.plugin.Capability;
import dev.turnstile.plugin.ConfinedPlugin;
import dev.turnstile.plugin.ErrorCode;
import dev.turnstile.plugin.GuardedPlugin;
import dev.turnstile.plugin.Isolation;
import dev.turnstile.plugin.LogLevel;
import dev.turnstile.plugin.PluginLoadException;
import dev.turnstile.plugin.PluginLogLine;
import dev.turnstile.plugin.PluginOptions;
import dev.turnstile.plugin.PluginPool;
import dev.turnstile.plugin.PluginState;
import dev.turnstile.plugin.SynchronizedPlugin;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A plugin without native code, for tests: it answers by a script, behind the real gate and the real JSON codec, and records what it saw.
 *
 * <pre>{@code
 * try (ScriptedPlugin script = new ScriptedPlugin()) {
 *     script.answer("echo", Answer.json("{\"message\":\"hi\"}"), Answer.error(ErrorCode.HANDLER, "not twice"));
 *     SynchronizedPlugin plugin = script.open();
 *     ...
 *     assertEquals("{\"message\":\"hi\"}", script.calls().get(0).text());
 * }
 * }</pre>
 *
 * <p>A call is named by its target: the type tag, or "message" and the id of a raw call, as in {@link
 * dev.turnstile.plugin.PluginException#target()}. Calls that the script does not name are answered with {@link
 * ErrorCode#UNKNOWN_MESSAGE_TYPE}, as a real plugin does.
 *
 * <p>Any thread may change the script at any time; calls that begin later follow the change. A script may be opened several times: each
 * time opens a new instance, and all instances follow the script and are recorded in it.
 *
 * <p>Close the script rather than what it opened: {@link #close} first releases calls that hang or have a latency.
 */
public final class ScriptedPlugin implements AutoCloseable {
    private final @Nullable VirtualTime time;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // The fields below are guarded by the lock; the volatile ones may be read without it.

    private final Map<String, ArrayDeque<Answer>> answers = new HashMap<>();
    private final Map<String, Integer> releases = new HashMap<>();
    private final Set<Capability> capabilities = EnumSet.allOf(Capability.class);
    private final List<GuardedPlugin> opened = new ArrayList<>();
    private final List<ReceivedCall> calls = new ArrayList<>();
    private final Set<Thread> threads = new HashSet<>();
    private @Nullable Answer otherwise;
    private @Nullable List<PluginLogLine> failureToStart;
    private Duration shutdownTime = Duration.ZERO;
    private @Nullable RuntimeException shutdownFailure;
    private PluginState state = PluginState.ACTIVE;
    private long rejectedCount;
    private volatile LogLevel logLevel = LogLevel.INFO;
    private int mostAtOnce;
    private int shutdowns;
    private volatile boolean closed;

    /** Makes an empty script whose plugin uses the clock of the options that it is opened with, by default the system's. */
    public ScriptedPlugin() {
        this.time = null;
    }

    /**
     * Makes an empty script whose plugin uses the test's clock, for latencies and for all limits of the gate.
     *
     * @param time the test's clock
     */
    public ScriptedPlugin(VirtualTime time) {
        this.time = Objects.requireNonNull(time, "time");
    }

    // ---- the script ----

    /**
     * Sets how calls are answered from now on.
     *
     * @param target the type tag, or "message" and the id of a raw call
     * @param first the answer to the next call
     * @param more the answers to later calls; the last answer is repeated
     * @return this script
     */
    public ScriptedPlugin answer(String target, Answer first, Answer... more) {
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(first, "first");
        Objects.requireNonNull(more, "more");
        ArrayDeque<Answer> inARow = new ArrayDeque<>(List.of(more));
        inARow.addFirst(first);
        return change(() -> answers.put(target, inARow));
    }

    /**
     * Sets how raw calls are answered from now on.
     *
     * @param messageId the number of the message
     * @param first the answer to the next call
     * @param more the answers to later calls; the last answer is repeated
     * @return this script
     */
    public ScriptedPlugin answerRaw(int messageId, Answer first, Answer... more) {
        Objects.requireNonNull(first, "first");
        Objects.requireNonNull(more, "more");
        return answer(ConfinedPlugin.target(messageId), first, more);
    }

    /**
     * Sets the answer to all calls that have no answer of their own.
     *
     * @param answer replaces {@link ErrorCode#UNKNOWN_MESSAGE_TYPE}
     * @return this script
     */
    public ScriptedPlugin otherwise(Answer answer) {
        Objects.requireNonNull(answer, "answer");
        return change(() -> otherwise = answer);
    }

    /**
     * Takes optional parts away from the plugin that is opened next.
     *
     * @param lacking what it lacks; without a call of this method it has everything
     * @return this script
     */
    public ScriptedPlugin without(Capability... lacking) {
        Objects.requireNonNull(lacking, "lacking");
        return change(() -> capabilities.removeAll(List.of(lacking)));
    }

    /**
     * Sets the state that the plugin reports. If it is not {@link PluginState#ACTIVE}, the plugin answers calls with {@link
     * ErrorCode#INVALID_STATE}.
     *
     * @param newState the state
     * @return this script
     */
    public ScriptedPlugin state(PluginState newState) {
        Objects.requireNonNull(newState, "newState");
        return change(() -> state = newState);
    }

    /**
     * Sets how many requests the plugin says that its own limiter has refused.
     *
     * @param count the count, at first 0
     * @return this script
     */
    public ScriptedPlugin rejectedCount(long count) {
        return change(() -> rejectedCount = count);
    }

    /**
     * Has the plugin, or the next instance of it, fail to start the next time; {@link #open} then throws a {@link PluginLoadException}. The time
     * after it starts.
     *
     * @param lines what it logs meanwhile
     * @return this script
     */
    public ScriptedPlugin failToStart(PluginLogLine... lines) {
        Objects.requireNonNull(lines, "lines");
        return change(() -> failureToStart = List.of(lines));
    }

    /**
     * Sets how long the plugin takes to shut down.
     *
     * @param takes how long, from the beginning of the shutdown, by the clock of the gate
     * @return this script
     */
    public ScriptedPlugin shutDownAfter(Duration takes) {
        Objects.requireNonNull(takes, "takes");
        return change(() -> shutdownTime = takes);
    }

    /**
     * Makes the shutdown of the plugin fail; the plugin counts as shut down nevertheless.
     *
     * @param failure the failure that the {@link dev.turnstile.CloseReport} reports
     * @return this script
     */
    public ScriptedPlugin failToShutDown(RuntimeException failure) {
        Objects.requireNonNull(failure, "failure");
        return change(() -> shutdownFailure = failure);
    }

    // ---- the plugin ----

    /**
     * Starts a plugin that follows the script, with the default options.
     *
     * @return the plugin, behind a gate
     * @throws PluginLoadException if the script says that it fails to start
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public SynchronizedPlugin open() throws InterruptedException {
        return open(PluginOptions.defaults());
    }

    /**
     * Starts a plugin that follows the script.
     *
     * @param options the settings on the Java side; a {@link VirtualTime} of the script replaces their time source, and the script always runs in this process
     * @return the plugin, behind a gate
     * @throws PluginLoadException if the script says that it fails to start
     * @throws IllegalStateException if the script is closed
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public SynchronizedPlugin open(PluginOptions options) throws InterruptedException {
        PluginOptions own = own(options);
        SynchronizedPlugin plugin = SynchronizedPlugin.open(log -> start(own, log), own);
        change(() -> opened.add(plugin));
        return plugin;
    }

    /**
     * Starts several instances of a plugin, each of which follows the script.
     *
     * @param instances how many, 1 to 1,000
     * @param options the settings on the Java side; a {@link VirtualTime} of the script replaces their time source, and the script always runs in this process
     * @return the instances, behind one gate
     * @throws PluginLoadException if the script says that one fails to start; no instance is left then
     * @throws IllegalStateException if the script is closed
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public PluginPool openPool(int instances, PluginOptions options) throws InterruptedException {
        PluginOptions own = own(options);
        PluginPool pool = PluginPool.open(log -> start(own, log), instances, own);
        change(() -> opened.add(pool));
        return pool;
    }

    private PluginOptions own(PluginOptions options) {
        PluginOptions here = Objects.requireNonNull(options, "options")
                .withIsolation(Isolation.none()); // the script is in this process
        return time == null ? here : here.withGate(here.gate().withTimeSource(time));
    }

    private ConfinedPlugin start(PluginOptions options, Consumer<PluginLogLine> log) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("The script is closed: it opens no more plugins");
            }
            threads.add(Thread.currentThread());
            List<PluginLogLine> lines = failureToStart;
            failureToStart = null;
            if (lines != null) {
                lines.forEach(log);
                throw PluginLoadException.notStarted("The scripted plugin did not start", lines);
            }
            return new ScriptedInstance(this, Set.copyOf(capabilities), options, log);
        } finally {
            lock.unlock();
        }
    }

    /** Releases all calls that are held or have a latency, present and future ones, then closes everything that was opened. */
    @Override
    public void close() {
        change(() -> closed = true);
        threads().forEach(LockSupport::unpark);
        locked(() -> List.copyOf(opened)).forEach(GuardedPlugin::close);
    }

    // ---- while calls are made ----

    /**
     * Waits until a call has begun in the plugin.
     *
     * @param target the type tag, or "message" and the id of a raw call
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public void awaitStarted(String target) throws InterruptedException {
        awaitStarted(target, 1);
    }

    /**
     * Waits until at least {@code count} calls have begun in the plugin, including those that have ended.
     *
     * @param target the type tag, or "message" and the id of a raw call
     * @param count how many
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public void awaitStarted(String target, int count) throws InterruptedException {
        Objects.requireNonNull(target, "target");
        lock.lockInterruptibly();
        try {
            while (calls.stream().filter(call -> call.target().equals(target)).count() < count) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Releases one {@linkplain Answer#held() held} call: the one in the plugin or, if there is none, the next one.
     *
     * @param target the type tag, or "message" and the id of a raw call
     */
    public void release(String target) {
        Objects.requireNonNull(target, "target");
        change(() -> releases.merge(target, 1, Integer::sum));
    }

    // ---- what it saw ----

    /**
     * Returns the calls that have begun.
     *
     * @return the calls in order, including those answered with an error
     */
    public List<ReceivedCall> calls() {
        return locked(() -> List.copyOf(calls));
    }

    /**
     * Returns how many calls one instance of the plugin had at once, at most.
     *
     * @return never more than 1, as the gate guarantees
     */
    public int mostAtOnce() {
        return locked(() -> mostAtOnce);
    }

    /**
     * Returns which threads started, called and shut down the plugin.
     *
     * @return one for each instance that was started, as the gate guarantees
     */
    public Set<Thread> threads() {
        return locked(() -> Set.copyOf(threads));
    }

    /**
     * Returns how often the plugin was shut down.
     *
     * @return once for each time that it was started, when its gate is closed
     */
    public int shutdowns() {
        return locked(() -> shutdowns);
    }

    /**
     * Returns the least severe level of the log lines that the plugin sends.
     *
     * @return the level last set by {@link SynchronizedPlugin#setLogLevel}, at first {@link LogLevel#INFO}
     */
    public LogLevel logLevel() {
        return logLevel;
    }

    /** Returns how many calls have begun, and whether the script is closed. */
    @Override
    public String toString() {
        return "ScriptedPlugin[" + calls().size() + " calls" + (closed ? ", closed]" : "]");
    }

    // ---- for the instances, on their workers ----

    Answer begin(ReceivedCall call, boolean raw, boolean panicked, int atOnce) {
        return locked(() -> {
            threads.add(Thread.currentThread());
            calls.add(call);
            mostAtOnce = Math.max(mostAtOnce, atOnce);
            changed.signalAll();
            if (panicked || !state.equals(PluginState.ACTIVE)) {
                return Answer.error(ErrorCode.INVALID_STATE, "the plugin is not active");
            }
            ArrayDeque<Answer> inARow = answers.get(call.target());
            if (inARow != null) {
                return inARow.size() > 1 ? inARow.removeFirst() : inARow.getFirst();
            }
            return otherwise != null ? otherwise : unknown(call, raw);
        });
    }

    private static Answer unknown(ReceivedCall call, boolean raw) {
        return Answer.error(
                ErrorCode.UNKNOWN_MESSAGE_TYPE, raw ? "unknown message id" : "unknown message type: " + call.target());
    }

    void awaitRelease(String target) {
        lock.lock();
        try {
            while (!closed && releases.getOrDefault(target, 0) == 0) {
                changed.awaitUninterruptibly();
            }
            releases.merge(target, -1, Integer::sum);
        } finally {
            lock.unlock();
        }
    }

    void sleepUntil(long nanoTime, TimeSource source) {
        while (!closed && nanoTime - source.nanoTime() > 0) {
            source.parkUntil(this, nanoTime);
        }
    }

    void setLogLevel(LogLevel level) {
        logLevel = level;
    }

    PluginState scriptedState() {
        return locked(() -> state);
    }

    long scriptedRejectedCount() {
        return locked(() -> rejectedCount);
    }

    Duration beginShutdown() {
        return locked(() -> {
            threads.add(Thread.currentThread());
            return shutdownTime;
        });
    }

    void endShutdown() {
        RuntimeException failure = locked(() -> {
            shutdowns++;
            return shutdownFailure;
        });
        if (failure != null) {
            throw failure;
        }
    }

    private ScriptedPlugin change(Runnable change) {
        return locked(() -> {
            change.run();
            changed.signalAll();
            return this;
        });
    }

    private <T extends @Nullable Object> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }
}
