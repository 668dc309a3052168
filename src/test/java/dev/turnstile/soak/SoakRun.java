package dev.turnstile.soak;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Round after round until the time is over, and then the one line. */
final class SoakRun {
    private static final int WARM_UP_ROUNDS = 4;
    private static final int FEW = 100;
    private static final Duration BETWEEN_PROGRESS = Duration.ofSeconds(10);

    private final SoakOptions options;
    private final PrintStream out;
    private final Findings findings;
    private final SplittableRandom seeds;
    private final AtomicLong numbers = new AtomicLong();
    private final GateTotals gates = new GateTotals();
    private final Map<End, Long> ends = new EnumMap<>(End.class);
    private final long start = System.nanoTime();
    private int rounds;

    SoakRun(SoakOptions options, PrintStream out) {
        this.options = options;
        this.out = out;
        this.findings = new Findings(out);
        this.seeds = new SplittableRandom(options.seed());
    }

    /** Returns whether all went well. */
    boolean run() throws InterruptedException {
        out.println("Soaking for " + options.duration().toSeconds() + " s on Java "
                + Runtime.version().feature() + ", seed " + options.seed());
        try (PluginSource source = new PluginSource();
                StrandedWatch stranded = new StrandedWatch(findings)) {
            stranded.start();
            soak(new Stage(source, findings, numbers, stranded));
            out.println(source.upheavals());
        } catch (RuntimeException | Error | IOException unexpected) {
            findings.add(Breach.WRONG, () -> "the soak was ended by " + unexpected);
            unexpected.printStackTrace(out);
        }
        out.println(gates);
        out.println(summary());
        return findings.isEmpty();
    }

    private void soak(Stage stage) throws InterruptedException, IOException {
        LeakCheck leakCheck = new LeakCheck(stage.source(), findings);
        WarmUp warmUp = new WarmUp(stage, options.calm());
        boolean goesOn = warmUp.run();
        warmUp.lives().forEach(this::addEnds);
        leakCheck.afterRound();
        if (goesOn && round(stage, leakCheck, Math.min(FEW, options.mostCallers()))) {
            try (PinnedWatch pinned = new PinnedWatch(findings)) {
                pinned.start();
                soakUntilTheTimeIsOver(stage, leakCheck);
            }
        }
        out.println(leakCheck.compare());
    }

    private void soakUntilTheTimeIsOver(Stage stage, LeakCheck leakCheck) throws InterruptedException, IOException {
        long progressAt = BETWEEN_PROGRESS.toNanos();
        while (elapsed() < options.duration().toNanos()) {
            if (!round(stage, leakCheck, options.mostCallers())) {
                return;
            }
            if (rounds == WARM_UP_ROUNDS) {
                leakCheck.remember();
            }
            if (elapsed() >= progressAt) {
                progressAt = elapsed() + BETWEEN_PROGRESS.toNanos();
                out.println(summary());
            }
        }
    }

    private boolean round(Stage stage, LeakCheck leakCheck, int mostCallers) throws InterruptedException, IOException {
        Round round = new Round(seeds.nextLong(), mostCallers, options.calm(), stage);
        rounds++;
        long begun = elapsed();
        boolean goesOn = round.run();
        if (options.verbose()) {
            out.printf("round %d: %d ms, %s%n", rounds, (elapsed() - begun) / 1_000_000, round);
        }
        round.lives().forEach(this::addEnds);
        leakCheck.afterRound();
        return goesOn;
    }

    private void addEnds(Life life) {
        gates.add(life.entrance().stats());
        for (End end : End.values()) {
            ends.merge(end, life.ledger().count(end), Long::sum);
        }
    }

    private long elapsed() {
        return System.nanoTime() - start;
    }

    /** The one line. */
    private String summary() {
        String outcomes = Stream.of(End.values())
                .map(end -> String.format(Locale.ROOT, "%s %,d", end.label(), ends.getOrDefault(end, 0L)))
                .collect(Collectors.joining(", "));
        return String.format(
                Locale.ROOT,
                "soak of %d s, seed %d: %d rounds, %,d calls: %s; %s",
                Duration.ofNanos(elapsed()).toSeconds(),
                options.seed(),
                rounds,
                numbers.get(),
                outcomes,
                findings);
    }
}
