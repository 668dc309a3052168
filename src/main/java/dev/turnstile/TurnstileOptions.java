package dev.turnstile;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * The settings of a {@link Turnstile}; immutable. Begin with {@link #defaults()} and change what should differ:
 * {@code TurnstileOptions.defaults().withCapacity(5)}. A value that makes no sense is refused by the {@code with}
 * method itself, before there is anything to leak.
 *
 * @param capacity how many calls may be pending; 1 or more, by default 100
 * @param workerName the name of the worker thread, by default {@code turnstile-worker}
 * @param workerStackSize the worker's stack size in bytes, 0 (the default) for the JVM's own default
 * @param workerDaemon whether the worker is a daemon, by default {@code true}: a forgotten {@code close} does not keep
 *     the JVM from exiting
 * @param idleSpin how long an idle worker looks for the next call before it parks, 0 for not at all; by default 20 µs,
 *     which spares a lone caller the 20 to 60 µs it takes to wake a parked thread, and 0 where there is only one
 *     processor. Where calls come more seldom than once in ten times as long, the worker parks at once
 * @param closeLimit how long {@link Turnstile#close()} lets calls in the line run, by default 30 seconds
 * @param stuckAfter how long a call may be in the resource before that is reported: as a warning in the log with the worker's
 *     stack, to the listeners, and in a flight recording; 0 for never, by default one minute
 * @param listeners who else learns of the ends of calls, by default nobody; unmodifiable
 * @param timeSource what all limits are measured by, by default {@link TimeSource#system()}
 * @param poolSize how many workers there are to begin with, each with a resource of its own; 0, the default, for one and no more, or 1 to 1,000,
 *     which {@link Turnstile#resize} can change
 * @param overtakes how many calls of other lanes may start while one waits at the front of its {@link Lane}, before it is due; 1 or more, by
 *     default 10
 * @param reservedPlaces how many of the places only calls of {@link Lane#CONTROL} may take; fewer than {@code capacity}, by default 0
 * @param restarts whether and how a resource that was lost is replaced, by default {@link RestartPolicy#never()}
 */
public record TurnstileOptions(
        int capacity,
        String workerName,
        long workerStackSize,
        boolean workerDaemon,
        Duration idleSpin,
        Duration closeLimit,
        Duration stuckAfter,
        List<CallListener> listeners,
        TimeSource timeSource,
        int poolSize,
        int overtakes,
        int reservedPlaces,
        RestartPolicy restarts) {

    /** A share of the keys for each. */
    static final int MOST_WORKERS = 1000;

    private static final Duration LONGEST_SPIN = Duration.ofMillis(10);

    /**
     * Makes the settings from all values at once; the {@code with} methods read better.
     *
     * @throws IllegalArgumentException if a value makes no sense; the message names it
     */
    public TurnstileOptions {
        require(capacity >= 1, "capacity", capacity, "1 or more");
        Objects.requireNonNull(workerName, "workerName");
        require(workerStackSize >= 0, "workerStackSize", workerStackSize, "0 (the default) or a number of bytes");
        require(
                !idleSpin.isNegative() && idleSpin.compareTo(LONGEST_SPIN) <= 0,
                "idleSpin",
                idleSpin,
                "between 0 and " + LONGEST_SPIN);
        require(!closeLimit.isNegative(), "closeLimit", closeLimit, "0 or more");
        require(!stuckAfter.isNegative(), "stuckAfter", stuckAfter, "0 (never) or more");
        listeners = List.copyOf(listeners);
        Objects.requireNonNull(timeSource, "timeSource");
        require(poolSize >= 0 && poolSize <= MOST_WORKERS, "poolSize", poolSize, "0 (no pool) to " + MOST_WORKERS);
        require(overtakes >= 1, "overtakes", overtakes, "1 or more");
        require(
                reservedPlaces >= 0 && reservedPlaces < capacity,
                "reservedPlaces",
                reservedPlaces,
                "0 or more, and less than the capacity, " + capacity);
        Objects.requireNonNull(restarts, "restarts");
    }

    /**
     * Returns the settings that fit most uses.
     *
     * @return the default of every setting
     */
    public static TurnstileOptions defaults() {
        boolean canSpin = Runtime.getRuntime().availableProcessors() > 1;
        Duration spin = canSpin ? Duration.ofNanos(20_000) : Duration.ZERO;
        return new TurnstileOptions(
                100,
                "turnstile-worker",
                0,
                true,
                spin,
                Duration.ofSeconds(30),
                Duration.ofMinutes(1),
                List.of(),
                TimeSource.system(),
                0,
                10,
                0,
                RestartPolicy.never());
    }

    /** Says whether there may be several workers. */
    boolean isPool() {
        return poolSize > 0;
    }

    /**
     * Sets how many calls may be pending.
     *
     * @param places 1 or more
     * @return the changed settings
     * @throws IllegalArgumentException if there would be no place
     */
    public TurnstileOptions withCapacity(int places) {
        Draft draft = new Draft(this);
        draft.capacity = places;
        return draft.made();
    }

    /**
     * Sets the name of the worker thread.
     *
     * @param name as thread dumps and log lines shall show it
     * @return the changed settings
     */
    public TurnstileOptions withWorkerName(String name) {
        Draft draft = new Draft(this);
        draft.workerName = name;
        return draft.made();
    }

    /**
     * Sets the stack size of the worker thread. Native code that recurses deeply runs on this stack.
     *
     * @param bytes the size in bytes, 0 for the JVM's default
     * @return the changed settings
     * @throws IllegalArgumentException if the size is negative
     */
    public TurnstileOptions withWorkerStackSize(long bytes) {
        Draft draft = new Draft(this);
        draft.workerStackSize = bytes;
        return draft.made();
    }

    /**
     * Sets whether the worker is a daemon thread.
     *
     * @param daemon {@code false} keeps the JVM running until the gate is closed
     * @return the changed settings
     */
    public TurnstileOptions withWorkerDaemon(boolean daemon) {
        Draft draft = new Draft(this);
        draft.workerDaemon = daemon;
        return draft.made();
    }

    /**
     * Sets how long an idle worker looks for the next call before it parks.
     *
     * @param time 0 (not at all) to 10 ms; the worker uses a processor for that long after each run of calls
     * @return the changed settings
     * @throws IllegalArgumentException if the time is negative or longer
     */
    public TurnstileOptions withIdleSpin(Duration time) {
        Draft draft = new Draft(this);
        draft.idleSpin = time;
        return draft.made();
    }

    /**
     * Sets how long {@link Turnstile#close()} lets calls in the line run before it refuses the rest.
     *
     * @param limit 0 or more
     * @return the changed settings
     * @throws IllegalArgumentException if the limit is negative
     */
    public TurnstileOptions withCloseLimit(Duration limit) {
        Draft draft = new Draft(this);
        draft.closeLimit = limit;
        return draft.made();
    }

    /**
     * Sets how long a call may be in the resource before that is reported, once for each call.
     *
     * @param time 0 for never
     * @return the changed settings
     * @throws IllegalArgumentException if the time is negative
     */
    public TurnstileOptions withStuckAfter(Duration time) {
        Draft draft = new Draft(this);
        draft.stuckAfter = time;
        return draft.made();
    }

    /**
     * Sets who else learns of the ends of calls. Each listener has a thread of its own while there is something to tell.
     *
     * @param all never called on the worker; those that were set before no longer are
     * @return the changed settings
     */
    public TurnstileOptions withListeners(CallListener... all) {
        Draft draft = new Draft(this);
        draft.listeners = List.of(all);
        return draft.made();
    }

    /**
     * Sets what all limits are measured by: those of calls, of fan-outs and of closing. What is left of a {@link TimeLimit} when a call is
     * made counts in this time too.
     *
     * @param source the system's time, or a test's
     * @return the changed settings
     */
    public TurnstileOptions withTimeSource(TimeSource source) {
        Draft draft = new Draft(this);
        draft.timeSource = source;
        return draft.made();
    }

    /**
     * Sets how many workers there are to begin with, each on a thread and with a resource of its own, and has the gate be a pool, whose size can
     * be changed. All of them serve one line: whichever is free takes the first call, and calls with a {@linkplain Action#key() key} stay with
     * one of them.
     *
     * @param workers 1 or more; 0 for no pool
     * @return the changed settings
     * @throws IllegalArgumentException if the number is negative or greater than 1,000
     */
    public TurnstileOptions withPoolSize(int workers) {
        Draft draft = new Draft(this);
        draft.poolSize = workers;
        return draft.made();
    }

    /**
     * Sets how often a waiting {@link Lane} may be passed over.
     *
     * @param calls how many of other lanes may start while a call waits at the front of its lane, before that one is due; 1 or more
     * @return the changed settings
     * @throws IllegalArgumentException if that would be none
     */
    public TurnstileOptions withOvertakes(int calls) {
        Draft draft = new Draft(this);
        draft.overtakes = calls;
        return draft.made();
    }

    /**
     * Sets how many of the places are kept for calls of {@link Lane#CONTROL}; so many fewer are there for the others.
     *
     * @param places 0 or more, and fewer than there are
     * @return the changed settings
     * @throws IllegalArgumentException if no place would be left for the others
     */
    public TurnstileOptions withReservedPlaces(int places) {
        Draft draft = new Draft(this);
        draft.reservedPlaces = places;
        return draft.made();
    }

    /**
     * Sets whether and how a resource that was {@linkplain ResourceSource#isLost lost} is replaced.
     *
     * @param policy how often, and after what time
     * @return the changed settings
     */
    public TurnstileOptions withRestarts(RestartPolicy policy) {
        Draft draft = new Draft(this);
        draft.restarts = policy;
        return draft.made();
    }

    /** All values, of which one is to change. */
    private static final class Draft {
        int capacity;
        String workerName;
        long workerStackSize;
        boolean workerDaemon;
        Duration idleSpin;
        Duration closeLimit;
        Duration stuckAfter;
        List<CallListener> listeners;
        TimeSource timeSource;
        int poolSize;
        int overtakes;
        int reservedPlaces;
        RestartPolicy restarts;

        Draft(TurnstileOptions options) {
            capacity = options.capacity;
            workerName = options.workerName;
            workerStackSize = options.workerStackSize;
            workerDaemon = options.workerDaemon;
            idleSpin = options.idleSpin;
            closeLimit = options.closeLimit;
            stuckAfter = options.stuckAfter;
            listeners = options.listeners;
            timeSource = options.timeSource;
            poolSize = options.poolSize;
            overtakes = options.overtakes;
            reservedPlaces = options.reservedPlaces;
            restarts = options.restarts;
        }

        TurnstileOptions made() {
            return new TurnstileOptions(
                    capacity,
                    workerName,
                    workerStackSize,
                    workerDaemon,
                    idleSpin,
                    closeLimit,
                    stuckAfter,
                    listeners,
                    timeSource,
                    poolSize,
                    overtakes,
                    reservedPlaces,
                    restarts);
        }
    }

    static void require(boolean holds, String setting, Object value, String wanted) {
        if (!holds) {
            throw new IllegalArgumentException(setting + " is " + value + ", but must be " + wanted);
        }
    }
}
