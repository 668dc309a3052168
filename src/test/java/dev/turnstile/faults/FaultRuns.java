package dev.turnstile.faults;

import dev.turnstile.Turnstile;
import dev.turnstile.testing.Leftovers;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Plays each scenario without harm, and then once for each point that was passed, which throws. In a JVM of its own: what goes wrong leaves
 * threads behind.
 *
 * <p>Arguments: a file for the report; then, if not all, the names of scenarios. Ends with 0 if nothing was found, with 1 if something was.
 */
public final class FaultRuns {
    /** Begins the line that says how a scenario ended, whose name comes next. */
    static final String END = "END";

    private static final int MOST_PASSINGS = 2;
    private static final int MUCH_PATIENCE = 6;
    private static final int IDS = 100_000;
    private static final List<Fault> FAULTS = List.of(Fault.values());

    private final FaultyCode code = new FaultyCode(Turnstile.class);
    private final List<Point> points = code.points();
    private final FaultReport report = new FaultReport();

    /** What need not be done again in another scenario. */
    private final Set<Object> done = new HashSet<>();

    private Theatre theatre;
    private int generation;

    /** Something went wrong, and what is left of it is not to disturb what follows. */
    private boolean isSpoilt = true;

    /** A choice of what is thrown, so that all are. */
    private int turn;

    private int plays;

    /** An aim while the gate is opened, which most scenarios do alike. */
    private record AtOpening(Passage passage, int nth, int passings) {}

    public static void main(String[] arguments) throws Exception {
        Thread main = Thread.currentThread();
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {
            if (thread.equals(main)) { // those of others are many, and meant
                thrown.printStackTrace();
            }
        });
        FaultRuns runs = new FaultRuns();
        runs.renew();
        List<String> scenarios =
                arguments.length > 1 ? List.of(arguments).subList(1, arguments.length) : runs.theatre.scenarios();
        for (String scenario : scenarios) {
            runs.playAll(scenario);
            runs.report.write(Path.of(arguments[0]));
        }
        System.exit(runs.report.findings() == 0 ? 0 : 1);
    }

    /** Loads all classes anew. */
    private void renew() {
        generation++;
        isSpoilt = false;
        try {
            theatre = (Theatre) new FaultyCode.Loader(code, firstId())
                    .loadClass("dev.turnstile.faults.play.Plays")
                    .getConstructor()
                    .newInstance();
        } catch (ClassNotFoundException
                | InstantiationException
                | IllegalAccessException
                | InvocationTargetException
                | NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    private int firstId() {
        return generation % (Integer.MAX_VALUE / IDS) * IDS;
    }

    private void playAll(String scenario) {
        long begun = System.nanoTime();
        int playsBefore = plays;
        int findingsBefore = report.findings();
        renew();
        Watch cold = newWatch(null, 1);
        check(scenario, play(scenario, cold));
        Watch warm = newWatch(null, 1);
        Outcome usual = play(scenario, warm);
        check(scenario, usual);
        Map<Passage, Integer> passed = sorted(warm.passed());
        for (int i = 0; i < 2; i++) {
            Watch again = newWatch(null, 1);
            play(scenario, again);
            again.passed().forEach((passage, count) -> passed.merge(passage, count, Math::max));
        }
        Map<Passage, Integer> atOpening = warm.passedAtOpening();
        passed.forEach(
                (passage, count) -> playEach(scenario, usual, passage, count, atOpening.getOrDefault(passage, 0)));
        Set<Integer> seen = new HashSet<>();
        passed.keySet().forEach(passage -> seen.add(passage.point()));
        for (Passage passage : sorted(cold.passed()).keySet()) {
            Point point = points.get(passage.point());
            if (point.mayThrow() && !seen.contains(passage.point()) && done.add(point.initialises())) {
                play(scenario, usual, passage, 1, oneFault(), true);
            }
        }
        if (report.findings() == findingsBefore) { // otherwise some may be left, as was told
            Leftovers.awaitNoThreads();
        }
        System.out.printf(
                "%s %s %d findings, %d plays, %d ms%n",
                END,
                scenario,
                report.findings() - findingsBefore,
                plays - playsBefore,
                (System.nanoTime() - begun) / 1_000_000);
    }

    private static Map<Passage, Integer> sorted(Map<Passage, Integer> passed) {
        Map<Passage, Integer> sorted =
                new TreeMap<>(Comparator.comparingInt(Passage::point).thenComparing(Passage::thread));
        sorted.putAll(passed);
        return sorted;
    }

    /** @param atOpening how often it was passed before the gate was open */
    private void playEach(String scenario, Outcome usual, Passage passage, int count, int atOpening) {
        Point point = points.get(passage.point());
        for (int nth = 1; point.mayThrow() && nth <= Math.min(MOST_PASSINGS, count); nth++) {
            if (nth > atOpening || done.add(new AtOpening(passage, nth, atOpening))) {
                // What kind it is matters to whoever catches it, who is the same in all scenarios.
                boolean isNew = point.role() != Point.Role.JDK && done.add(passage);
                for (Fault fault : isNew ? FAULTS : List.of(oneFault())) {
                    play(scenario, usual, passage, nth, fault, false);
                }
            }
        }
    }

    private Fault oneFault() {
        return FAULTS.get(turn++ % FAULTS.size());
    }

    private Outcome play(String scenario, Watch watch) {
        plays++;
        Faults.watchedBy(watch);
        Outcome outcome = theatre.play(scenario, watch);
        Faults.watchedBy(null);
        return outcome;
    }

    private Watch newWatch(Watch.Aim aim, int patience) {
        return new Watch(firstId(), points.size(), aim, patience);
    }

    private void check(String scenario, Outcome unharmed) {
        for (Breach breach : unharmed.breaches()) {
            report.add(new Finding(breach, scenario, null, "", 0, null, unharmed.stacks()));
        }
    }

    /** @param isCold whether the gate's classes are to be initialised in it; otherwise what that passes would be counted, too */
    private void play(String scenario, Outcome usual, Passage passage, int nth, Fault fault, boolean isCold) {
        prepare(scenario, isCold);
        List<Finding> findings = play(scenario, usual, passage, nth, fault, 1);
        if (!findings.isEmpty()) {
            // A thread that gets no processor for half a second looks like one that hangs. What is broken is broken
            // again.
            report.doubtful(findings.getFirst());
            prepare(scenario, isCold);
            play(scenario, usual, passage, nth, fault, MUCH_PATIENCE).forEach(report::add);
        }
        isSpoilt |= isCold;
    }

    private void prepare(String scenario, boolean isCold) {
        if (isSpoilt || isCold) {
            renew();
            if (!isCold) {
                play(scenario, newWatch(null, 1));
            }
        }
    }

    private List<Finding> play(String scenario, Outcome usual, Passage passage, int nth, Fault fault, int patience) {
        Point point = points.get(passage.point());
        Watch watch = newWatch(new Watch.Aim(passage, nth, fault, point), patience);
        Outcome outcome = play(scenario, watch);
        List<Breach> breaches = new ArrayList<>(outcome.breaches());
        if (watch.thrown() == null) {
            report.unreached(scenario + ": " + point + " on " + passage.thread() + ", passing " + nth);
        } else {
            report.reached();
            breaches.addAll(compare(scenario, usual, outcome, point, passage.thread()));
        }
        isSpoilt = !breaches.isEmpty();
        return withoutLostClasses(breaches).stream()
                .map(breach -> new Finding(breach, scenario, point, passage.thread(), nth, fault, outcome.stacks()))
                .toList();
    }

    /** What is as it should be by itself may still be worse than it would have been. */
    private List<Breach> compare(String scenario, Outcome usual, Outcome outcome, Point point, String thread) {
        boolean isOfOnlooker = point.role() == Point.Role.ONLOOKER;
        if (outcome.end().equals(Outcome.NOT_OPENED)) {
            if (!usual.end().equals(Outcome.NOT_OPENED)) {
                report.notOpened();
            }
            return List.of();
        }
        if (rank(outcome.end()) > rank(usual.end())) {
            String then = "the gate is " + outcome.end() + " then, otherwise " + usual.end();
            // Where a resource is lost, what lost it may be what was thrown, and to replace it the time is needed.
            boolean isOfUser = point.role() == Point.Role.USER && !outcome.isReplacing();
            if (isOfOnlooker || isOfUser || thread.startsWith("caller")) {
                return List.of(new Breach(Harm.SPREADS, then));
            }
            report.ended(scenario + ": " + point + " on " + thread + ": " + then);
        }
        if (isOfOnlooker && outcome.breaches().isEmpty() && !outcome.ends().equals(usual.ends())) {
            List<String> others = new ArrayList<>(outcome.ends());
            others.removeAll(usual.ends());
            return List.of(new Breach(Harm.SPREADS, "who only looks on changes how calls end: " + others));
        }
        return List.of();
    }

    /** The higher the worse. */
    private static int rank(String end) {
        List<String> ends = List.of("OPEN UP", "OPEN DEGRADED", "OPEN DOWN", "OPEN ?");
        return ends.contains(end) ? ends.indexOf(end) : ends.size();
    }

    /** Where a class cannot be used any more, that is all there is to say, unless something hangs. */
    private static List<Breach> withoutLostClasses(List<Breach> breaches) {
        if (breaches.stream().anyMatch(breach -> breach.harm() == Harm.HANGS)) {
            return breaches;
        }
        return breaches.stream()
                .filter(breach -> breach.what().contains("NoClassDefFoundError"))
                .findFirst()
                .map(breach -> List.of(new Breach(Harm.BREAKS, breach.what())))
                .orElse(breaches);
    }
}
