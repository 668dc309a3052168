package dev.turnstile.comparison;

import dev.turnstile.testing.Witness;

/** What one call does with the resource. */
@FunctionalInterface
public interface Work<T> {
    T run(Witness resource) throws Exception;
}
