package dev.turnstile.plugin;

/** How a {@link PluginHost} answers. The numbers are those of the protocol. */
enum HostAnswer {
    /** It is done; the body is what came of it. */
    DONE(0),
    /** The plugin answered with an error: the code and the body of an {@link ErrorReply}. */
    ERROR(1),
    /** It was not loaded or did not start; the body says why. */
    NOT_LOADED(2),
    /** The plugin says that it did not stop properly; the body has its words. */
    NOT_STOPPED(3),
    /** The plugin lacks what was asked for; the body says so. */
    UNSUPPORTED(4),
    /** There was no memory for it in the process; the body says so. */
    NO_MEMORY(5),
    /** Something else was thrown; the body says what. */
    THREW(6);

    /** The code of {@link #NOT_LOADED} and {@link #NOT_STOPPED} if the application is to add what the plugin logged. */
    static final int ADD_LINES = 1;

    /** The code of {@link #NOT_LOADED} if the body lists the exports that are missing, with commas between them. */
    static final int MISSING = 2;

    private static final HostAnswer[] ALL = values();

    private final int number;

    HostAnswer(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    /** Returns the answer of a number; one that nobody knows is a failure. */
    static HostAnswer of(int number) {
        for (HostAnswer answer : ALL) {
            if (answer.number == number) {
                return answer;
            }
        }
        return THREW;
    }
}
