package dev.turnstile.soak;

import dev.turnstile.Lane;
import dev.turnstile.TurnstileClosedException;
import dev.turnstile.TurnstileDownException;
import dev.turnstile.testing.Audit;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/** Has each instance asked something, whatever comes and goes meanwhile. Each answer is an end of its own. */
final class EachOrder implements Operator.Order {
    private static final List<Lane> LANES = List.of(Lane.values());

    /** Each instance once, and once more if one has gone meanwhile; the same for a swap and for a resize during which the level was set: newcomers are told, too. */
    private static final int ASKED_AT_MOST = 3 * 2 * Setup.MOST_INSTANCES;

    private final Entrance entrance;
    private final Setup setup;
    private final CallLedger ledger;
    private final Findings findings;
    private final Upheavals upheavals;
    private final SplittableRandom random;
    private final List<CompletableFuture<?>> open = new ArrayList<>();

    EachOrder(
            Entrance entrance,
            Setup setup,
            CallLedger ledger,
            Findings findings,
            Upheavals upheavals,
            SplittableRandom random) {
        this.entrance = entrance;
        this.setup = setup;
        this.ledger = ledger;
        this.findings = findings;
        this.upheavals = upheavals;
        this.random = random;
    }

    @Override
    public void give() throws InterruptedException {
        EachCall call = new EachCall(LANES.get(random.nextInt(LANES.size())));
        boolean isKnown = false;
        try {
            List<CompletableFuture<Integer>> answers = entrance.submitToEach(call);
            isKnown = entrance.isWatched();
            ledger.asksEach(answers.size());
            List<CompletableFuture<?>> ends = new ArrayList<>();
            for (CompletableFuture<Integer> answer : answers) {
                ends.add(answer.handle((instance, thrown) -> {
                    ledger.answersEach(call.ends(instance, thrown, entrance, findings));
                    return null;
                }));
            }
            CompletableFuture<?> all = CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
                    .thenRun(() -> call.compare(answers, findings));
            open.removeIf(CompletableFuture::isDone);
            open.add(all);
            upheavals.asked.increment();
        } catch (IllegalStateException gone) {
            upheavals.askedInVain.increment();
            if (!String.valueOf(gone.getMessage()).contains("has gone")) {
                throw gone;
            }
        } catch (TurnstileDownException down) {
            upheavals.askedInVain.increment();
            if (!setup.refusesWhileDown()) {
                throw down;
            }
        } catch (TurnstileClosedException refused) {
            upheavals.askedInVain.increment();
            boolean hasGone = !entrance.isWatched() && refused.getMessage().contains("has gone");
            if (!hasGone) {
                throw refused;
            }
        } finally {
            if (!isKnown) { // how many calls were made before that, and what became of them, only the gate knows
                ledger.mayHaveAskedEach(ASKED_AT_MOST);
            }
        }
    }

    @Override
    public boolean end() throws InterruptedException {
        boolean came = true;
        for (CompletableFuture<?> all : open) {
            came &= EachCall.comes(all, Audit.PATIENCE.toSeconds());
        }
        if (!came) {
            findings.add(Breach.LOST, () -> "an answer of an instance: " + entrance);
        }
        return came;
    }
}
