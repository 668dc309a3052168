/**
 * Ready {@linkplain dev.turnstile.ContextCarrier carriers} of what surrounds a caller: {@link dev.turnstile.context.SnapshotCarrier} needs Micrometer's
 * {@code context-propagation} among the dependencies of the application, {@link dev.turnstile.context.ScopedValueCarrier} needs Java 25.
 */
@NullMarked
package dev.turnstile.context;

import org.jspecify.annotations.NullMarked;
