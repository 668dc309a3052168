package dev.turnstile.process;

/**
 * What the child answered.
 *
 * @param kind what the rest means, as both sides have agreed
 * @param code a number that goes with it
 * @param body the bytes; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record Reply(int kind, int code, byte[] body) {}
