package dev.turnstile;

import java.time.Duration;

/**
 * How long calls wait for a {@link Turnstile}'s resource and run in it. Means are totals by counts; how the single times
 * are distributed, a {@link CallListener} or a flight recording tells.
 *
 * @param inFlight how long the call in the resource has been there, the longest one of a pool; zero if none is
 * @param oldestWait how long ago the caller came who has waited longest and whose call is not started; zero if none waits
 * @param started how many calls were ever started
 * @param totalWait the time from their coming until they were started, of those
 * @param returned how many calls have returned or thrown, those that were given up included
 * @param totalRun the time in the resource, of those
 */
public record TurnstileTimes(
        Duration inFlight, Duration oldestWait, long started, Duration totalWait, long returned, Duration totalRun) {}
