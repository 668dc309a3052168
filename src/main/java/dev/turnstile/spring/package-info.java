/**
 * Plugins as beans of a Spring Boot application, from {@code turnstile.plugins.NAME} in its configuration; needs Spring Boot 3.5 or 4 among the dependencies of the application.
 */
@NullMarked
package dev.turnstile.spring;

import org.jspecify.annotations.NullMarked;
