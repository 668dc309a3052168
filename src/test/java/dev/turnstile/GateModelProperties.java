package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.testing.Audit;
import dev.turnstile.testing.CallEnd;
import dev.turnstile.testing.Caller;
import dev.turnstile.testing.Counts;
import dev.turnstile.testing.EntryPoint;
import dev.turnstile.testing.Eventually;
import dev.turnstile.testing.Witness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * Promises 2, 3, 5, 6, 7 and 8: random programs over thousands of callers, step by step against the {@link GateModel}.
 *
 * <p>Each step waits until the gate has come to rest, that is, until its counts are the model's; so a program has one
 * outcome, and a failure can be replayed. What jqwik prints of it is, besides its seed, the shrunk program, for instance
 * {@code 2/0/10: SUBMIT*3 CALL*1@LOW CANCEL*1 RETURN*1}; and that is what {@code -Dturnstile.test.program=...} takes.
 */
class GateModelProperties {
    /** What happens in a step; {@code n} is how many callers come, or which one of those who have not ended is meant. */
    enum Verb {
        CALL,
        TIMED_CALL,
        TRY_CALL,
        SUBMIT,
        TIMED_SUBMIT,
        TRY_SUBMIT,
        EXPIRING_CALL,
        EXPIRING_SUBMIT,
        CANCEL,
        COMPLETE,
        RETURN,
        THROW,
        THROW_ERROR,
        SHUTDOWN,
        CLOSE_NOW
    }

    record Step(Verb verb, int n, Lane lane) {
        static Step parse(String text) {
            String[] parts = text.split("[*@]", -1);
            return new Step(
                    Verb.valueOf(parts[0]),
                    Integer.parseInt(parts[1]),
                    parts.length > 2 ? Lane.valueOf(parts[2]) : Lane.NORMAL);
        }

        @Override
        public String toString() {
            return verb + "*" + n + (lane == Lane.NORMAL ? "" : "@" + lane);
        }
    }

    /** The numbers of all places, of the reserved ones, and of calls that may overtake. */
    record Shape(int capacity, int reserved, int overtakes) {
        static Shape parse(String text) {
            String[] numbers = text.strip().split("/", -1);
            return new Shape(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]), Integer.parseInt(numbers[2]));
        }

        @Override
        public String toString() {
            return capacity + "/" + reserved + "/" + overtakes;
        }
    }

    record Program(Shape shape, List<Step> steps) {
        /** The inverse of {@link #toString}. */
        static Program parse(String text) {
            String[] parts = text.split(":", 2);
            return new Program(
                    Shape.parse(parts[0]),
                    Stream.of(parts[1].strip().split("\\s+")).map(Step::parse).toList());
        }

        @Override
        public String toString() {
            return shape + ": "
                    + String.join(" ", steps.stream().map(Step::toString).toList());
        }
    }

    @Provide
    Arbitrary<Program> programs() {
        Arbitrary<Verb> verbs = Arbitraries.frequency(
                Tuple.of(6, Verb.CALL),
                Tuple.of(3, Verb.TIMED_CALL),
                Tuple.of(3, Verb.TRY_CALL),
                Tuple.of(6, Verb.SUBMIT),
                Tuple.of(3, Verb.TIMED_SUBMIT),
                Tuple.of(3, Verb.TRY_SUBMIT),
                Tuple.of(2, Verb.EXPIRING_CALL),
                Tuple.of(2, Verb.EXPIRING_SUBMIT),
                Tuple.of(10, Verb.CANCEL),
                Tuple.of(2, Verb.COMPLETE),
                Tuple.of(14, Verb.RETURN),
                Tuple.of(3, Verb.THROW),
                Tuple.of(3, Verb.THROW_ERROR),
                Tuple.of(1, Verb.SHUTDOWN),
                Tuple.of(1, Verb.CLOSE_NOW));
        Arbitrary<Lane> anyLane = Arbitraries.frequencyOf(
                Tuple.of(2, Arbitraries.just(Lane.NORMAL)), Tuple.of(3, Arbitraries.of(Lane.class)));
        Arbitrary<Integer> capacities = Arbitraries.frequencyOf(
                Tuple.of(2, Arbitraries.integers().between(1, 4)),
                Tuple.of(1, Arbitraries.integers().between(5, 300)));
        Arbitrary<Shape> shapes = Combinators.combine(
                        capacities,
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.integers().between(1, 5))
                .as((capacity, reserved, overtakes) ->
                        new Shape(capacity, Math.min(reserved, capacity - 1), overtakes));
        // In half of the programs all calls are ordinary ones: the gate goes another way then.
        return Arbitraries.of(true, false)
                .flatMap(ordinary -> Combinators.combine(
                                shapes,
                                Combinators.combine(
                                                verbs,
                                                Arbitraries.integers().between(1, 120),
                                                ordinary ? Arbitraries.just(Lane.NORMAL) : anyLane)
                                        .as(Step::new)
                                        .list()
                                        .ofMinSize(1)
                                        .ofMaxSize(80))
                        .as(Program::new));
    }

    @Property(tries = 250)
    void theGateDoesWhatItsModelDoes(@ForAll("programs") Program program) throws Exception {
        run(program);
    }

    /** Many callers outside, of whom any may go, behind few places. */
    @Property(tries = 5)
    void theGateDoesWhatItsModelDoes_withThousandsOfCallers(
            @ForAll @IntRange(min = 1, max = 20) int capacity,
            @ForAll @Size(min = 300, max = 300) List<@IntRange(min = 0, max = 2500) Integer> leaving)
            throws Exception {
        List<Step> steps = new ArrayList<>(
                List.of(new Step(Verb.CALL, 1500, Lane.NORMAL), new Step(Verb.SUBMIT, 1500, Lane.NORMAL)));
        for (int i = 0; i < leaving.size(); i++) {
            steps.add(new Step(i % 5 == 4 ? Verb.RETURN : Verb.CANCEL, leaving.get(i), Lane.NORMAL));
        }
        run(new Program(new Shape(capacity, 0, 10), steps));
    }

    @Example
    void replayed() throws Exception {
        run(Program.parse(System.getProperty(
                "turnstile.test.program",
                "2/0/3: SUBMIT*3 CALL*2@LOW CANCEL*3 CANCEL*0 THROW_ERROR*1 CALL*1@HIGH RETURN*1 CLOSE_NOW*1 CALL*1")));
    }

    @Property(tries = 100)
    void aProgram_isReadBackFromWhatIsPrinted(@ForAll("programs") Program program) {
        assertEquals(program, Program.parse(program.toString()));
    }

    private static void run(Program program) throws Exception {
        try (Audit audit = new Audit()) {
            new Run(audit, program.shape).run(program.steps);
        }
    }

    /** One call, and its caller. */
    private record Made(int number, Caller<CallEnd> caller, CompletableFuture<CompletableFuture<Integer>> future) {}

    /** How the call in the resource is to end. */
    private enum Fate {
        RETURN,
        THROW,
        THROW_ERROR
    }

    private static final class Run {
        private final GateModel model;
        private final Turnstile<Witness> gate;
        private final List<Made> made = new ArrayList<>();
        private final ConcurrentLinkedQueue<Integer> ran = new ConcurrentLinkedQueue<>();
        private final BlockingQueue<Fate> fates = new LinkedBlockingQueue<>();

        Run(Audit audit, Shape shape) throws InterruptedException {
            this.model = new GateModel(shape.capacity, shape.reserved, shape.overtakes);
            this.gate = audit.watch(Turnstile.<Witness, RuntimeException>open(
                    Witness::new,
                    Witness::close,
                    TurnstileOptions.defaults()
                            .withCapacity(shape.capacity)
                            .withReservedPlaces(shape.reserved)
                            .withOvertakes(shape.overtakes)));
        }

        void run(List<Step> steps) {
            try {
                for (Step step : steps) {
                    take(step);
                }
                while (model.isBusy()) {
                    letGo(Fate.RETURN);
                }
                model.shutdown();
                gate.shutdown();
                rest();
            } finally {
                gate.shutdown();
                while (gate.stats().running() + gate.stats().pending() > 0) { // after a failure
                    fates.add(Fate.RETURN);
                }
            }
            for (Made call : made) {
                assertEquals(model.ends().get(call.number), call.caller.result(), () -> "end of call " + call.number);
            }
            assertEquals(model.ran(), List.copyOf(ran));
        }

        private void take(Step step) {
            switch (step.verb) {
                case RETURN -> letGo(Fate.RETURN);
                case THROW -> letGo(Fate.THROW);
                case THROW_ERROR -> letGo(Fate.THROW_ERROR);
                case CANCEL -> giveUp(step.n, false);
                case COMPLETE -> giveUp(step.n, true);
                case SHUTDOWN -> {
                    model.shutdown();
                    gate.shutdown();
                    rest();
                }
                case CLOSE_NOW -> {
                    model.closeNow();
                    gate.close(Duration.ZERO);
                    rest();
                }
                case EXPIRING_CALL -> expire(EntryPoint.TIMED_CALL, step.lane);
                case EXPIRING_SUBMIT -> expire(EntryPoint.TIMED_SUBMIT, step.lane);
                default -> {
                    for (int i = 0; i < step.n; i++) {
                        EntryPoint entry = EntryPoint.valueOf(step.verb.name());
                        model.arrive(make(entry, step.lane, Duration.ofHours(1)), step.lane, entry.waitsForPlace());
                        rest();
                    }
                }
            }
        }

        private int make(EntryPoint entry, Lane lane, Duration limit) {
            int number = made.size();
            CompletableFuture<CompletableFuture<Integer>> submitted = new CompletableFuture<>();
            Action<Witness, Integer, Exception> action = DescribedAction.inLane(lane, resource -> {
                ran.add(number);
                return switch (fates.take()) {
                    case RETURN -> resource.use(number);
                    case THROW -> throw new CallEnd.AsTold();
                    case THROW_ERROR -> throw new CallEnd.ErrorAsTold();
                };
            });
            Caller<CallEnd> caller = Caller.start(() -> CallEnd.of(() -> {
                if (!entry.hasFuture()) {
                    return entry.run(gate, action, limit);
                }
                CompletableFuture<Integer> future = entry.submit(gate, action, limit);
                submitted.complete(future);
                return CallEnd.outcome(future);
            }));
            made.add(new Made(number, caller, entry.hasFuture() ? submitted : null));
            return number;
        }

        /** Comes with a limit that passes while the resource is busy. */
        private void expire(EntryPoint entry, Lane lane) {
            if (model.isBusy()) {
                int number = make(entry, lane, Duration.ofMillis(1));
                model.arrive(number, lane, true);
                model.giveUp(number, GateModel.Tally.EXPIRED);
                rest();
            }
        }

        private void giveUp(int n, boolean byCompleting) {
            List<Made> open = made.stream()
                    .filter(call -> !model.ends().containsKey(call.number))
                    .toList();
            if (open.isEmpty()) {
                return;
            }
            Made call = open.get(n % open.size());
            if (call.future == null || model.isOutside(call.number)) {
                call.caller.interrupt();
            } else if (byCompleting) {
                call.future.join().completeExceptionally(new CallCancelledException(model.isInResource(call.number)));
            } else {
                assertTrue(call.future.join().cancel(true));
            }
            model.giveUp(call.number, GateModel.Tally.CANCELLED);
            // The counts do not tell that the caller of a running call has gone.
            assertEquals(model.ends().get(call.number), call.caller.result());
            rest();
        }

        private void letGo(Fate fate) {
            if (model.isBusy()) {
                model.letGo(fate == Fate.RETURN);
                fates.add(fate);
                rest();
            }
        }

        /** Waits until the gate is where the model is. */
        private void rest() {
            TurnstileStats expected = model.stats();
            Eventually.isTrue(
                    () -> model.state() + " " + expected + " as in the model, and not " + gate,
                    () -> Counts.of(gate.stats()).equals(expected)
                            && gate.state() == model.state()
                            && ran.size() == model.ran().size());
        }
    }
}
