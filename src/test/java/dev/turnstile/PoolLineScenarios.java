package dev.turnstile;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;

/**
 * Scenarios for the {@link Line} of a pool: callers, somebody who gives orders, and two workers, each on a thread. Each two {@linkplain Feature features}
 * meet in one of them; what else happens, and in which order, is random. The same ones every time.
 */
final class PoolLineScenarios {
    private static final int STEPS_OF_A_WORKER = 3;

    /** What may meet. */
    private enum Feature {
        LANES,
        KEYS,
        EACH_SLOT,
        FORKS,
        GROWTH,
        SHRINKING,
        SWAP,
        LOSS_WITH_REPLACEMENT,
        LOSS_FOR_GOOD,
        DEATH,
        CANCELLING,
        RESERVED_PLACES,
        CLOSING
    }

    private final Class<?> operations;
    private final Random random;
    private final List<PoolCaller> names = new ArrayList<>(List.of(PoolCaller.values()));
    private final List<Actor> before = new ArrayList<>();
    private final List<Actor> callers = new ArrayList<>();
    private final List<Actor> orders = new ArrayList<>();
    private final List<Actor> first = new ArrayList<>();
    private final List<Actor> second = new ArrayList<>();

    private PoolLineScenarios(Class<?> operations, long seed) {
        this.operations = operations;
        this.random = new Random(seed);
    }

    /** @param rounds how often each two features meet */
    static List<ExecutionScenario> of(Class<?> operations, int rounds) {
        List<ExecutionScenario> scenarios = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            for (Set<Feature> met : meetings(new Random(round))) {
                scenarios.add(new PoolLineScenarios(operations, 1000L * round + scenarios.size()).scenario(met));
            }
        }
        return scenarios;
    }

    /** Three at a time, so that each two are together at least once. */
    private static List<Set<Feature>> meetings(Random random) {
        List<Feature> features = new ArrayList<>(List.of(Feature.values()));
        Collections.shuffle(features, random);
        List<Set<Feature>> meetings = new ArrayList<>();
        for (Feature one : features) {
            for (Feature other : features) {
                if (one != other && !haveMet(meetings, one, other)) {
                    Set<Feature> meeting = EnumSet.of(one, other);
                    features.stream()
                            .filter(third -> !meeting.contains(third))
                            .min(Comparator.comparing(
                                    third -> haveMet(meetings, one, third) || haveMet(meetings, other, third)))
                            .ifPresent(meeting::add);
                    meetings.add(meeting);
                }
            }
        }
        return meetings;
    }

    private static boolean haveMet(List<Set<Feature>> meetings, Feature one, Feature other) {
        return meetings.stream().anyMatch(meeting -> meeting.contains(one) && meeting.contains(other));
    }

    private ExecutionScenario scenario(Set<Feature> features) {
        before.add(come(PoolCaller.ANN));
        before.add(step(1));
        features.forEach(this::add);
        for (int i = random.nextInt(3); i > 0; i--) {
            before.add(random.nextBoolean() ? step(2) : anyCall());
        }
        while (callers.size() < 2) {
            callers.add(anyCall());
        }
        if (orders.isEmpty()) {
            orders.add(does("look"));
        }
        fill(first, 1);
        fill(second, 2);
        List<Actor> after = new ArrayList<>(List.of(does("look")));
        for (int number = 1; number <= PoolLineOperations.MOST_SLOTS; number++) {
            after.add(step(number));
            after.add(step(number));
        }
        after.add(does("look"));
        return new ExecutionScenario(before, List.of(callers, orders, first, second), after, null);
    }

    private void add(Feature feature) {
        switch (feature) {
            case LANES -> {
                addCallers(PoolCaller.DAN, PoolCaller.EVE);
                callers.add(come(PoolCaller.PAT)); // comes later, and is before one of them
            }
            case KEYS -> {
                before.add(come(PoolCaller.FAY));
                addCallers(random.nextBoolean() ? PoolCaller.GUS : PoolCaller.HAL, PoolCaller.IDA);
            }
            case EACH_SLOT -> addCallers(PoolCaller.JIM, PoolCaller.KIM);
            case FORKS -> {
                before.add(come(PoolCaller.LEO));
                addCallers(PoolCaller.MIA);
                addOrder(does("decide"));
            }
            case GROWTH -> {
                addOrder(does("grow"));
                orders.add(step(3)); // by the same thread, which knows that it is there
            }
            case SHRINKING -> addOrder(does("shrink", 1));
            case SWAP -> { // before the second one is to go
                orders.addFirst(does("swap", 1));
                orders.addFirst(does("swap", 2));
            }
            case LOSS_WITH_REPLACEMENT ->
                first.addAll(List.of(does("lose", 1, true), step(1), step(1), does("replace", 1)));
            case LOSS_FOR_GOOD -> {
                before.add(come(PoolCaller.BOB));
                before.add(step(2));
                second.add(does("lose", 2, false));
            }
            case DEATH -> {
                boolean isFirst = random.nextBoolean();
                (isFirst ? first : second).add(does("die", isFirst ? 1 : 2, random.nextBoolean()));
            }
            case CANCELLING -> {
                PoolCaller pending = taken(PoolCaller.CAT);
                before.add(does("come", pending));
                callers.add(does("leave", pending, random.nextBoolean()));
            }
            case RESERVED_PLACES -> addCallers(PoolCaller.NED, PoolCaller.OLA);
            case CLOSING -> {
                addOrder(does("close", random.nextInt(4) == 0));
                if (random.nextInt(4) == 0) {
                    orders.add(does("refuseRest"));
                }
            }
        }
    }

    private void addCallers(PoolCaller... these) {
        for (PoolCaller name : these) {
            callers.add(random.nextInt(callers.size() + 1), come(name));
        }
    }

    /** Before or behind what is there; a worker's step is not torn from what it belongs to, as it says that nobody is there. */
    private void addOrder(Actor order) {
        orders.add(random.nextBoolean() ? 0 : orders.size(), order);
    }

    private void fill(List<Actor> worker, int number) {
        while (worker.size() < STEPS_OF_A_WORKER) {
            worker.add(random.nextInt(worker.size() + 1), step(number));
        }
    }

    private Actor anyCall() {
        return come(names.get(random.nextInt(names.size())));
    }

    private PoolCaller taken(PoolCaller name) {
        names.remove(name);
        return name;
    }

    private Actor come(PoolCaller name) {
        return does("come", taken(name));
    }

    private Actor step(int number) {
        return does("step", number, random.nextInt(4) != 0);
    }

    private Actor does(String name, Object... arguments) {
        return Interleavings.does(operations, name, arguments);
    }
}
