package dev.turnstile.plugin;

/** What a {@link IsolatedPlugin} asks of its {@link PluginHost}. The numbers are those of the protocol that both speak. */
enum HostOperation {
    /** Load and start the library. The head says which, the body is the configuration; the code of the answer has the capabilities. */
    START(0),
    /** Make the plugin in Java whose class the head names. The code of the answer has the capabilities. */
    START_CLASS(1),
    /** A JSON call. The head is the type tag. */
    CALL(2),
    /** A raw call. The id is that of the message. */
    CALL_RAW(3),
    /** Set the log level. The id is its number. */
    SET_LOG_LEVEL(4),
    /** Tell the state, as the code of the answer. */
    STATE(5),
    /** Tell how many requests the plugin's own limiter has refused; the body has the number, in eight bytes. */
    REJECTED_COUNT(6),
    /** Shut the plugin down. */
    SHUT_DOWN(7);

    private static final HostOperation[] ALL = values();

    private final int number;

    HostOperation(int number) {
        this.number = number;
    }

    /** Says whether it is a call of the plugin by a user. */
    boolean isCall() {
        return this == CALL || this == CALL_RAW;
    }

    int number() {
        return number;
    }

    /** Returns the operation of a number. */
    static HostOperation of(int number) {
        for (HostOperation operation : ALL) {
            if (operation.number == number) {
                return operation;
            }
        }
        throw new IllegalArgumentException("There is no operation " + number + " of a plugin's process");
    }
}
