package dev.turnstile.spring.implemented;

/** No client: only what is marked itself is one. */
public interface SubClient extends Client {}
