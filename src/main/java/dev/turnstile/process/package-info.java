/**
 * A process of its own for a plugin: how it is started, how it is called, and what is known of its death. Knows nothing of what a plugin is.
 *
 * <p>The two sides are {@link dev.turnstile.process.HostProcess}, in the application, and {@link dev.turnstile.process.HostChannel}, in the child. Between them
 * are three files that both map into memory and that have no name any more once both have them, and two Unix domain sockets:
 *
 * <ul>
 *   <li>the {@link dev.turnstile.process.ControlBlock}: whose turn it is, and the heads of the request and of the response;
 *   <li>two {@link dev.turnstile.process.SharedArea}s: the bytes of the request, and those of the response;
 *   <li>a socket for log lines, and one whose bytes wake a side that sleeps, where no futex does that.
 * </ul>
 *
 * <p>There is one request at a time. Who has written one moves its number on and wakes the other side if that sleeps ({@link
 * dev.turnstile.process.Sides}). The child's standard input says that the application lives: it ends with it, however it ends.
 */
@NullMarked
package dev.turnstile.process;

import org.jspecify.annotations.NullMarked;
