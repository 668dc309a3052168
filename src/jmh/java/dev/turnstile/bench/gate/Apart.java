package dev.turnstile.bench.gate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Moves texts apart that would stand on each other. */
final class Apart {
    private Apart() {}

    /**
     * Moves places as little as needed. Those that are too near to each other stand evenly round their middle then.
     *
     * @param wanted from 0 to 1
     * @param gap the least distance between two; half of it is left at either end
     * @return the new places, in the same order
     */
    static double[] move(double[] wanted, double gap) {
        List<Integer> upwards = IntStream.range(0, wanted.length)
                .boxed()
                .sorted(Comparator.comparingDouble(index -> wanted[index]))
                .toList();
        List<Group> groups = new ArrayList<>();
        for (int rank = 0; rank < upwards.size(); rank++) {
            // With the gaps below it taken away, a place is too near to the one below it when it is less.
            Group group = new Group(wanted[upwards.get(rank)] - rank * gap, 1);
            while (!groups.isEmpty() && groups.getLast().place > group.place) {
                group = groups.removeLast().with(group);
            }
            groups.add(group);
        }
        double highest = 1 - gap / 2 - (wanted.length - 1) * gap;
        double[] places = new double[wanted.length];
        int rank = 0;
        for (Group group : groups) {
            double place = Math.max(Math.min(group.place, highest), gap / 2);
            for (int member = 0; member < group.size; member++) {
                places[upwards.get(rank)] = place + rank * gap;
                rank++;
            }
        }
        return places;
    }

    private record Group(double place, int size) {
        Group with(Group other) {
            int both = size + other.size;
            return new Group((place * size + other.place * other.size) / both, both);
        }
    }
}
