package dev.turnstile.soak;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What all rounds of a soak have in common.
 *
 * @param numbers gives each call its number
 * @param stranded looks at all gates
 */
record Stage(PluginSource source, Findings findings, AtomicLong numbers, StrandedWatch stranded) {}
