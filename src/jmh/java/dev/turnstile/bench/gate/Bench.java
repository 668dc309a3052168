package dev.turnstile.bench.gate;

import dev.turnstile.testing.TestPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The program behind {@code scripts/bench}: has everything measured, round by round, and writes the report. Its arguments are
 * the parts to measure, {@code --quick} and {@code --write}; or {@code --draw} alone.
 */
final class Bench {
    static final int MANY = 100_000;
    static final int MILLION = 1_000_000;

    /** Room for a million callers, and a collector that has little to do. */
    private static final String ROOMY = "4g";

    private static final String ONE_GIBIBYTE = "1g";

    private final Extent extent;
    private final Set<Part> parts;
    private final List<Sample> samples = new ArrayList<>();

    private Bench(Extent extent, Set<Part> parts) {
        this.extent = extent;
        this.parts = parts;
    }

    /** What can be measured by itself. */
    enum Part {
        LOAD,
        LENGTHS,
        OBSERVED,
        REFUSED,
        HEAP,
        IDLE,
        SCALING,
        CANCEL,
        FUTURES,
        START,
        POOL,
        ISOLATION;

        static Set<Part> among(List<String> arguments) {
            Set<Part> parts = EnumSet.allOf(Part.class);
            parts.removeIf(part -> !arguments.contains(part.name().toLowerCase(Locale.ROOT)));
            return parts;
        }
    }

    public static void main(String[] arguments) throws Exception {
        List<String> options = List.of(arguments);
        Path directory = Path.of("target", "bench");
        if (options.contains("--draw")) {
            new Plots(Samples.read(directory.resolve(Report.SAMPLES))).write(directory, "");
            return;
        }
        Bench bench = new Bench(Extent.of(options), Part.among(options));
        List<String> failures = new ArrayList<>();
        try {
            bench.measure();
        } catch (ChildFailedException failed) {
            failures.add(failed.getMessage());
        }
        bench.samples.addAll(BindingResults.read(directory));
        Report report = new Report(new Samples(bench.samples), Machine.here(), bench.extent);
        report.write(directory);
        System.out.print(report.screen());
        if (options.contains("--write")) {
            MeasurementsPage.write(report);
        }
        failures.forEach(failure -> System.err.println("scripts/bench: " + failure));
        System.exit(failures.isEmpty() ? 0 : 1);
    }

    /** The rounds are the outer loop: whatever else the machine does meanwhile meets all contestants alike. */
    private void measure() throws IOException, InterruptedException, ChildFailedException {
        for (int round = 0; round < extent.rounds(); round++) {
            if (parts.contains(Part.LOAD)) {
                for (Contestant contestant : extent.contestants()) {
                    run(ROOMY, LoadProgram.class, contestant.name(), round);
                }
            }
            if (parts.contains(Part.LENGTHS)) {
                for (Contestant contestant : Extent.WITH_LENGTHS) {
                    run(ROOMY, LengthsProgram.class, contestant.name(), round);
                }
            }
            if (parts.contains(Part.OBSERVED)) {
                run(ROOMY, ObservedProgram.class, Contestant.TURNSTILE.name(), round);
                for (Contestant contestant : Contestant.OBSERVED) {
                    run(ROOMY, ObservedProgram.class, contestant.name(), round);
                }
            }
            if (parts.contains(Part.REFUSED)) {
                run(ROOMY, RefusedProgram.class, Contestant.TURNSTILE.name(), round);
            }
            if (parts.contains(Part.HEAP)) {
                run(ROOMY, BlockedProgram.class, BlockedProgram.BARE_PARK, round, MANY);
                for (Contestant contestant : extent.waiting()) {
                    run(ROOMY, BlockedProgram.class, contestant.name(), round, MANY);
                }
            }
            if (parts.contains(Part.CANCEL)) {
                run(ROOMY, CancelProgram.class, Contestant.TURNSTILE.name(), round);
            }
            if (parts.contains(Part.FUTURES)) {
                run(ROOMY, FuturesProgram.class, FuturesProgram.SUBJECT, round);
            }
            if (parts.contains(Part.START)) {
                Start.measure(round, extent.isQuick() ? 2 : 5, samples::add);
            }
            if (parts.contains(Part.POOL)) {
                run(ROOMY, PoolProgram.class, PoolProgram.SUBJECT, round);
            }
        }
        if (parts.contains(Part.ISOLATION)) {
            measureIsolation();
        }
        if (parts.contains(Part.SCALING)) {
            run(ROOMY, ScalingProgram.class, Contestant.TURNSTILE.name(), 0);
        }
        if (parts.contains(Part.IDLE)) {
            for (Contestant contestant : extent.waiting()) {
                run(ROOMY, IdleProgram.class, contestant.name(), 0);
            }
        }
        if (parts.contains(Part.POOL)) {
            measurePool();
        }
        if (parts.contains(Part.HEAP)) {
            tryMillion();
        }
    }

    private void measureIsolation() throws IOException, InterruptedException, ChildFailedException {
        List<Isolated> whereItCrashes =
                List.of(Isolated.NATIVE_HOST, Isolated.NATIVE_HOST_SPARE, Isolated.JVM, Isolated.JVM_SPARE);
        for (int round = 0; round < extent.rounds(); round++) {
            for (Isolated where : Isolated.values()) {
                if (!where.isolation().hasSpareProcess()) {
                    run(ROOMY, IsolationProgram.class, where.name(), round);
                }
            }
            for (Isolated where : whereItCrashes) {
                run(ROOMY, CrashProgram.class, where.name(), round);
            }
        }
    }

    private void measurePool() throws IOException, InterruptedException, ChildFailedException {
        for (Guarded guarded : Guarded.values()) {
            run(ROOMY, SwapProgram.class, guarded.name(), 0);
        }
        for (String library : List.of(PanicProgram.C, PanicProgram.RUST)) {
            if (Files.exists(TestPlugins.library(library))) {
                for (Guarded guarded : Guarded.values()) {
                    run(ROOMY, PanicProgram.class, PanicProgram.subject(guarded, library), 0);
                }
            }
        }
        run(ROOMY, LanesProgram.class, LanesProgram.SUBJECT, 0);
    }

    /** It may not fit: then that is the result. */
    private void tryMillion() throws IOException, InterruptedException {
        try {
            if (!extent.isQuick()) {
                run(ONE_GIBIBYTE, BlockedProgram.class, BlockedProgram.BARE_PARK, 0, MILLION);
            }
            run(ONE_GIBIBYTE, BlockedProgram.class, Contestant.TURNSTILE.name(), 0, MILLION);
        } catch (ChildFailedException doesNotFit) {
            System.err.println(doesNotFit.getMessage());
            samples.add(new Sample(Contestant.TURNSTILE.name(), 0, Measure.ANSWERED, MILLION, 0));
        }
    }

    private void run(String heap, Class<?> program, String subject, int round, Object... more)
            throws IOException, InterruptedException, ChildFailedException {
        List<String> arguments = new ArrayList<>(List.of(subject, String.valueOf(round)));
        for (Object argument : more) {
            arguments.add(argument.toString());
        }
        long start = System.nanoTime();
        if (extent.isQuick()) {
            arguments.add(Extent.QUICK);
        }
        new Child(heap, samples::add).run(program, arguments.toArray(String[]::new));
        System.err.printf(
                Locale.ROOT,
                "%s %s: %.0f s%n",
                program.getSimpleName(),
                String.join(" ", arguments),
                (System.nanoTime() - start) / 1e9);
    }
}
