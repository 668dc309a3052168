package dev.turnstile.process;

/**
 * What is asked of the child.
 *
 * @param number tells what it logs meanwhile from other lines; not 0
 * @param operation what is to be done, as both sides have agreed
 * @param id a number that goes with it
 * @param head the first part of the request; may be empty
 * @param body the second part; may be empty
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record HostRequest(int number, int operation, int id, byte[] head, byte[] body) {}
