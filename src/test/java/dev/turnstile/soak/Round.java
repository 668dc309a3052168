package dev.turnstile.soak;

import dev.turnstile.testing.Audit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One round of the soak: some callers, one mix of traffic, and one gate after the other, each closed in another way, under the
 * traffic or after it. All that is random comes from the one seed; who meets whom is up to the scheduler.
 */
final class Round {
    private static final int MOST_LIVES = 3;
    private static final int CALLS = 120_000;
    private static final int MOST_CALLS_EACH = 4_000;

    private final SplittableRandom random;
    private final Stage stage;
    private final Findings findings;
    private final boolean calm;
    private final int callers;
    private final int callsEach;
    private final Traffic traffic;
    private final List<Life> lives = new ArrayList<>();
    private final List<Closing> closings = new ArrayList<>();

    /**
     * Draws a round.
     *
     * @param mostCallers how many callers there may be
     * @param calm no user code throws where it should not
     */
    Round(long seed, int mostCallers, boolean calm, Stage stage) {
        this.random = new SplittableRandom(seed);
        this.stage = stage;
        this.findings = stage.findings();
        this.calm = calm;
        this.callers = (int) Mix.logUniform(random, 1, mostCallers);
        this.callsEach = Math.clamp(random.nextLong(CALLS / 8, CALLS) / callers, 2, MOST_CALLS_EACH);
        this.traffic = new Traffic(Mix.draw(callers, random), callers, callsEach, findings);
    }

    /** Runs it, and looks at everything when it is over. Returns {@code false} if it hangs; that was told then. */
    boolean run() throws InterruptedException, IOException {
        int gates = 1 + random.nextInt(MOST_LIVES);
        long share = (long) callers * callsEach / gates;
        boolean wellBehaved = true;
        for (int i = 0; i < gates && wellBehaved; i++) {
            boolean last = i == gates - 1;
            // The last gate may outlive its callers.
            long closeAt = last && random.nextBoolean() ? Long.MAX_VALUE : random.nextLong(1, share + 1);
            wellBehaved = live(closeAt);
        }
        if (wellBehaved) {
            lives.getLast().next().complete(null);
            wellBehaved = comes(traffic.done(), "the callers go home");
        }
        stage.stranded().alsoDo(() -> {});
        lives.forEach(Life::audit);
        return wellBehaved;
    }

    /** Opens a gate, lets the callers come, and closes it. */
    private boolean live(long closeAt) throws InterruptedException, IOException {
        SplittableRandom own = random.split(); // so that whatever happens here, the rest of the round is the same
        Setup setup = Setup.draw(own, calm);
        Closing closing = Closing.draw(setup, own);
        closings.add(closing);
        Life life =
                new Life(stage.source().open(setup, findings), stage, closeAt, traffic.mostCallsAtOnce(), own.split());
        if (lives.isEmpty()) {
            lives.add(life);
            traffic.start(life, random.split());
            stage.stranded().alsoDo(traffic::look);
        } else {
            Life before = lives.getLast();
            lives.add(life);
            before.next().complete(life);
        }
        if (!comes(CompletableFuture.anyOf(life.ripe(), traffic.done()), "it is time to close, " + closing)) {
            return false;
        }
        return closing.close(life, own, findings) || hangs("the gate is closed, " + closing);
    }

    /** Waits, as long as calls still end meanwhile. */
    private boolean comes(CompletableFuture<?> event, String what) throws InterruptedException {
        long open = -1;
        while (true) {
            try {
                event.get(Audit.PATIENCE.toSeconds(), TimeUnit.SECONDS);
                return true;
            } catch (TimeoutException notYet) {
                long ended = ended();
                if (ended == open) {
                    return hangs(what);
                }
                open = ended;
            } catch (ExecutionException impossible) {
                throw new AssertionError(impossible);
            }
        }
    }

    private long ended() {
        return lives.stream()
                .mapToLong(life -> life.ledger().begun() - life.ledger().open())
                .sum();
    }

    private boolean hangs(String what) {
        findings.add(
                Breach.LOST,
                lives.stream().allMatch(life -> life.ledger().open() == 0) ? 1 : 0,
                () -> what + ": never");
        findings.tell("It hangs: never came true that " + what + "; " + lives.getLast() + "; " + traffic.busy() + " of "
                + callers + " callers are busy. Threads: " + ThreadDump.write());
        return false;
    }

    List<Life> lives() {
        return lives;
    }

    @Override
    public String toString() {
        return callers + " callers, " + callsEach + " calls each, " + lives.size() + " gates " + closings + " "
                + lives.stream().map(Life::setup).toList();
    }
}
