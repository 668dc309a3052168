package dev.turnstile.faults;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What was not as promised, and where.
 *
 * @param point {@code null} if nothing was thrown
 * @param thread on which kind of thread
 * @param nth at which passing
 * @param stacks of the threads, if something hung
 */
record Finding(Breach breach, String scenario, Point point, String thread, int nth, Fault fault, List<String> stacks) {
    private static final Pattern LOST_CLASS = Pattern.compile("Could not initialize class ([\\w.$]+)");

    String where() {
        if (point == null) {
            return "nothing was thrown";
        }
        Matcher lost = LOST_CLASS.matcher(breach.what());
        return breach.harm() == Harm.BREAKS && lost.find()
                ? "initialiser of " + lost.group(1) + ", first used on " + thread
                : point + " on " + thread;
    }

    /** Tells it from other runs. */
    String run() {
        return scenario + "/" + nth + "/" + fault;
    }
}
