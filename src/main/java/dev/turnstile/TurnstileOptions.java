package dev.turnstile;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a {@link Turnstile}; immutable. Begin with {@link #defaults()} and change what should differ:
 * {@code TurnstileOptions.defaults().withCapacity(5)}. A value that makes no sense is refused by the {@code with}
 * method itself; values that make no sense together are refused when the gate is opened, so they may be set in any order.
 */
public final class TurnstileOptions {
    /** At most one worker per key share (1,024). */
    static final int MOST_WORKERS = 1000;

    private final Settings settings;

    private TurnstileOptions(Settings settings) {
        this.settings = settings;
    }

    /**
     * Returns the settings that fit most uses.
     *
     * @return the default of every setting
     */
    public static TurnstileOptions defaults() {
        return new TurnstileOptions(new Settings.Draft().settings());
    }

    private TurnstileOptions with(Consumer<Settings.Draft> change) {
        Settings.Draft draft = new Settings.Draft(settings);
        change.accept(draft);
        return new TurnstileOptions(draft.settings());
    }

    /** {@return how many calls may be pending; 1 or more, by default 100} */
    public int capacity() {
        return settings.capacity();
    }

    /** {@return the name of the worker thread, by default {@code turnstile-worker}} */
    public String workerName() {
        return settings.workerName();
    }

    /** {@return the worker's stack size in bytes, 0 (the default) for the JVM's own default} */
    public long workerStackSize() {
        return settings.workerStackSize();
    }

    /** {@return whether the worker is a daemon, by default {@code true}: a forgotten {@code close} does not keep the JVM from exiting} */
    public boolean workerDaemon() {
        return settings.workerDaemon();
    }

    /**
     * {@return how long an idle worker looks for the next call before it parks, 0 for not at all; by default 20 µs,
     * which spares a lone caller the 20 to 60 µs it takes to wake a parked thread, and 0 on a single processor. If
     * calls come less often than every ten times as long, or looking has not paid lately, the worker parks at once. Not 0, it also
     * lets a lone caller look for the end of a call that is likely to take up to 50 µs before it parks, while that pays}
     */
    public Duration idleSpin() {
        return settings.idleSpin();
    }

    /** {@return how long {@link Turnstile#close()} lets calls in the line run, by default 30 seconds} */
    public Duration closeLimit() {
        return settings.closeLimit();
    }

    /**
     * {@return how long a call may be in the resource before it is reported as stuck: as a warning in the log with the
     * worker's stack, to the listeners, and in a flight recording; 0 for never, by default one minute}
     */
    public Duration stuckAfter() {
        return settings.stuckAfter();
    }

    /** {@return the listeners, by default none; unmodifiable} */
    public List<CallListener> listeners() {
        return settings.listeners();
    }

    /** {@return what carries the context of callers, besides the MDC; the first one is the outermost; by default none; unmodifiable} */
    public List<ContextCarrier> contextCarriers() {
        return settings.contextCarriers();
    }

    /** {@return the clock of all limits, by default {@link TimeSource#system()}} */
    public TimeSource timeSource() {
        return settings.timeSource();
    }

    /**
     * {@return how many workers the gate starts with, each with a resource of its own; 0, the default, for exactly one,
     * or 1 to 1,000, which {@link Turnstile#resize} can change}
     */
    public int poolSize() {
        return settings.poolSize();
    }

    /**
     * {@return how many calls of other lanes may start while a call waits at the front of its {@link Lane}, before that
     * call is due; 1 or more, by default 10}
     */
    public int overtakes() {
        return settings.overtakes();
    }

    /** {@return how many of the places only calls of {@link Lane#CONTROL} may take; fewer than {@code capacity}, by default 0} */
    public int reservedPlaces() {
        return settings.reservedPlaces();
    }

    /** {@return whether and how a lost resource is replaced, by default {@link RestartPolicy#never()}} */
    public RestartPolicy restarts() {
        return settings.restarts();
    }

    /** Refuses values that make no sense together. */
    void requireSound() {
        settings.requireSound();
    }

    /** Says whether there may be several workers. */
    boolean isPool() {
        return poolSize() > 0;
    }

    /**
     * Sets how many calls may be pending.
     *
     * @param places 1 or more
     * @return the changed settings
     * @throws IllegalArgumentException if the number is less than 1
     */
    public TurnstileOptions withCapacity(int places) {
        return with(draft -> draft.capacity = places);
    }

    /**
     * Sets the name of the worker thread.
     *
     * @param name the name in thread dumps and log lines
     * @return the changed settings
     */
    public TurnstileOptions withWorkerName(String name) {
        return with(draft -> draft.workerName = name);
    }

    /**
     * Sets the stack size of the worker thread. Native code that recurses deeply runs on this stack.
     *
     * @param bytes the size in bytes, 0 for the JVM's default
     * @return the changed settings
     * @throws IllegalArgumentException if the size is negative
     */
    public TurnstileOptions withWorkerStackSize(long bytes) {
        return with(draft -> draft.workerStackSize = bytes);
    }

    /**
     * Sets whether the worker is a daemon thread.
     *
     * @param daemon {@code false} keeps the JVM running until the gate is closed
     * @return the changed settings
     */
    public TurnstileOptions withWorkerDaemon(boolean daemon) {
        return with(draft -> draft.workerDaemon = daemon);
    }

    /**
     * Sets how long an idle worker looks for the next call before it parks. 0 also keeps callers from looking for the end of their calls.
     *
     * @param time 0 (not at all) to 10 ms; the worker keeps a processor busy for that long after each run of calls
     * @return the changed settings
     * @throws IllegalArgumentException if the time is out of range
     */
    public TurnstileOptions withIdleSpin(Duration time) {
        return with(draft -> draft.idleSpin = time);
    }

    /**
     * Sets how long {@link Turnstile#close()} lets calls in the line run before it refuses the rest.
     *
     * @param limit 0 or more
     * @return the changed settings
     * @throws IllegalArgumentException if the limit is negative
     */
    public TurnstileOptions withCloseLimit(Duration limit) {
        return with(draft -> draft.closeLimit = limit);
    }

    /**
     * Sets how long a call may be in the resource before it is reported as stuck, once for each call.
     *
     * @param time 0 for never
     * @return the changed settings
     * @throws IllegalArgumentException if the time is negative
     */
    public TurnstileOptions withStuckAfter(Duration time) {
        return with(draft -> draft.stuckAfter = time);
    }

    /**
     * Sets the listeners. Each has a thread of its own while there is something to report.
     *
     * @param all never called on the worker; they replace listeners set before
     * @return the changed settings
     */
    public TurnstileOptions withListeners(CallListener... all) {
        Objects.requireNonNull(all, "listeners");
        for (int i = 0; i < all.length; i++) {
            Objects.requireNonNull(all[i], "listeners[" + i + "]");
        }
        return with(draft -> draft.listeners = List.of(all));
    }

    /**
     * Sets what carries the context of callers to their actions, to the stages of their futures and to listeners. The MDC is carried anyway. Without
     * carriers a call costs nothing more.
     *
     * @param all asked on callers' threads; what the first one has captured is put in place first; they replace carriers set before
     * @return the changed settings
     */
    public TurnstileOptions withContextCarriers(ContextCarrier... all) {
        Objects.requireNonNull(all, "contextCarriers");
        for (int i = 0; i < all.length; i++) {
            Objects.requireNonNull(all[i], "contextCarriers[" + i + "]");
        }
        return with(draft -> draft.contextCarriers = List.of(all));
    }

    /**
     * Sets the clock of all limits: those of calls, of fan-outs and of closing. It also measures what is left of a {@link TimeLimit} when a
     * call is made.
     *
     * @param source the system's clock, or a test's
     * @return the changed settings
     */
    public TurnstileOptions withTimeSource(TimeSource source) {
        return with(draft -> draft.timeSource = source);
    }

    /**
     * Makes the gate a pool and sets how many workers it starts with, each on its own thread and with its own resource; {@link Turnstile#resize}
     * changes the number. All serve one line: a free worker takes the first call. Calls with the same {@linkplain Action#key() key} stay with one worker.
     *
     * @param workers 1 or more; 0 for no pool
     * @return the changed settings
     * @throws IllegalArgumentException if the number is negative or greater than 1,000
     */
    public TurnstileOptions withPoolSize(int workers) {
        return with(draft -> draft.poolSize = workers);
    }

    /**
     * Sets how often a waiting {@link Lane} may be passed over.
     *
     * @param calls how many calls of other lanes may start while a call waits at the front of its lane, before that call is due; 1 or more
     * @return the changed settings
     * @throws IllegalArgumentException if the number is less than 1
     */
    public TurnstileOptions withOvertakes(int calls) {
        return with(draft -> draft.overtakes = calls);
    }

    /**
     * Sets how many of the places are kept for calls of {@link Lane#CONTROL}; other calls have only the rest.
     *
     * @param places 0 or more; a gate does not open if no place is left for other calls
     * @return the changed settings
     * @throws IllegalArgumentException if the number is negative
     */
    public TurnstileOptions withReservedPlaces(int places) {
        return with(draft -> draft.reservedPlaces = places);
    }

    /**
     * Sets whether and how a {@linkplain ResourceSource#isLost lost} resource is replaced.
     *
     * @param policy how often, and after what delay
     * @return the changed settings
     */
    public TurnstileOptions withRestarts(RestartPolicy policy) {
        return with(draft -> draft.restarts = policy);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TurnstileOptions that && settings.equals(that.settings);
    }

    @Override
    public int hashCode() {
        return settings.hashCode();
    }

    @Override
    public String toString() {
        return "TurnstileOptions" + settings.toString().substring("Settings".length());
    }
}
