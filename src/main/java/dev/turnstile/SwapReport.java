package dev.turnstile;

import java.time.Duration;

/**
 * What a swap did.
 *
 * @param switched instances whose place a new one has taken
 * @param waiting instances that were still in a call when the limit passed: the new one is open, and takes their place when the call returns
 * @param elapsed the time from the order on
 */
public record SwapReport(int switched, int waiting, Duration elapsed) {}
