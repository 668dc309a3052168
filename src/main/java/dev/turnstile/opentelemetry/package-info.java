/** Spans of a gate's calls for OpenTelemetry; needs {@code opentelemetry-api} among the dependencies of the application. */
@NullMarked
package dev.turnstile.opentelemetry;

import org.jspecify.annotations.NullMarked;
