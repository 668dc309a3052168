package dev.turnstile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.turnstile.PrefetchingModel.Request.Work;
import dev.turnstile.testing.Audit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

/** Calls that the resource was handed before their turn keep each promise that the others keep. */
class PrefetchProperties {
    private static final int CAPACITY = 6;
    private static final int ROOM = 4;

    /** What happens is up to the numbers: the last digit says what, the rest which call. */
    @Property(tries = 50_000)
    void callsHandedOver_beginInOrder_once_orNeverIfTheyLeaveBefore(
            @ForAll @Size(max = 80) List<@IntRange(max = 999) Integer> steps) {
        Course course = new Course();
        for (int step : steps) {
            course.take(step);
            Audit.assertAddsUp(course.line.stats());
        }
        course.end();
    }

    /** One line, and what has happened to it. */
    private static final class Course {
        private final Line<PrefetchingModel> line = new Line<>(CAPACITY);
        private final List<Work> begun = new ArrayList<>();
        private final List<BlockingCall<PrefetchingModel, Integer>> calls = new ArrayList<>();
        private final Map<Call<PrefetchingModel, ?>, Work> works = new HashMap<>();
        private PrefetchingModel resource = new PrefetchingModel(ROOM, begun);
        private ManualWorker<PrefetchingModel> worker = ManualWorker.of(line, resource);
        private @Nullable ManualWorker<PrefetchingModel> successor;
        private @Nullable PrefetchingModel resourceOfSuccessor;
        private @Nullable Call<PrefetchingModel, ?> running;
        private boolean isLost;

        private void take(int step) {
            int which = step / 20;
            switch (step % 20) {
                case 0, 1, 2, 3, 4 -> come(Lane.NORMAL, true);
                case 5 -> come(Lane.NORMAL, which % 4 != 0);
                case 6 -> come(which % 8 == 0 ? Lane.HIGH : Lane.NORMAL, true);
                case 7, 8, 9, 10 -> resource.go();
                case 11, 12, 13 -> work();
                case 14, 15 -> leave(which, CallState.CANCELLED);
                case 16 -> tooLate(which);
                case 17 -> relieve(which);
                case 18 -> crash(which);
                default -> close(which);
            }
        }

        private void come(Lane lane, boolean isHandedOver) {
            Work work = new Work(calls.size(), lane, isHandedOver);
            BlockingCall<PrefetchingModel, Integer> call = new BlockingCall<>(work, Deadline.after(Duration.ofDays(1)));
            calls.add(call);
            works.put(call, work);
            line.arrive(call);
        }

        private void leave(int which, CallState end) {
            if (!calls.isEmpty()) {
                BlockingCall<PrefetchingModel, Integer> call = calls.get(which % calls.size());
                CallState before = call.state();
                boolean wasBegun = begun.contains(works.get(call));
                boolean hasLeft = line.leave(call, end);
                assertEquals(before.compareTo(CallState.ABANDONED) < 0, hasLeft);
                if (hasLeft) {
                    assertEquals(wasBegun || before == CallState.RUNNING, call.started(), "as its caller is told");
                }
            }
        }

        private void tooLate(int which) {
            if (!calls.isEmpty()) {
                Objects.requireNonNull(works.get(calls.get(which % calls.size()))).isTooLate = true;
            }
        }

        private void work() {
            if (running == null) {
                running = worker.start();
            } else {
                Call<PrefetchingModel, ?> ended = running;
                CallState outcome = ended.run(resource);
                if (outcome == CallState.FAILED) {
                    assertTrue(resource.isDead(), () -> "only a crash fails a call: " + ended.failure());
                    lose(ended.failure());
                }
                running = worker.end(ended, outcome);
            }
            if (running == null) {
                change();
            }
        }

        private void lose(Throwable cause) {
            assertFalse(isLost && line.isOpen(), "a crash fails one call");
            isLost = true;
            worker.lose(cause);
        }

        /** The worker has found no call: if it is to go, the next one comes. */
        private void change() {
            if (!worker.isToGo()) {
                worker.start();
            }
            if (!worker.isToGo()) {
                return;
            }
            resource.assertNothingWaits();
            if (successor != null && line.isOpen()) {
                worker = successor;
                resource = Objects.requireNonNull(resourceOfSuccessor);
            } else if (isLost && line.isOpen()) {
                resource = new PrefetchingModel(ROOM, begun);
                worker = worker.replace(resource);
            } else {
                line.ended(null);
            }
            successor = null;
            isLost = false;
        }

        private void relieve(int which) {
            if (which % 3 == 0 && line.isOpen() && successor == null && !isLost) {
                resourceOfSuccessor = new PrefetchingModel(ROOM, begun);
                successor = worker.relieve(resourceOfSuccessor);
            }
        }

        private void crash(int which) {
            if (which % 3 == 0) {
                resource.die();
            }
        }

        private void close(int which) {
            if (which % 8 == 0) {
                line.close(Deadline.NEVER);
            } else if (which % 8 == 1 && !line.isOpen()) {
                line.refuseRest();
            }
        }

        private void end() {
            line.close(Deadline.NEVER);
            while (line.state() != TurnstileState.CLOSED) {
                work();
            }
            Audit.assertSettled(line.stats());
            int last = -1;
            for (Work work : begun) {
                assertEquals(begun.indexOf(work), begun.lastIndexOf(work), () -> work + " was begun once");
                if (work.lane() == Lane.NORMAL) {
                    assertTrue(work.number() > last, () -> "in order: " + begun);
                    last = work.number();
                }
            }
            for (BlockingCall<PrefetchingModel, Integer> call : calls) {
                Work work = Objects.requireNonNull(works.get(call));
                boolean wasBegun = begun.contains(work);
                if (call.state() == CallState.COMPLETED) {
                    assertTrue(wasBegun, () -> work + " has a result");
                    assertEquals(work.number(), call.result());
                } else if (!call.started()) {
                    assertFalse(wasBegun, () -> work + " was begun, its caller was told otherwise: " + call.state());
                }
            }
        }
    }
}
