package dev.turnstile;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Derives the {@link Health} of an open gate from its instances. */
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
            boolean isOfNoUse = instance.lostBy() != null && instance.state() == InstanceState.SERVING;
            if (instance.state() != InstanceState.DOWN && !isStuck && !isOfNoUse) {
                working++;
            } else if (isOfNoUse) {
                trouble = "instance " + instance.number() + " lost its resource, and no restart is left for it ("
                        + why(instance.lostBy()) + ")";
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
        return GateLog.message(lostBy);
    }
}
