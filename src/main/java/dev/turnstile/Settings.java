package dev.turnstile;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** The values in {@link TurnstileOptions}. Each is valid by itself; {@link #requireSound} checks whether they are valid together. */
record Settings(
        int capacity,
        String workerName,
        long workerStackSize,
        boolean workerDaemon,
        Duration idleSpin,
        Duration closeLimit,
        Duration stuckAfter,
        List<CallListener> listeners,
        List<ContextCarrier> contextCarriers,
        TimeSource timeSource,
        int poolSize,
        int overtakes,
        int reservedPlaces,
        RestartPolicy restarts) {

    private static final Duration LONGEST_SPIN = Duration.ofMillis(10);

    Settings {
        require(capacity >= 1, "capacity", capacity, "1 or more");
        Objects.requireNonNull(workerName, "workerName");
        require(workerStackSize >= 0, "workerStackSize", workerStackSize, "0 (the default) or a number of bytes");
        Objects.requireNonNull(idleSpin, "idleSpin");
        require(
                !idleSpin.isNegative() && idleSpin.compareTo(LONGEST_SPIN) <= 0,
                "idleSpin",
                idleSpin,
                "between 0 and " + LONGEST_SPIN);
        Objects.requireNonNull(closeLimit, "closeLimit");
        require(!closeLimit.isNegative(), "closeLimit", closeLimit, "0 or more");
        Objects.requireNonNull(stuckAfter, "stuckAfter");
        require(!stuckAfter.isNegative(), "stuckAfter", stuckAfter, "0 (never) or more");
        Objects.requireNonNull(timeSource, "timeSource");
        require(
                poolSize >= 0 && poolSize <= TurnstileOptions.MOST_WORKERS,
                "poolSize",
                poolSize,
                "0 (no pool) to " + TurnstileOptions.MOST_WORKERS);
        require(overtakes >= 1, "overtakes", overtakes, "1 or more");
        require(reservedPlaces >= 0, "reservedPlaces", reservedPlaces, "0 or more");
        Objects.requireNonNull(restarts, "restarts");
    }

    /** Refuses values that are not valid together. Not called when a value is set: the next one may make them valid. */
    void requireSound() {
        if (reservedPlaces >= capacity) {
            throw new IllegalArgumentException("reservedPlaces is " + reservedPlaces + " and capacity is " + capacity
                    + ", which leaves no place for other calls than those of Lane.CONTROL: set withReservedPlaces to"
                    + " at most "
                    + (capacity - 1) + ", or withCapacity to more than " + reservedPlaces);
        }
    }

    static void require(boolean holds, String setting, Object value, String wanted) {
        if (!holds) {
            throw new IllegalArgumentException(setting + " is " + value + ", but must be " + wanted);
        }
    }

    /** A mutable copy of the defaults or of other settings, in which one value is changed. */
    static final class Draft {
        int capacity = 100;
        String workerName = "turnstile-worker";
        long workerStackSize;
        boolean workerDaemon = true;
        Duration idleSpin = Runtime.getRuntime().availableProcessors() > 1 ? Duration.ofNanos(20_000) : Duration.ZERO;
        Duration closeLimit = Duration.ofSeconds(30);
        Duration stuckAfter = Duration.ofMinutes(1);
        List<CallListener> listeners = List.of();
        List<ContextCarrier> contextCarriers = List.of();
        TimeSource timeSource = TimeSource.system();
        int poolSize;
        int overtakes = 10;
        int reservedPlaces;
        RestartPolicy restarts = RestartPolicy.never();

        Draft() {}

        Draft(Settings settings) {
            capacity = settings.capacity;
            workerName = settings.workerName;
            workerStackSize = settings.workerStackSize;
            workerDaemon = settings.workerDaemon;
            idleSpin = settings.idleSpin;
            closeLimit = settings.closeLimit;
            stuckAfter = settings.stuckAfter;
            listeners = settings.listeners;
            contextCarriers = settings.contextCarriers;
            timeSource = settings.timeSource;
            poolSize = settings.poolSize;
            overtakes = settings.overtakes;
            reservedPlaces = settings.reservedPlaces;
            restarts = settings.restarts;
        }

        Settings settings() {
            return new Settings(
                    capacity,
                    workerName,
                    workerStackSize,
                    workerDaemon,
                    idleSpin,
                    closeLimit,
                    stuckAfter,
                    listeners,
                    contextCarriers,
                    timeSource,
                    poolSize,
                    overtakes,
                    reservedPlaces,
                    restarts);
        }
    }
}
