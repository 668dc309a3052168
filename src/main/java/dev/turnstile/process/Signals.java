package dev.turnstile.process;

import java.util.Map;

/** The names of the signals that end processes; their numbers are the same on Linux and macOS but for SIGBUS, SIGUSR1 and SIGSYS. */
final class Signals {
    private static final int BASE = 128;
    private static final int MOST = 64;

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(1, "SIGHUP"),
            Map.entry(2, "SIGINT"),
            Map.entry(3, "SIGQUIT"),
            Map.entry(4, "SIGILL"),
            Map.entry(5, "SIGTRAP"),
            Map.entry(6, "SIGABRT"),
            Map.entry(7, "SIGBUS"),
            Map.entry(8, "SIGFPE"),
            Map.entry(9, "SIGKILL"),
            Map.entry(11, "SIGSEGV"),
            Map.entry(13, "SIGPIPE"),
            Map.entry(14, "SIGALRM"),
            Map.entry(15, "SIGTERM"),
            Map.entry(24, "SIGXCPU"),
            Map.entry(25, "SIGXFSZ"),
            Map.entry(31, "SIGSYS"));

    private Signals() {}

    /** Says what an exit code means. */
    static String cause(int exitCode) {
        int signal = exitCode - BASE;
        if (signal <= 0 || signal > MOST) {
            return "exit code " + exitCode;
        }
        return NAMES.getOrDefault(signal, "signal " + signal);
    }
}
