package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Calls of {@code moment}, a tag of the plugin {@code crashes}, made by many threads at once: what each has answered, and whether those that stand in one line were carried
 * out in the order in which they came, by the clock of the processes.
 */
final class Moments {
    private final AtomicLong steps = new AtomicLong();
    private final Map<Object, Queue<Stay>> lines = new ConcurrentHashMap<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    /** What the plugin answers. */
    record Moment(long pid, long at, Asked request) {}

    /** What it was asked: who asks, and how often that one has asked before. */
    record Asked(int caller, int call) {}

    /** A call between its entry into a line, which lies between two steps, and its moment in the plugin. */
    private record Stay(long before, long after, Moment moment) {}

    /** A call that has been submitted; {@code line} is what must not be overtaken in. */
    record Submitted(Object line, Asked asked, long before, long after, CompletableFuture<Moment> future) {}

    /** Submits a call, and returns when it is in the line. */
    Submitted submit(PluginRequest<String> request, Object line, Asked asked) throws InterruptedException {
        long before = steps.incrementAndGet();
        CompletableFuture<Moment> future = request.as(Moment.class).submit();
        return new Submitted(line, asked, before, steps.incrementAndGet(), future);
    }

    /** Waits for the end of a call, and keeps what came of it. */
    void settle(Submitted call) throws InterruptedException {
        try {
            Moment moment = call.future.get(5, TimeUnit.MINUTES);
            assertEquals(call.asked, moment.request, "each has its own answer");
            lines.computeIfAbsent(call.line, line -> new ConcurrentLinkedQueue<>())
                    .add(new Stay(call.before, call.after, moment));
        } catch (ExecutionException failed) {
            failures.add(failed.getCause());
        } catch (java.util.concurrent.TimeoutException hangs) {
            throw new AssertionError(call.toString(), hangs);
        }
    }

    List<Throwable> failures() {
        return List.copyOf(failures);
    }

    /** The processes that have answered. */
    Set<Long> pids() {
        Set<Long> pids = new HashSet<>();
        lines.values().forEach(line -> line.forEach(stay -> pids.add(stay.moment.pid)));
        return pids;
    }

    /** Who was in a line before another one came must have been in the plugin before that one. */
    void assertOrder() {
        lines.forEach((line, calls) -> {
            List<Stay> stays = new ArrayList<>(calls);
            stays.sort(Comparator.comparingLong(stay -> stay.moment.at));
            long firstOfThoseBehind = Long.MAX_VALUE;
            for (Stay stay : stays.reversed()) {
                if (firstOfThoseBehind < stay.before) {
                    throw new AssertionError("Overtaken in " + line + ": " + stays);
                }
                firstOfThoseBehind = Math.min(firstOfThoseBehind, stay.after);
            }
        });
    }
}
