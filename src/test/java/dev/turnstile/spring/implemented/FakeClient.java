package dev.turnstile.spring.implemented;

/** A plain class, no bean. */
public final class FakeClient implements SubClient {
    @Override
    public Object echo(String request) {
        return "fake";
    }
}
