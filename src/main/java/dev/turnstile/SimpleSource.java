package dev.turnstile;

/** A source that only opens and closes resources. */
record SimpleSource<R, X extends Exception>(
        ResourceOpener<? extends R, ? extends X> opener, ResourceCloser<? super R> closer)
        implements ResourceSource<R, X> {
    @Override
    public R open() throws X {
        return opener.open();
    }

    @Override
    public void close(R resource) throws Exception {
        closer.close(resource);
    }
}
