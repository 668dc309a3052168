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
 *     processor
 * @param closeLimit how long {@link Turnstile#close()} lets calls in the line run, by default 30 seconds
 * @param stuckAfter how long a call may be in the resource before that is reported: as a warning in the log with the worker's
 *     stack, to the listeners, and in a flight recording; 0 for never, by default one minute
 * @param listeners who else learns of the ends of calls, by default nobody; unmodifiable
 * @param timeSource what all limits are measured by, by default {@link TimeSource#system()}
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
        TimeSource timeSource) {

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
                TimeSource.system());
    }

    /**
     * Sets how many calls may be pending.
     *
     * @param places 1 or more
     * @return the changed settings
     * @throws IllegalArgumentException if there would be no place
     */
    public TurnstileOptions withCapacity(int places) {
        return new TurnstileOptions(
                places,
                workerName,
                workerStackSize,
                workerDaemon,
                idleSpin,
                closeLimit,
                stuckAfter,
                listeners,
                timeSource);
    }

    /**
     * Sets the name of the worker thread.
     *
     * @param name as thread dumps and log lines shall show it
     * @return the changed settings
     */
    public TurnstileOptions withWorkerName(String name) {
        return new TurnstileOptions(
                capacity, name, workerStackSize, workerDaemon, idleSpin, closeLimit, stuckAfter, listeners, timeSource);
    }

    /**
     * Sets the stack size of the worker thread. Native code that recurses deeply runs on this stack.
     *
     * @param bytes the size in bytes, 0 for the JVM's default
     * @return the changed settings
     * @throws IllegalArgumentException if the size is negative
     */
    public TurnstileOptions withWorkerStackSize(long bytes) {
        return new TurnstileOptions(
                capacity, workerName, bytes, workerDaemon, idleSpin, closeLimit, stuckAfter, listeners, timeSource);
    }

    /**
     * Sets whether the worker is a daemon thread.
     *
     * @param daemon {@code false} keeps the JVM running until the gate is closed
     * @return the changed settings
     */
    public TurnstileOptions withWorkerDaemon(boolean daemon) {
        return new TurnstileOptions(
                capacity, workerName, workerStackSize, daemon, idleSpin, closeLimit, stuckAfter, listeners, timeSource);
    }

    /**
     * Sets how long an idle worker looks for the next call before it parks.
     *
     * @param time 0 (not at all) to 10 ms; the worker uses a processor for that long after each run of calls
     * @return the changed settings
     * @throws IllegalArgumentException if the time is negative or longer
     */
    public TurnstileOptions withIdleSpin(Duration time) {
        return new TurnstileOptions(
                capacity,
                workerName,
                workerStackSize,
                workerDaemon,
                time,
                closeLimit,
                stuckAfter,
                listeners,
                timeSource);
    }

    /**
     * Sets how long {@link Turnstile#close()} lets calls in the line run before it refuses the rest.
     *
     * @param limit 0 or more
     * @return the changed settings
     * @throws IllegalArgumentException if the limit is negative
     */
    public TurnstileOptions withCloseLimit(Duration limit) {
        return new TurnstileOptions(
                capacity,
                workerName,
                workerStackSize,
                workerDaemon,
                idleSpin,
                limit,
                stuckAfter,
                listeners,
                timeSource);
    }

    /**
     * Sets how long a call may be in the resource before that is reported, once for each call.
     *
     * @param time 0 for never
     * @return the changed settings
     * @throws IllegalArgumentException if the time is negative
     */
    public TurnstileOptions withStuckAfter(Duration time) {
        return new TurnstileOptions(
                capacity, workerName, workerStackSize, workerDaemon, idleSpin, closeLimit, time, listeners, timeSource);
    }

    /**
     * Sets who else learns of the ends of calls. Each listener has a thread of its own while there is something to tell.
     *
     * @param all never called on the worker; those that were set before no longer are
     * @return the changed settings
     */
    public TurnstileOptions withListeners(CallListener... all) {
        return new TurnstileOptions(
                capacity,
                workerName,
                workerStackSize,
                workerDaemon,
                idleSpin,
                closeLimit,
                stuckAfter,
                List.of(all),
                timeSource);
    }

    /**
     * Sets what all limits are measured by: those of calls, of fan-outs and of closing. What is left of a {@link TimeLimit} when a call is
     * made counts in this time too.
     *
     * @param source the system's time, or a test's
     * @return the changed settings
     */
    public TurnstileOptions withTimeSource(TimeSource source) {
        return new TurnstileOptions(
                capacity,
                workerName,
                workerStackSize,
                workerDaemon,
                idleSpin,
                closeLimit,
                stuckAfter,
                listeners,
                source);
    }

    private static void require(boolean holds, String setting, Object value, String wanted) {
        if (!holds) {
            throw new IllegalArgumentException(setting + " is " + value + ", but must be " + wanted);
        }
    }
}
