package dev.turnstile.soak;

/** What a call does when it runs. */
enum Deed {
    /** Returns at once, without the plugin. */
    NOTHING(4),
    /** Has the plugin give its number back. */
    ECHO(4),
    /** Has the plugin answer with an error. */
    PLUGIN_ERROR(1),
    /** Keeps the plugin busy for some ten microseconds. */
    SPIN(0.2),
    /** Keeps the plugin for some milliseconds. Only where few callers make it possible that workers sleep meanwhile. */
    LINGERS(0.2),
    /** Has the plugin answer with ten thousand bytes. */
    BIG(0.1),
    /** Throws an exception. */
    EXCEPTION(0.5),
    /** Throws an {@code Error}, of those that a JVM throws. */
    ERROR(0.5),
    /** Throws an exception that cannot be printed. Only where user code may throw. */
    UNPRINTABLE(0.5),
    /** Leaves a resource that is of no more use. Only where that is replaced. */
    POISON(0.05),
    /** Interrupts its own thread, the worker. */
    INTERRUPTS_ITSELF(0.2),
    /** Calls the gate from the worker, which must be refused. */
    CALLS_AGAIN(0.2),
    /** Stays inside the plugin until its gate is opened. Only for closing. */
    BLOCK(0),
    /** Closes the gate from the worker. Only for closing. */
    CLOSES(0);

    private final double usualShare;

    Deed(double usualShare) {
        this.usualShare = usualShare;
    }

    /** How often it comes, against the others; zero for what only closing does. */
    double usualShare() {
        return usualShare;
    }
}
