package dev.turnstile.faults.play;

import dev.turnstile.Action;
import dev.turnstile.ContextCarrier;
import dev.turnstile.Lane;
import dev.turnstile.faults.Fault;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.MDC;

/** A call of a scenario: what is done, how often it ran, and what its caller was told. */
final class Work implements Action<Resource, Integer, RuntimeException> {
    static final String CONTEXT = "call";

    /** What {@link #carrier()} has put in place. */
    private static final ThreadLocal<String> CARRIED = new ThreadLocal<>();

    private final int number;
    private final String name;
    private final AtomicInteger runs = new AtomicInteger();
    private Hold latch;
    private boolean fails;
    private volatile boolean isUntracked;
    private Lane lane = Lane.NORMAL;
    private Object key;
    private Runnable inside = () -> {};

    private volatile CompletableFuture<Integer> future;
    private volatile boolean isTold;
    private volatile Integer value;
    private volatile Throwable thrown;
    private volatile boolean isDropped;
    private volatile int runsWhenTold = -1;
    private volatile String version;
    private volatile String foreignContext;

    Work(int number, String name) {
        this.number = number;
        this.name = name;
    }

    /** Stays inside until the latch is opened. */
    Work held(Hold until) {
        latch = until;
        return this;
    }

    Work failing() {
        fails = true;
        return this;
    }

    Work in(Lane other) {
        lane = other;
        return this;
    }

    Work keyed(Object other) {
        key = other;
        return this;
    }

    Work doing(Runnable other) {
        inside = other;
        return this;
    }

    /** Something else is run in its name, and only that its future is completed counts. */
    Work untracked() {
        isUntracked = true;
        return this;
    }

    // ---- the action ----

    @Override
    public Integer run(Resource resource) {
        runs.incrementAndGet();
        version = resource.version();
        look(MDC.get(CONTEXT));
        look(CARRIED.get());
        resource.enter();
        try {
            inside.run();
            if (latch != null) {
                latch.await();
            }
            if (fails) {
                throw new Failure(name);
            }
            return number;
        } finally {
            resource.leave();
        }
    }

    private void look(String context) {
        if (context != null && !context.equals(context())) {
            foreignContext = context;
        }
    }

    @Override
    public String tag() {
        return name;
    }

    @Override
    public long requestSize() {
        return number;
    }

    @Override
    public long responseSize(Integer result) {
        return result;
    }

    @Override
    public Lane lane() {
        return lane;
    }

    @Override
    public Object key() {
        return key;
    }

    /** Carries what the caller's MDC has in another way as well. */
    static ContextCarrier.Captured carrier() {
        String context = MDC.get(CONTEXT);
        return context == null
                ? null
                : code -> {
                    CARRIED.set(context);
                    try {
                        code.run();
                    } finally {
                        CARRIED.remove();
                    }
                };
    }

    // ---- its caller ----

    /** What the caller's MDC has, of every second caller. */
    String context() {
        return number % 2 == 0 ? null : name;
    }

    void returned(Integer result) {
        value = result;
        told();
    }

    void threw(Throwable failure) {
        thrown = Objects.requireNonNull(failure);
        told();
    }

    /** Its block gave it up. */
    void dropped() {
        isDropped = true;
        told();
    }

    private void told() {
        isTold = true;
    }

    /** From here on it must not begin to run if its caller has gone. */
    void nothingMoves() {
        if (isTold && runsWhenTold < 0) {
            runsWhenTold = runs.get();
        }
    }

    void hasFuture(CompletableFuture<Integer> given) {
        future = given;
        try {
            hang(given);
        } catch (Throwable noStage) {
            isUntracked = true;
        }
    }

    /** Notes at once when it is completed. */
    private void hang(CompletableFuture<Integer> given) {
        var unused = given.whenComplete((result, failure) -> {
            if (failure == null) {
                returned(result);
            } else {
                threw(failure);
            }
        });
    }

    CompletableFuture<Integer> future() {
        return future;
    }

    // ---- afterwards ----

    boolean isTold() {
        CompletableFuture<Integer> given = future;
        if (given == null) {
            return isTold;
        }
        return given.isDone() && (isTold || isUntracked);
    }

    boolean isUntracked() {
        return isUntracked;
    }

    int number() {
        return number;
    }

    /** Says what its caller was told. */
    String answer() {
        return thrown == null ? "" + value : Fault.print(thrown);
    }

    Integer value() {
        return value;
    }

    Throwable thrown() {
        return thrown;
    }

    boolean isDropped() {
        return isDropped;
    }

    int runs() {
        return runs.get();
    }

    /** Says whether it began to run when its caller had gone, and nothing moved any more. */
    boolean ranAfterwards() {
        return runsWhenTold >= 0 && runs.get() > runsWhenTold;
    }

    String version() {
        return version;
    }

    String foreignContext() {
        return foreignContext;
    }

    @Override
    public String toString() {
        return "\"" + name + "\"";
    }
}
