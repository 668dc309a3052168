package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.CallCancelledException;
import dev.turnstile.CallInterruptedException;
import dev.turnstile.CallTimeoutException;
import dev.turnstile.TurnstileClosedException;
import dev.turnstile.TurnstileStats;
import dev.turnstile.plugin.CodecTest.TypedEntry;
import dev.turnstile.testing.Audit;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.NativeProbe;
import dev.turnstile.testing.TestPlugins;
import dev.turnstile.testing.Uninterruptibly;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * Promise 5 as a matrix: a call is given up at every step of its way, in every way, by every entry point that can. Before it is
 * in the plugin it never comes there; in the plugin it runs on, without its caller; and a response that is there is its caller's,
 * who may take his time to read it. (What lies between taking a call and starting it: {@code GivingUpAtTheWorkerTest}.)
 */
@ParameterizedClass
@MethodSource("dev.turnstile.plugin.Host#contract")
class GivingUpMatrixTest {
    @Parameter
    Host host;

    private static final int HOLD = 0;
    private static final int CALL = 1;
    private static final Map<String, Integer> REQUEST = Map.of("gate", CALL);
    private static final Duration LONG = Duration.ofHours(1);

    /** How far the call has come when it is given up. */
    enum Step {
        BEFORE,
        OUTSIDE,
        PENDING,
        RUNNING,
        DECODING,
        AFTER;

        boolean isBefore(Step other) {
            return compareTo(other) < 0;
        }
    }

    /** How it is given up. */
    enum Way {
        INTERRUPT(CallInterruptedException.class),
        CANCEL(CallCancelledException.class),
        DEADLINE(CallTimeoutException.class),
        CLOSE(TurnstileClosedException.class);

        private final Class<? extends Throwable> thrown;

        Way(Class<? extends Throwable> thrown) {
            this.thrown = thrown;
        }

        /** What the exception says of whether the plugin had begun. */
        static boolean started(Throwable thrown) {
            return switch (thrown) {
                case CallInterruptedException interrupted -> interrupted.started();
                case CallCancelledException cancelled -> cancelled.started();
                case CallTimeoutException expired -> expired.started();
                case TurnstileClosedException refused -> refused.started();
                default -> throw new AssertionError(thrown);
            };
        }

        /** Whether there is such a thing: who has no future cannot cancel, who has one is not the thread to interrupt. */
        boolean exists(Step step, TypedEntry entry) {
            boolean waitsForAPlace = !entry.name().startsWith("TRY_");
            boolean timed = entry.name().startsWith("TIMED_");
            if (step == Step.OUTSIDE && !waitsForAPlace) {
                return false;
            }
            return switch (this) {
                case INTERRUPT ->
                    step.isBefore(entry.hasFuture() ? Step.PENDING : Step.AFTER) && entry != TypedEntry.TRY_SUBMIT;
                case CANCEL -> entry.hasFuture() && !step.isBefore(Step.PENDING);
                case DEADLINE -> timed;
                case CLOSE -> true;
            };
        }
    }

    static Stream<Arguments> matrix() {
        return Arrays.stream(Step.values())
                .flatMap(step -> Arrays.stream(Way.values())
                        .flatMap(way -> Arrays.stream(TypedEntry.values())
                                .filter(entry -> way.exists(step, entry))
                                .map(entry -> Arguments.of(step, way, entry))));
    }

    @RegisterExtension
    final Audit audit = new Audit();

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("matrix")
    void givenUp_atAStep_goesAsFarAsItHadCome(Step step, Way way, TypedEntry entry) throws Exception {
        Duration limit = Duration.ofMillis(5);
        while (!new Scene(step, way, entry, limit).play()) {
            limit = limit.multipliedBy(2); // on this machine, today, it passed before the call had come so far
        }
    }

    /** The answer to {@code block}. */
    record Gate(int gate) {}

    /** One call, what stands in its way, and how it is given up. */
    private final class Scene {
        private final CountDownLatch decoding = new CountDownLatch(1);
        private final CountDownLatch mayDecode = new CountDownLatch(1);
        private final Step step;
        private final Way way;
        private final TypedEntry entry;
        private final Duration limit;
        private final NativeProbe probe;
        private final SynchronizedPlugin plugin;

        private int others; // calls that are there to be in the way
        private volatile boolean interruptKept;

        Scene(Step step, Way way, TypedEntry entry, Duration limit) throws InterruptedException {
            this.step = step;
            this.way = way;
            this.entry = entry;
            this.limit = way != Way.DEADLINE ? LONG : step == Step.BEFORE ? Duration.ZERO : limit;
            Path library = TestPlugins.privateCopy("turnstile_demo", directory);
            this.probe = host.probe(library);
            this.plugin = audit.watch(SynchronizedPlugin.load(
                    library,
                    PluginConfig.defaults().withLogLevel(LogLevel.OFF),
                    host.inPlace(library).withCapacity(1).withMapper(mapper())));
        }

        /** Returns {@code false} if the limit was too short for the call to come to the step. */
        boolean play() throws Exception {
            try {
                putOthersInTheWay();
                long begin = System.nanoTime();
                Caller<Object> call = Caller.start(this::call);
                Eventually.isTrue("the call has come to " + step, () -> isAtTheStep(call) || isOver(call));
                if (!isAtTheStep(call)) {
                    assertInstanceOf(CallTimeoutException.class, outcome(call));
                    return false;
                }
                giveUp(call, begin);
                mayDecode.countDown();
                Object outcome = outcome(call);
                if (step == Step.AFTER && outcome instanceof CallTimeoutException) {
                    return false;
                }
                assertOutcome(outcome);
                assertCounts();
                return true;
            } finally {
                mayDecode.countDown();
                probe.openGate(HOLD);
                probe.openGate(CALL);
                plugin.close(Audit.PATIENCE);
            }
        }

        private void putOthersInTheWay() {
            if (step != Step.RUNNING) {
                probe.openGate(CALL);
            }
            if (step == Step.OUTSIDE || step == Step.PENDING) {
                audit.watch(plugin.request("block", "{\"gate\":" + HOLD + "}").trySubmit());
                probe.awaitEntered(HOLD, 1);
                others++;
            }
            if (step == Step.OUTSIDE) {
                audit.watch(plugin.request("null", "{}").trySubmit());
                others++;
            }
            if (step == Step.BEFORE && way == Way.CLOSE) {
                plugin.close(Duration.ZERO);
            }
        }

        /** Returns the response, the future, or what was thrown. */
        private Object call() {
            if (step == Step.BEFORE && way == Way.INTERRUPT) {
                Thread.currentThread().interrupt();
            }
            try {
                return switch (entry) {
                    case CALL -> plugin.call("block", REQUEST, Gate.class);
                    case TIMED_CALL -> plugin.call("block", REQUEST, Gate.class, limit);
                    case TRY_CALL ->
                        plugin.request("block", REQUEST).as(Gate.class).tryCall();
                    case SUBMIT -> audit.watch(plugin.submit("block", REQUEST, Gate.class));
                    case TIMED_SUBMIT ->
                        audit.watch(plugin.request("block", REQUEST)
                                .as(Gate.class)
                                .within(limit)
                                .submit());
                    case TRY_SUBMIT ->
                        audit.watch(
                                plugin.request("block", REQUEST).as(Gate.class).trySubmit());
                };
            } catch (Throwable thrown) {
                return thrown;
            } finally {
                interruptKept = Thread.currentThread().isInterrupted();
            }
        }

        private boolean isAtTheStep(Caller<Object> call) {
            return switch (step) {
                case BEFORE -> true;
                case OUTSIDE -> plugin.waitingCount() == 1;
                case PENDING -> plugin.pendingCount() == 1;
                case RUNNING -> probe.call("turnstile_gate_entered", CALL) == 1;
                case DECODING -> decoding.getCount() == 0;
                case AFTER -> isOver(call);
            };
        }

        /** Of a call that has returned a future is done; to look at the decoder's step the test waits for the decoder. */
        private boolean isOver(Caller<Object> call) {
            boolean isOver =
                    call.isDone() && (!(call.result() instanceof CompletableFuture<?> future) || future.isDone());
            // After that: it may end between two looks.
            return isOver && !(step == Step.DECODING && plugin.stats().completed() == 1);
        }

        private void giveUp(Caller<Object> call, long begin) {
            if (step == Step.BEFORE) {
                return; // it was
            }
            switch (way) {
                case INTERRUPT -> call.interrupt();
                case CANCEL ->
                    assertEquals(step.isBefore(Step.DECODING), ((CompletableFuture<?>) call.result()).cancel(true));
                case DEADLINE ->
                    Eventually.isTrue("the limit has passed", () -> System.nanoTime() - begin > limit.toNanos());
                case CLOSE -> plugin.close(Duration.ZERO);
            }
        }

        private static Object outcome(Caller<Object> call) throws Exception {
            return call.result() instanceof CompletableFuture<?> future
                    ? future.handle((Object result, Throwable thrown) -> thrown == null ? result : thrown)
                            .get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    : call.result();
        }

        private void assertOutcome(Object outcome) {
            if (step.isBefore(Step.DECODING)) {
                assertInstanceOf(way.thrown, outcome);
                assertEquals(step == Step.RUNNING, Way.started((Throwable) outcome));
            } else {
                assertEquals(new Gate(CALL), outcome);
            }
            boolean interruptedLate = way == Way.INTERRUPT && step == Step.DECODING;
            assertEquals(
                    interruptedLate, interruptKept, "an interrupt is spent by the exception that tells of it, or kept");
        }

        private void assertCounts() {
            probe.openGate(HOLD);
            probe.openGate(CALL);
            assertTrue(plugin.close(Audit.PATIENCE).resourceClosed());
            assertEquals(step.isBefore(Step.RUNNING) ? 0 : 1, probe.call("turnstile_gate_entered", CALL));
            assertEquals(0, probe.count("outstanding_buffers"));
            assertEquals(0, probe.count("double_frees"));
            assertEquals(0, probe.count("overlaps"));
            assertEquals(1, probe.count("shutdowns"));

            TurnstileStats stats = plugin.stats();
            Audit.assertSettled(stats);
            boolean inTheLine = !step.isBefore(Step.PENDING);
            boolean lost = inTheLine && step.isBefore(Step.DECODING);
            boolean came = step == Step.OUTSIDE || (step == Step.BEFORE && way == Way.CLOSE);
            int refusedOthers = way == Way.CLOSE ? others : 0;
            assertEquals(others + (inTheLine ? 1 : 0), stats.accepted());
            assertEquals(others - refusedOthers + (inTheLine && !lost ? 1 : 0), stats.completed());
            assertEquals(lost && (way == Way.INTERRUPT || way == Way.CANCEL) ? 1 : 0, stats.cancelled());
            assertEquals(lost && way == Way.DEADLINE ? 1 : 0, stats.expired());
            assertEquals(refusedOthers + (lost && way == Way.CLOSE ? 1 : 0), stats.refused());
            assertEquals(came ? 1 : 0, stats.notAdmitted());
            assertEquals(0, stats.failed());
        }

        /** Reads a {@link Gate} when it is let. */
        private JsonMapper mapper() {
            return JsonMapper.builder()
                    .addModule(new SimpleModule().addDeserializer(Gate.class, new ValueDeserializer<Gate>() {
                        @Override
                        public Gate deserialize(JsonParser json, DeserializationContext context) {
                            decoding.countDown();
                            if (step == Step.DECODING) {
                                Uninterruptibly.await(mayDecode);
                            }
                            return new Gate(context.readTree(json).path("gate").asInt());
                        }
                    }))
                    .build();
        }
    }
}
