package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Witness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * Whatever ways of calling meet each other, in one gate or a pool that is resized and swapped meanwhile: each action, stage and report sees its own caller's context or,
 * where a carrier fails for that call, none; and a worker keeps nothing.
 */
@Tag("any-java")
class CarriedContextProperties {
    private static final Duration LONG = Duration.ofHours(1);

    private static final ThreadLocal<String> USER = new ThreadLocal<>();

    /** A way of calling. Each returns when its call has ended, except for what runs on without its caller. */
    enum Way {
        CALL,
        TIMED_CALL,
        TRY_CALL,
        SUBMIT,
        SUBMIT_AND_CANCEL,
        SUBMIT_AND_COMPLETE,
        EXPIRE,
        FORKS,
        FIRST_FORK,
        LOW_LANE,
        KEYED,
        CAPTURE_FAILS,
        RESTORE_FAILS,
        FAILS_AFTERWARDS,
        RESIZE,
        SWAP
    }

    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final AtomicInteger callers = new AtomicInteger();
    private final AtomicLong reports = new AtomicLong();

    private static ContextCarrier.Captured capture() {
        String user = USER.get();
        if (user == null) {
            return null;
        }
        if (user.contains("CAPTURE_FAILS")) {
            throw new IllegalStateException("as it captures");
        }
        return code -> {
            if (user.contains("RESTORE_FAILS")) {
                throw new IllegalStateException("as it restores");
            }
            String before = USER.get();
            USER.set(before == null ? user : user + " over " + before);
            try {
                code.run();
            } finally {
                USER.remove();
            }
            if (user.contains("FAILS_AFTERWARDS")) {
                throw new IllegalStateException("afterwards");
            }
        };
    }

    /** Looks at the context where something runs for a caller. */
    private int see(String where, String user) {
        String expected = user.contains("RESTORE_FAILS") ? null : user;
        String seen = USER.get();
        if (!String.valueOf(expected).equals(String.valueOf(seen))) {
            wrong.add(where + " of " + user + " saw " + seen);
        }
        return 1;
    }

    @Property(tries = 200, shrinking = ShrinkingMode.OFF)
    void eachPieceOfCode_seesItsCallersContextAlone(
            @ForAll @Size(min = 2, max = 12) List<Way> ways,
            @ForAll @IntRange(min = 0, max = 2) int instances,
            @ForAll @IntRange(min = 1, max = 4) int capacity)
            throws Exception {
        try (Audit audit = new Audit()) {
            Turnstile<Witness> gate = audit.watch(open(instances, capacity));
            List<Caller<Object>> all = new ArrayList<>();
            for (Way way : ways) {
                String user = way + " " + callers.incrementAndGet();
                all.add(Caller.start(() -> {
                    USER.set(user);
                    use(way, user, gate, audit, instances);
                    return null;
                }));
            }
            all.forEach(Caller::result);
            for (int i = 0; i < 3; i++) {
                assertNull(gate.call(resource -> USER.get()), "a worker keeps nothing");
            }
        }
        assertEquals("", String.join("\n", wrong));
    }

    private Turnstile<Witness> open(int instances, int capacity) throws InterruptedException {
        TurnstileOptions options = TurnstileOptions.defaults()
                .withCapacity(capacity)
                .withPoolSize(instances)
                .withContextCarriers(CarriedContextProperties::capture)
                .withListeners(new CallListener() {
                    @Override
                    public void onEnd(CallReport report) {
                        if (report.tag() != null) {
                            see("the report", report.tag());
                            reports.incrementAndGet();
                        }
                    }
                });
        return Turnstile.<Witness, RuntimeException>open(Witness::new, Witness::close, options);
    }

    private CallRequest<Witness, Integer, RuntimeException> request(Turnstile<Witness> gate, String user) {
        return gate.request((Witness resource) -> see("the action", user)).tagged(user);
    }

    private void use(Way way, String user, Turnstile<Witness> gate, Audit audit, int instances) throws Exception {
        try {
            switch (way) {
                case CALL, CAPTURE_FAILS, RESTORE_FAILS, FAILS_AFTERWARDS ->
                    request(gate, user).call();
                case TIMED_CALL -> request(gate, user).within(LONG).call();
                case TRY_CALL -> request(gate, user).tryCall();
                case SUBMIT -> watch(audit, request(gate, user).submit(), user).join();
                case SUBMIT_AND_CANCEL -> request(gate, user).submit().cancel(false);
                case SUBMIT_AND_COMPLETE -> request(gate, user).submit().complete(2);
                case EXPIRE ->
                    watch(audit, request(gate, user).within(Duration.ofNanos(1)).submit(), user)
                            .join();
                case FORKS -> fork(JoinPolicy.ALL_OUTCOMES, gate, user);
                case FIRST_FORK -> fork(JoinPolicy.FIRST_SUCCESS, gate, user);
                case LOW_LANE -> request(gate, user).inLane(Lane.LOW).call();
                case KEYED -> request(gate, user).withKey(user).call();
                case RESIZE -> {
                    if (instances > 0) {
                        gate.resize(1 + callers.get() % 3);
                    }
                }
                case SWAP -> gate.swap(new SimpleSource<>(Witness::new, Witness::close), LONG);
            }
        } catch (TurnstileFullException | CallTimeoutException asItMayBe) {
            return;
        } catch (IllegalStateException byTheCarrier) {
            if (way != Way.CAPTURE_FAILS && way != Way.RESTORE_FAILS) {
                throw byTheCarrier;
            }
        } catch (SwapException anotherSwapOrResize) {
            if (way != Way.SWAP) {
                throw anotherSwapOrResize;
            }
        }
    }

    /** Adds a stage, which runs on a thread of the library unless the future is done before. */
    private CompletableFuture<Integer> watch(Audit audit, CompletableFuture<Integer> future, String user) {
        return audit.watch(future.handle((result, failure) -> see("the stage", user)));
    }

    private void fork(JoinPolicy policy, Turnstile<Witness> gate, String user) throws Exception {
        try (FanOut<Witness, Integer> block = gate.fanOut(policy)) {
            for (int i = 0; i < 3; i++) {
                block.fork(request(gate, user));
            }
            block.join();
        }
    }
}
