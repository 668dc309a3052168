package dev.turnstile.comparison;

import dev.turnstile.testing.Witness;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Who is compared. */
public enum Contender {
    TUTORIAL("the tutorial's wrapper", "", TutorialGate::new),
    EXECUTOR("single-thread executor", "", ExecutorGate::new),
    SEMAPHORE("fair `Semaphore` and executor, by hand", "", SemaphoreGate::new),
    RESILIENCE4J_SEMAPHORE("Resilience4j `Bulkhead`", "resilience4j-bulkhead", Resilience4jSemaphoreGate::new),
    RESILIENCE4J_THREAD_POOL(
            "Resilience4j `ThreadPoolBulkhead`", "resilience4j-bulkhead", Resilience4jThreadPoolGate::new),
    FAILSAFE("Failsafe `Bulkhead`", "failsafe", FailsafeGate::new),
    JOX("jox `ActorRef`", "structured", JoxGate::new),
    TURNSTILE("Turnstile", "", TurnstileGate::new);

    private final String label;
    private final String artifact;

    @SuppressWarnings("ImmutableEnumChecker") // a constructor
    private final Opener opener;

    Contender(String label, String artifact, Opener opener) {
        this.label = label;
        this.artifact = artifact;
        this.opener = opener;
    }

    @FunctionalInterface
    private interface Opener {
        Gate open(Supplier<Witness> resource, int capacity, Duration closeLimit) throws Exception;
    }

    /** The name, with the version of its jar on the class path. */
    public String label() {
        Matcher jar = Pattern.compile("[/\\\\]" + artifact + "-(\\d[^/\\\\]*)\\.jar")
                .matcher(System.getProperty("java.class.path"));
        return artifact.isEmpty() || !jar.find() ? label : label + " " + jar.group(1);
    }

    /** The name alone. */
    String shortLabel() {
        return label;
    }

    /**
     * Opens the resource and a gate before it.
     *
     * @param capacity how many calls may be pending, for those that have such a bound to set
     * @param closeLimit how long closing may let calls run, for those that have such a limit to set
     */
    public Gate open(Supplier<Witness> resource, int capacity, Duration closeLimit) throws Exception {
        return opener.open(resource, capacity, closeLimit);
    }
}
