package dev.turnstile.plugin;

import java.util.Optional;
import java.util.Set;

/** The ways in which the plugin {@code crashes} ends its process, and what is to be known of each. */
enum Crash {
    SEGV("segv", "SIGSEGV"),
    SEGV_IN_THREAD("segv_in_thread", "SIGSEGV"),
    ABORT("abort", "SIGABRT"),
    EXIT("exit", "exit code 3"),
    EXIT_AT_ONCE("_exit", "exit code 4"),
    OVERFLOW("overflow", "SIGSEGV"),
    LOG_AND_SEGV("log_and_segv", "SIGSEGV"),
    PRINT_AND_ABORT("print_and_abort", "SIGABRT"),
    LEAVE_CHILD_AND_SEGV("leave_child_and_segv", "SIGSEGV"),
    /** These end only if somebody kills them. */
    LOOP("loop", null),
    HANG("hang", null),
    STOP("stop", null),
    LEAVE_CHILD_AND_HANG("leave_child_and_hang", null);

    /** What the system says for a signal that Java's virtual machine catches and then raises in its own way. */
    private static final Set<Crash> WITH_FRAME = Set.of(SEGV, SEGV_IN_THREAD, LOG_AND_SEGV, LEAVE_CHILD_AND_SEGV);

    private final String way;
    private final String reason;

    Crash(String way, String reason) {
        this.way = way;
        this.reason = reason;
    }

    /** The type tag. */
    String way() {
        return way;
    }

    /** Empty for those that must be killed. */
    Optional<String> reason() {
        return Optional.ofNullable(reason);
    }

    boolean hasFrame() {
        return WITH_FRAME.contains(this);
    }
}
