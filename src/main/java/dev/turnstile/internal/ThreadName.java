package dev.turnstile.internal;

/** The name of a thread in a message; virtual threads mostly have no name of their own. */
public final class ThreadName {
    private ThreadName() {}

    /**
     * Returns its name, or its number if it has none.
     *
     * @param thread any one
     * @return such as {@code thread main}
     */
    public static String of(Thread thread) {
        if (!thread.getName().isEmpty()) {
            return "thread " + thread.getName();
        }
        return (thread.isVirtual() ? "virtual thread #" : "thread #") + thread.threadId();
    }

    /**
     * Returns the same for the current thread.
     *
     * @return such as {@code virtual thread #42}
     */
    public static String ofCurrent() {
        return of(Thread.currentThread());
    }
}
