package dev.turnstile;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the instances of an open gate say of its {@link Health}. */
final class InstanceHealth {
    private InstanceHealth() {}

    /**
     * @param wanted how many instances there should be
     * @param stuckAfter how long a call may take; 0 for any time
     */
    static Health of(List<InstanceStats> instances, int wanted, Duration stuckAfter) {
        int working = 0;
        String trouble = (wanted - instances.size()) + " instances were given up";
        for (InstanceStats instance : instances) {
            boolean isStuck = !stuckAfter.isZero() && instance.inFlight().compareTo(stuckAfter) >= 0;
            if (instance.state() != InstanceState.DOWN && !isStuck) {
                working++;
            } else if (isStuck) {
                trouble = "instance " + instance.number() + " has been in a call for " + instance.inFlight();
            } else {
                trouble = "instance " + instance.number() + " is being replaced (" + why(instance.lostBy()) + ")";
            }
        }
        String summary = working + " of " + wanted + " instances work";
        if (working >= wanted) {
            return new Health(Health.Status.UP, summary);
        }
        return new Health(working == 0 ? Health.Status.DOWN : Health.Status.DEGRADED, summary + ": " + trouble);
    }

    private static String why(@Nullable Throwable lostBy) {
        return lostBy == null || lostBy.getMessage() == null ? String.valueOf(lostBy) : lostBy.getMessage();
    }
}
