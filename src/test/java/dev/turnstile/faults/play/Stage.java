package dev.turnstile.faults.play;

import dev.turnstile.Action;
import dev.turnstile.CallListener;
import dev.turnstile.CallReport;
import dev.turnstile.FanOut;
import dev.turnstile.Fork;
import dev.turnstile.JoinPolicy;
import dev.turnstile.ResourceSource;
import dev.turnstile.RestartPolicy;
import dev.turnstile.StuckCall;
import dev.turnstile.Turnstile;
import dev.turnstile.TurnstileOptions;
import dev.turnstile.faults.Breach;
import dev.turnstile.faults.Harm;
import dev.turnstile.faults.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.slf4j.MDC;

/**
 * What a scenario is played on. Each step is made on a thread of its own and left alone until nothing moves any more: so the order is the same
 * each time, and nobody has to know what a step that throws does not do.
 */
final class Stage {
    static final Duration HOUR = Duration.ofHours(1);

    private final Watch watch;
    private final WatchedTime time;
    private final List<Step> steps = new ArrayList<>();
    private final List<Work> works = new ArrayList<>();
    private final List<Source> sources = new ArrayList<>();
    private final List<Hold> latches = new ArrayList<>();
    private final List<Breach> breaches = new CopyOnWriteArrayList<>();
    private final List<String> stacks = new ArrayList<>();
    private final AtomicInteger reports = new AtomicInteger();
    private final AtomicInteger stuckReports = new AtomicInteger();
    private Source source;
    private boolean isReplacing;
    private Turnstile<Resource> gate;

    Stage(Watch watch) {
        this.watch = watch;
        this.time = new WatchedTime(watch);
    }

    // ---- what is there ----

    Watch watch() {
        return watch;
    }

    Turnstile<Resource> gate() {
        return gate;
    }

    boolean hasGate() {
        return gate != null;
    }

    /** Says whether the gate replaces what it loses. */
    boolean isReplacing() {
        return isReplacing;
    }

    /** The source of the gate's first resources. */
    Source source() {
        return source;
    }

    List<Source> sources() {
        return sources;
    }

    List<Step> steps() {
        return steps;
    }

    List<Work> works() {
        return works;
    }

    List<Breach> breaches() {
        return breaches;
    }

    void breach(Harm harm, String what) {
        breaches.add(new Breach(harm, what));
    }

    /** Something never comes to an end; the first time the threads are noted. */
    void hangs(String what) {
        breach(Harm.HANGS, what);
        if (stacks.isEmpty()) {
            for (Thread thread : watch.living()) {
                stacks.add(stackOf(thread));
            }
        }
    }

    private static String stackOf(Thread thread) {
        StringBuilder text = new StringBuilder(thread.getName() + " " + thread.getState());
        Arrays.stream(thread.getStackTrace())
                .map(StackTraceElement::toString)
                .filter(frame -> !frame.contains("jdk.internal.") && !frame.contains("java.lang.VirtualThread"))
                .limit(14)
                .forEach(frame -> text.append("\n        ").append(frame.replaceAll(".*//", "")));
        return text.toString();
    }

    List<String> stacks() {
        return stacks;
    }

    int reports() {
        return reports.get();
    }

    int stuckReports() {
        return stuckReports.get();
    }

    /** Counts, and throws at what it is told of each failed call. */
    CallListener listener() {
        return new CallListener() {
            @Override
            public void onEnd(CallReport report) {
                reports.incrementAndGet();
                if (report.failure() instanceof Failure) {
                    throw new Failure("listener");
                }
            }

            @Override
            public void onStuck(StuckCall call) {
                stuckReports.incrementAndGet();
            }
        };
    }

    // ---- steps ----

    TurnstileOptions options() {
        return TurnstileOptions.defaults()
                .withCapacity(2)
                .withIdleSpin(Duration.ZERO)
                .withStuckAfter(Duration.ZERO)
                .withTimeSource(time);
    }

    /** Replaces what is lost at once. */
    static RestartPolicy restarts(int budget) {
        return RestartPolicy.limited(budget, HOUR.multipliedBy(24)).withDelays(Duration.ZERO, Duration.ZERO);
    }

    /** Of resources that no failure loses. */
    Source newSource(String version) {
        return newSource(version, failure -> false);
    }

    Source newSource(String version, Predicate<Throwable> losing) {
        Source made = new Source(version, losing);
        sources.add(made);
        return made;
    }

    void open(TurnstileOptions options) {
        open(options, newSource("first"));
    }

    void open(TurnstileOptions options, Source from) {
        source = from;
        isReplacing = options.restarts().budget() > 0;
        start("open", false, () -> gate = Turnstile.open((ResourceSource<Resource, RuntimeException>) from, options));
        watch.opened();
        requireGate();
    }

    /** Without a gate there is nothing more to do. */
    void requireGate() {
        if (gate == null) {
            throw new NoGate();
        }
    }

    static final class NoGate extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    Step step(String name, Callable<?> body) {
        return step(name, false, body);
    }

    private Step step(String name, boolean onPlatform, Callable<?> body) {
        requireGate();
        return start(name, onPlatform, body);
    }

    private Step start(String name, boolean onPlatform, Callable<?> body) {
        Step step = new Step(name, onPlatform, body);
        steps.add(step);
        watch.takesPart(step.thread());
        step.thread().start();
        settle();
        return step;
    }

    void settle() {
        watch.settle();
        works.forEach(Work::nothingMoves);
    }

    /** Waits until something is so, some time passing if need be: what was lost may be replaced later than otherwise. */
    boolean becomes(BooleanSupplier condition) {
        settle();
        for (int i = 0; i < 5 && !condition.getAsBoolean(); i++) {
            advance(Duration.ofSeconds(3));
        }
        return watch.becomes(condition);
    }

    void advance(Duration by) {
        time.advance(by);
        settle();
    }

    void interrupt(Step step) {
        step.interrupt();
        settle();
    }

    Hold latch() {
        Hold latch = new Hold(watch);
        latches.add(latch);
        return latch;
    }

    void release(Hold latch) {
        latch.open();
        settle();
    }

    void releaseAll() {
        latches.forEach(Hold::open);
        settle();
    }

    // ---- calls ----

    Work work(String name) {
        Work work = new Work(works.size() + 1, name);
        works.add(work);
        return work;
    }

    /** What makes a call and returns its result. */
    interface Entry {
        Integer call(Turnstile<Resource> gate, Action<Resource, Integer, RuntimeException> action) throws Exception;
    }

    /** What makes a call and returns its future. */
    interface FutureEntry {
        CompletableFuture<Integer> call(Turnstile<Resource> gate, Action<Resource, Integer, RuntimeException> action)
                throws Exception;
    }

    Step waits(String name, Work work, Entry entry) {
        return waits(name, false, work, entry);
    }

    Step waits(String name, boolean onPlatform, Work work, Entry entry) {
        requireGate();
        return step(name, onPlatform, () -> {
            inContext(work);
            try {
                Integer result = entry.call(gate, work);
                work.returned(result);
                return result;
            } catch (Throwable thrown) {
                work.threw(thrown);
                return "told";
            }
        });
    }

    Step submits(String name, Work work, FutureEntry entry) {
        requireGate();
        return step(name, () -> {
            inContext(work);
            CompletableFuture<Integer> future;
            try {
                future = entry.call(gate, work);
            } catch (Throwable thrown) {
                work.threw(thrown);
                return "told";
            }
            work.hasFuture(future);
            return "has a future";
        });
    }

    private static void inContext(Work work) {
        if (work.context() != null) {
            MDC.put(Work.CONTEXT, work.context());
        }
    }

    Step call(Work work) {
        return waits("call", work, Turnstile::call);
    }

    Step callWithin(Work work) {
        return waits("call within a limit", work, (to, action) -> to.call(action, HOUR));
    }

    Step tryCall(Work work) {
        return waits("tryCall", work, Turnstile::tryCall);
    }

    Step submit(Work work) {
        return submits("submit", work, Turnstile::submit);
    }

    Step submitWithin(Work work) {
        return submits("submit within a limit", work, (to, action) -> to.submit(action, HOUR));
    }

    Step trySubmit(Work work) {
        return submits("trySubmit", work, Turnstile::trySubmit);
    }

    /** Cancels a future, if there is one. */
    Step cancel(Work work) {
        return step("cancel", () -> work.future() != null && work.future().cancel(true));
    }

    Step swap(Source next) {
        return step("swap", () -> gate.swap(next, HOUR));
    }

    /** Opens a block, forks, joins, and notes what became of each fork. */
    Step forks(JoinPolicy policy, Duration limit, List<Work> forked) {
        requireGate();
        return step("forks", () -> {
            List<Fork<Integer>> forks = new ArrayList<>();
            try (FanOut<Resource, Integer> block = limit == null ? gate.fanOut(policy) : gate.fanOut(policy, limit)) {
                for (Work work : forked) {
                    forks.add(block.fork(work));
                }
                block.join();
            } finally {
                forked.forEach(Work::dropped);
                for (int i = 0; i < forks.size(); i++) {
                    note(forked.get(i), forks.get(i));
                }
            }
            return "joined";
        });
    }

    private void note(Work work, Fork<Integer> fork) {
        switch (fork.state()) {
            case SUCCESS -> work.returned(work.number());
            case UNAVAILABLE -> breach(Harm.LIES, "after its block was closed a fork is " + fork);
            default -> {}
        }
    }
}
